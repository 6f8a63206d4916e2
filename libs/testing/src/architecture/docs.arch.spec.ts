import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

// What the documents say of the repository is held against it: a file that was moved takes its documents along.
const root = join(__dirname, '../../../..');
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
const sources = globSync('{apps,libs,script}/**/*.{ts,mjs}', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
});
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const all = (pattern: RegExp, text: string): readonly (readonly string[])[] =>
  [...text.matchAll(pattern)].map(([, ...groups]) => groups.map((group) => group ?? ''));

/** `## Two engines` is reached by `#two-engines`. */
const anchorsOf = (path: string): readonly string[] =>
  all(/^#+ (.+)$/gm, textOf(path)).map(([title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
const brokenLinks = (document: string, text: string): readonly string[] =>
  all(/\]\((?!https?:)([^)\s]+)\)/g, text).flatMap(([link = '']) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : normalize(join(dirname(document), path));
    if (!existsSync(join(root, target))) return [`${document}: ${link}`];
    return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [`${document}: ${link}`];
  });
/** `libs/engine/src/case/take.ts`, or `take.ts` alone: some source is called so. */
const missingFiles = (document: string, text: string): readonly string[] =>
  all(/`([\w./-]+\.(?:ts|mjs))`/g, text).flatMap(([path = '']) =>
    sources.some((source) => source === path || source.endsWith(`/${path}`)) || path.includes('v1.ts')
      ? []
      : [`${document}: ${path}`],
  );
/** `carryOut` (`carry-out.ts`): the file has the name in it. */
const misplacedNames = (document: string, text: string): readonly string[] =>
  all(/`([A-Za-z]+(?:\.[A-Za-z]+)?)` \(`([\w./-]+\.ts)`\)/g, text).flatMap(([name = '', path = '']) => {
    const files = sources.filter((source) => source.endsWith(`/${basename(path)}`) && source.endsWith(path));
    const last = new RegExp(`\\b${name.split('.').at(-1) ?? ''}\\b`);
    return files.some((file) => last.test(textOf(file))) ? [] : [`${document}: ${name} is not in ${path}`];
  });

const madeUp = '[a](no-such.md) [b](../README.md#no-such) `libs/engine/src/no-such.ts` `carryOut` (`take-in.ts`)';

test.each([
  ['a link leads somewhere', brokenLinks, 2],
  ['a file that is named exists', missingFiles, 2],
  ['a name is in the file beside it', misplacedNames, 1],
] as const)('%s', (_, faultsIn, faults) => {
  expect(faultsIn('docs/made-up.md', madeUp)).toHaveLength(faults);
  expect(documents).toContain('docs/architecture.md');
  expect(documents.flatMap((document) => faultsIn(document, textOf(document)))).toEqual([]);
});

test('every document of docs is reached from the README or from the architecture', () => {
  const entries = ['README.md', 'README.en.md', 'docs/architecture.md', 'docs/adr/README.md'];
  const linked = new Set(
    entries.flatMap((document) =>
      all(/\]\((?!https?:)([^)#\s]+)/g, textOf(document)).map(([link = '']) =>
        normalize(join(dirname(document), link)),
      ),
    ),
  );
  const own = documents.filter((path) => path.startsWith('docs/') && !path.startsWith('docs/workflows/'));
  expect(own.filter((path) => !linked.has(path) && basename(path) !== 'README.md')).toEqual([]);
});
