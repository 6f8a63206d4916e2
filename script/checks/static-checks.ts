import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, tool, type Ended } from './command';
import { failed, passed, type Outcome } from './outcome';

/** The checks that count one each. `under` narrows those that can be narrowed. */
export const staticChecks = {
  format: (under: readonly string[]) =>
    tool('prettier/bin/prettier.cjs', ['--check', '--cache', '--cache-location', '.nx/prettier', ...orAll(under)]),
  lint: (under: readonly string[]) => run(join(root, 'script/lint'), orAll(under)),
  types: () =>
    tool('typescript/bin/tsc', ['--project', '.', '--incremental', '--tsBuildInfoFile', '.nx/tsc.tsbuildinfo']),
  generated: () => run(join(root, 'script/generate'), ['--check']),
} as const satisfies Record<string, (under: readonly string[]) => Promise<Ended>>;
export type StaticCheck = keyof typeof staticChecks;

/** Runs one of them and prints what it says only where it fails; undefined where there is nothing to run yet. */
export async function runStaticCheck(name: StaticCheck, under: readonly string[]): Promise<Outcome | undefined> {
  if (name === 'generated' && !existsSync(join(root, 'script/generate'))) return undefined;
  const started = performance.now();
  const { code, output } = await staticChecks[name](under);
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  if (code === 0) {
    console.log(`ok      ${name} (${took})`);
    return passed(name);
  }
  console.log(`FAILED  ${name} (${took})\n${output.trimEnd()}\n`);
  return failed(name, `${name}: see its output above`);
}

const orAll = (under: readonly string[]): readonly string[] => (under.length > 0 ? under : ['.']);
