/**
 * The SQL names that belong to a collection. Only declared names (whose letters `shapeOf` has checked) come here.
 * SQLite takes `caseId` and `caseid` for the same name and we do not: a capital is written as `^` and its small letter.
 */
export const tableOf = (collection: string): string => quoted(collection);
export const outgoingOf = (collection: string): string => quoted(`${collection}:outgoing`);
export const setOf = (collection: string, path: string): string => quoted(`${collection}:set:${path}`);
export const uniqueOf = (collection: string, path: string): string => quoted(`${collection}:unique:${path}`);
export const indexOf = (collection: string, paths: readonly string[]): string =>
  quoted(`${collection}:by:${paths.join(',')}`);
export const fieldColumn = (path: string): string => quoted(`${FIELD}${path}`);
export const setColumn = (path: string): string => quoted(`${SET}${path}`);

/** As a value that is compared with names in the schema, and as a key of a row. */
export const plain = (name: string): string => name.replace(/[A-Z]/g, (capital) => `^${capital.toLowerCase()}`);
export const fieldKey = (path: string): string => plain(`${FIELD}${path}`);
export const setKey = (path: string): string => plain(`${SET}${path}`);

/** The path that a column is for; undefined for our own (`id`, `version`, `body`). */
export function pathOf(column: string): { readonly field?: string; readonly set?: string } {
  const name = column.replace(/\^([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (name.startsWith(FIELD)) return { field: name.slice(FIELD.length) };
  if (name.startsWith(SET)) return { set: name.slice(SET.length) };
  return {};
}

const FIELD = 'f:';
const SET = 's:';
const quoted = (name: string): string => `"${plain(name)}"`;
