import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { runJest } from './jest-run';
import { skippedLines, sum, type Outcome } from './outcome';
import { startServersFor } from './real-servers';
import { isAlone, kinds, specFiles, type Kind } from './spec-files';
import { runStaticCheck, staticChecks, type StaticCheck } from './static-checks';

const isStaticCheck = (word: string): word is StaticCheck => Object.hasOwn(staticChecks, word);
const isKind = (word: string): word is Kind => Object.hasOwn(kinds, word);

async function main(words: readonly string[]): Promise<boolean> {
  const isName = (word: string): boolean => isStaticCheck(word) || isKind(word);
  const named = words.filter(isName);
  const under = words.filter((word) => !isName(word));
  const unknown = under.filter((word) => !existsSync(resolve(word)));
  if (unknown.length > 0) {
    const known = [...Object.keys(staticChecks), ...Object.keys(kinds)].join(' ');
    console.error(`script/test: neither a kind nor a path: ${unknown.join(' ')}\nKinds: ${known}`);
    return false;
  }
  const wanted = (word: string): boolean => named.length === 0 || named.includes(word);

  const checks = Object.keys(staticChecks).filter(isStaticCheck).filter(wanted);
  const checked = await Promise.all(checks.map((check) => runStaticCheck(check, under)));
  const outcomes: Outcome[] = checked.filter((outcome) => outcome !== undefined);

  const suites = Object.keys(kinds)
    .filter(isKind)
    .filter(wanted)
    .map((kind) => ({ kind, files: specFiles(kind, under) }))
    .filter(({ files }) => files.length > 0);
  const stop = await startServersFor(suites.flatMap(({ files }) => files));
  try {
    for (const { kind, files } of suites) {
      console.log(`\n${kind}: ${files.length} ${files.length === 1 ? 'suite' : 'suites'}`);
      const together = files.filter((file) => !isAlone(file));
      const alone = files.filter(isAlone);
      if (together.length > 0) outcomes.push(await runJest(kind, together, 2));
      if (alone.length > 0) outcomes.push(await runJest(kind, alone, 1));
    }
  } finally {
    await stop();
  }
  return tell(outcomes);
}

function tell(outcomes: readonly Outcome[]): boolean {
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  const skips = outcomes.flatMap((outcome) => outcome.skips);
  const { line, ok } = sum(outcomes);
  if (skips.length > 0) console.log(['\nSkipped:', ...skippedLines(skips).map((line) => `  ${line}`)].join('\n'));
  if (failures.length > 0) console.log(['\nFailed:', ...failures.map((failure) => `  ${failure}`)].join('\n'));
  console.log(`\n${line}`);
  return ok;
}

void main(process.argv.slice(2)).then((ok) => {
  process.exitCode = ok ? 0 : 1;
});
