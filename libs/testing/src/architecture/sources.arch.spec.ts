import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(__dirname, '../../../..');
const longest = 300;
const longestWorkflow = 150;
const saysNothing = /(^|[-.])(utils?|helpers?|common|managers?|base|misc|stuff)([-.]|$)/;

interface Source {
  readonly path: string;
  readonly lines: number;
}

/** What is typed by hand and read by people: no specs, nothing generated, no tables of data. */
const sources: readonly Source[] = globSync('{apps,libs,script}/**/*.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
})
  .filter((path) => !/\.(spec|generated|d)\.ts$/.test(path) && !/\/(data|generated)\//.test(path))
  .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }));

const tooLong = (files: readonly Source[]): string[] =>
  files.filter(({ lines }) => lines > longest).map(({ path, lines }) => `${path}: ${lines} lines`);
const badlyNamed = (files: readonly Source[]): string[] =>
  files.filter(({ path }) => saysNothing.test(basename(path, '.ts'))).map(({ path }) => path);

test('the sources are found', () => {
  expect(sources.map(({ path }) => path)).toContain('libs/reference/src/clock.ts');
});

test('a source stays under 300 lines: a longer one hides an idea that wants its own name', () => {
  expect(tooLong([{ path: 'a.ts', lines: 301 }, ...sources])).toEqual(['a.ts: 301 lines']);
});

test('a workflow file stays under 150 lines: longer ones nobody reads aloud', () => {
  const isWorkflow = ({ path }: Source) => /defineWorkflow\(/.test(readFileSync(join(root, path), 'utf8'));
  const files = sources.filter(({ path }) => path.startsWith('libs/workflows/src/')).filter(isWorkflow);
  expect(files.length).toBeGreaterThan(9);
  const long = { path: 'long.ts', lines: longestWorkflow + 1 };
  expect([long, ...files].filter(({ lines }) => lines > longestWorkflow)).toEqual([long]);
});

test('a source is named for what it holds', () => {
  const named = [
    'outbox.ts',
    'database.ts',
    'a/utils.ts',
    'case-helper.ts',
    'base.ts',
    'manager.it.ts',
    'common-words.ts',
  ];
  const made = named.map((path) => ({ path, lines: 1 }));
  expect(badlyNamed([...made, ...sources])).toEqual(named.slice(2));
});
