import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../../..');

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const packages: readonly Package[] = globSync(['package.json', '{apps,libs}/*/package.json'], { cwd: root }).map(read);
const projects = packages.filter(({ folder }) => folder !== '.');

function read(path: string): Package {
  const { name, nx, dependencies, devDependencies } = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
    name: string;
    nx?: { tags?: string[] };
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const folder = dirname(path);
  return {
    folder,
    name,
    tags: nx?.tags ?? [],
    dependencies: dependencies ?? {},
    devDependencies: devDependencies ?? {},
  };
}

const versionsOf = ({ name, dependencies, devDependencies }: Package): readonly (readonly [string, string, string])[] =>
  [...Object.entries(dependencies), ...Object.entries(devDependencies)].map(([on, version]) => [name, on, version]);

function inexact(of: readonly Package[]): string[] {
  const isExact = (on: string, version: string): boolean =>
    on.startsWith('@chuanyu/') ? version === '*' : /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);
  return of
    .flatMap(versionsOf)
    .flatMap(([name, on, version]) => (isExact(on, version) ? [] : [`${name}: ${on} ${version}`]));
}

function disagreeing(of: readonly Package[]): string[] {
  const versions = new Map<string, Set<string>>();
  for (const [, on, version] of of.flatMap(versionsOf)) versions.set(on, (versions.get(on) ?? new Set()).add(version));
  return [...versions].filter(([, all]) => all.size > 1).map(([on, all]) => `${on}: ${[...all].join(', ')}`);
}

/** The packages of ours that a source imports, exports from or loads: `@chuanyu/engine/x` counts for `@chuanyu/engine`. */
function importsOf(source: string): string[] {
  const names = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  return names.filter((name) => name.startsWith('@chuanyu/')).map((name) => name.split('/').slice(0, 2).join('/'));
}

/** A spec and what only specs use may lean on devDependencies, a source may not. */
function undeclared(of: Package, file: string, source: string): string[] {
  const declared = /\.(spec|fixture)\.ts$/.test(file) ? { ...of.devDependencies, ...of.dependencies } : of.dependencies;
  return importsOf(source)
    .filter((name) => name !== of.name && !(name in declared))
    .map((name) => `${file}: ${name}`);
}

const madeUp: Package = {
  folder: 'libs/made-up',
  name: '@chuanyu/made-up',
  tags: [],
  dependencies: { '@chuanyu/engine': '*', '@chuanyu/access': '0.1.0', ajv: '^8.20.0' },
  devDependencies: { '@chuanyu/testing': '*', jose: 'latest', pino: '1.0.0' },
};

test('every dependency is at an exact version', () => {
  expect(packages.length).toBeGreaterThan(11);
  expect(inexact([madeUp])).toEqual([
    '@chuanyu/made-up: @chuanyu/access 0.1.0',
    '@chuanyu/made-up: ajv ^8.20.0',
    '@chuanyu/made-up: jose latest',
  ]);
  expect(inexact(packages)).toEqual([]);
});

test('a dependency is at the same version everywhere', () => {
  expect(disagreeing([madeUp, { ...madeUp, dependencies: { jose: '6.0.0' } }])).toEqual(['jose: latest, 6.0.0']);
  expect(disagreeing(packages)).toEqual([]);
});

test('what a source imports of ours, its package.json declares', () => {
  const source =
    "import type { A } from '@chuanyu/engine';\nexport * from '@chuanyu/testing/skip';\nawait import('@chuanyu/access');";
  expect(undeclared(madeUp, 'a.ts', source)).toEqual(['a.ts: @chuanyu/testing']);
  expect(undeclared(madeUp, 'a.spec.ts', `${source}\nimport '@chuanyu/gateway';`)).toEqual([
    'a.spec.ts: @chuanyu/gateway',
  ]);
  expect(undeclared(madeUp, 'a.fixture.ts', source)).toEqual([]);

  const missing = projects.flatMap((project) =>
    globSync('src/**/*.ts', { cwd: join(root, project.folder) }).flatMap((file) =>
      undeclared(project, join(project.folder, file), readFileSync(join(root, project.folder, file), 'utf8')),
    ),
  );
  expect(missing).toEqual([]);
});

test('every project has the one tag that its boundaries go by', () => {
  for (const { folder, tags } of projects) {
    const layer = folder.startsWith('apps/') ? 'app' : basename(folder);
    expect([folder, ...tags.filter((tag) => tag.startsWith('layer:'))]).toEqual([folder, `layer:${layer}`]);
  }
});
