/** What a production image holds. Paths are relative to the repository, with slashes. */

/** Projects that only a developer's machine runs. */
const notInProduction = ['apps/all-in-one', 'libs/testing'];

export const isInProduction = (project: string): boolean => !notInProduction.includes(project);

/** Sources that run there: no specs, nor what only specs use. */
export const runsInProduction = (source: string): boolean =>
  !/\.(spec|fixture)\.ts$|\/contract\/|\/contract-suite\.ts$/.test(source);

/** Whole packages that somebody declares a dependency and nobody loads. */
const neverLoaded = /^@types\//;

/** Files of packages that Node never opens: types, maps, texts, builds for browsers and for other loaders. */
const neverOpened = [
  /\.([cm]?ts|flow|map|markdown|md)$/i,
  /^docx\/dist\/(?!index\.cjs$)/,
  /^exceljs\/dist\//,
  /^swagger-ui-dist\/swagger-ui(-es-bundle(-core)?)?\.js$/,
  // Documents are set in two weights (libs/documents/src/faces.ts).
  /^@fontsource\/[^/]+\/(.*\.(css|scss|woff2)$|files\/.*(?<!-(400|700)-normal)\.woff$)/,
];

/** Is this file of `node_modules` carried along? Native parts are, for the platform the image is made on. */
export const isCarried = (file: string, { platform, arch }: NodeJS.Process = process): boolean => {
  // A package may have packages of its own below it.
  const path = file.slice(file.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (neverLoaded.test(path) || neverOpened.some((files) => files.test(path))) return false;
  const native = /\/prebuilds\/([^/]+)\//.exec(path);
  return native === null || native[1] === `${platform}-${arch}`;
};
