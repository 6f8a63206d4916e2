import { globSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { root } from './command';

/** The kinds of tests, named by speed: what stands before `.spec.ts` in the file's name. */
export const kinds = { unit: '', integration: '.it', e2e: '.e2e', arch: '.arch' } as const;
export type Kind = keyof typeof kinds;

/** What starts servers and processes of its own and has a clock to keep: nothing else is run beside it. */
export const isAlone = (file: string): boolean => /\/distributed\/|\/faults\/kill\.|\/bench\//.test(file);

/** The specs of one kind, or those of them at or under the paths, relative to the root and sorted. */
export function specFiles(kind: Kind, under: readonly string[]): string[] {
  const folders = under.map((path) => resolve(root, path));
  return globSync('{libs,apps,script}/**/*.spec.ts', { cwd: root, exclude: (path) => path.includes('node_modules') })
    .filter((file) => kindOf(file) === kind)
    .filter((file) => folders.length === 0 || folders.some((folder) => isAtOrUnder(resolve(root, file), folder)))
    .sort();
}

function kindOf(file: string): Kind {
  if (/\.it\.spec\.ts$/.test(file)) return 'integration';
  if (/\.e2e\.spec\.ts$/.test(file)) return 'e2e';
  if (/\.arch\.spec\.ts$/.test(file)) return 'arch';
  return 'unit';
}

function isAtOrUnder(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`));
}
