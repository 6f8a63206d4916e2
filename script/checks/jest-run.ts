import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { root } from './command';
import type { Outcome, Skip } from './outcome';
import type { Kind } from './spec-files';

/** The parts of Jest's JSON report (`--json`) that are read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: 'passed' | 'failed' | 'pending' | 'skipped' | 'focused';
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const longest = 30 * 60_000; // a kind that runs longer than half an hour hangs
const grace = 15_000; // between Jest's report and its end; longer means that a test left something open

/** Runs Jest over files of one kind, so many at once. Its own output goes to the terminal; the counts come from its report. */
export async function runJest(kind: Kind, files: readonly string[], atOnce: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'chuanyu-test-'));
  try {
    return await runInto(join(folder, 'report.json'), kind, files, atOnce);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runInto(report: string, kind: Kind, files: readonly string[], atOnce: number): Promise<Outcome> {
  const fault = await jest(
    [`--maxWorkers=${atOnce}`, '--json', `--outputFile=${report}`, '--runTestsByPath', ...files],
    report,
  );
  if (!existsSync(report)) {
    return { name: kind, passed: 0, failures: [`${kind}: ${fault ?? 'Jest'} ended without a report`], skips: [] };
  }
  // Jest wrote it a moment ago, in the shape above.
  const outcome = countTests(kind, JSON.parse(readFileSync(report, 'utf8')) as Report);
  return fault === undefined ? outcome : { ...outcome, failures: [...outcome.failures, `${kind}: ${fault}`] };
}

/** Resolves to what went wrong with the process itself; failed tests are in the report. */
function jest(args: readonly string[], report: string): Promise<string | undefined> {
  const command = [join(root, 'node_modules/jest/bin/jest.js'), '--ci', '--passWithNoTests', ...args];
  // Jest loads NestJS's ES modules by vm modules. The cache of this process's own transpiling is not for its sandbox.
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const NODE_OPTIONS =
    '--experimental-vm-modules --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning';
  return new Promise((resolve, reject) => {
    let fault: string | undefined;
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: { ...env, NODE_OPTIONS, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // One stream with the rest, and without Jest's list of every file that it was given.
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (!/^(Ran all test suites|Test results written to)/.test(stripVTControlCharacters(line))) console.log(line);
    });
    const stop = (why: string): void => {
      fault = why;
      child.kill('SIGKILL');
    };
    const tooLong = setTimeout(stop, longest, `Jest did not end in ${longest / 60_000} minutes`);
    let lingering: NodeJS.Timeout | undefined;
    const watch = setInterval(() => {
      if (lingering === undefined && existsSync(report)) {
        lingering = setTimeout(stop, grace, 'Jest reported but did not end: a test left a server, timer or file open');
      }
    }, 500);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(tooLong);
      clearTimeout(lingering);
      clearInterval(watch);
      resolve(fault);
    });
  });
}

/** A skip must say why: the reason stands in the test's title, as libs/testing/src/skip.ts puts it there. */
export function countTests(kind: Kind, report: Report): Outcome {
  const failures: string[] = [];
  const skips: Skip[] = [];
  let passed = 0;
  for (const file of report.testResults) {
    const path = file.name.replace(`${root}/`, '');
    // A suite that does not load, or breaks outside its tests, has no failed test to count.
    const hasFailedTest = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !hasFailedTest) failures.push(`${path}: the suite failed to run`);
    for (const test of file.assertionResults) {
      const name = `${path}: ${test.fullName}`;
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failures.push(name);
      else {
        const reason = /\[skipped: (.+?)\]/.exec(test.fullName)?.[1];
        if (reason === undefined) failures.push(`${name} (skipped without a reason: use describeOrSkip or testOrSkip)`);
        else skips.push({ test: name, reason });
      }
    }
  }
  return { name: kind, passed, failures, skips };
}
