import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// Every boundary of eslint.config.mjs is shown a snippet that breaks it, and one that keeps it.
const root = join(__dirname, '../../../..');
// Boundaries need no types, so these files need not exist; only `typed` asks the compiler, about a file that does.
const plain = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });
const typed = new ESLint({ cwd: root });

async function rulesBroken(eslint: ESLint, file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, file) });
  return [...new Set(result?.messages.map(({ ruleId, message }) => ruleId ?? message))];
}

const uses: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  reference: ['contracts'],
  engine: ['contracts', 'reference'],
  workflows: ['engine', 'reference'],
  collections: ['contracts'],
  'event-log': ['contracts', 'reference'],
  access: ['contracts', 'reference', 'collections'],
  service: ['contracts', 'reference', 'engine', 'collections', 'event-log', 'access'],
  exchange: ['contracts', 'reference', 'engine', 'collections', 'event-log', 'access', 'service'],
  gateway: ['contracts', 'reference', 'engine', 'collections', 'event-log', 'access', 'service'],
  provinces: [
    'contracts',
    'reference',
    'engine',
    'workflows',
    'collections',
    'event-log',
    'access',
    'service',
    'exchange',
    'gateway',
  ],
  testing: [
    'contracts',
    'reference',
    'engine',
    'workflows',
    'collections',
    'event-log',
    'access',
    'service',
    'exchange',
    'gateway',
    'provinces',
  ],
};

describe('a library uses exactly the libraries it may', () => {
  const libraries = Object.keys(uses);
  const edges = libraries.flatMap((from) => libraries.filter((to) => to !== from).map((to) => [from, to] as const));

  test.each(edges)('%s → %s', async (from, to) => {
    const broken = await rulesBroken(plain, `libs/${from}/src/probe.ts`, `import '@chuanyu/${to}';`);
    if (uses[from]?.includes(to)) expect(broken).toEqual([]);
    else expect(broken).toContain('@nx/enforce-module-boundaries');
  });

  test.each(libraries)('%s is not reached by a path', async (to) => {
    const from = to === 'testing' ? 'gateway' : 'testing';
    const broken = await rulesBroken(plain, `libs/${from}/src/probe.ts`, `import '../../${to}/src/index';`);
    expect(broken).toContain('@nx/enforce-module-boundaries');
  });

  test.each(libraries.filter((library) => library !== 'testing'))('%s uses testing in its specs', async (library) => {
    const snippet = "import '@chuanyu/testing';";
    expect(await rulesBroken(plain, `libs/${library}/src/probe.spec.ts`, snippet)).toEqual([]);
  });
});

describe('a module is imported where it may be', () => {
  const none: readonly string[] = [];
  const imports = ['no-restricted-imports'];

  test.each([
    ['libs/event-log/src/probe.ts', "import 'kafkajs';", none],
    ['libs/service/src/probe.ts', "import 'kafkajs';", imports],
    ['libs/service/src/probe.ts', "export * from 'kafkajs';", imports],
    ['libs/service/src/probe.spec.ts', "import 'kafkajs';", imports],
    ['apps/exchange/src/probe.ts', "import 'kafkajs';", imports],
    ['libs/service/src/probe.ts', "await import('kafkajs');", ['no-restricted-syntax']],
    ['libs/collections/src/probe.ts', "import 'mongoose';", none],
    ['libs/event-log/src/probe.ts', "import 'mongoose';", imports],
    ['apps/prison/src/probe.ts', "import type { Model } from 'mongoose';\nexport type M = Model<object>;", imports],
    ['libs/event-log/src/probe.ts', "import 'node:sqlite';", none],
    ['libs/collections/src/probe.ts', "import 'node:sqlite';", none],
    ['libs/exchange/src/probe.ts', "import 'node:sqlite';", imports],
    ['libs/testing/src/bench/probe.ts', "import 'kafkajs';", imports],
    ['libs/testing/src/bench/bare/probe.ts', "import 'kafkajs';", none],
    ['libs/exchange/src/probe.ts', "import 'node:fs';", none],
    ['libs/exchange/src/probe.ts', "import 'node:process';", imports],
    ['libs/exchange/src/probe.ts', "import '@nestjs/common';", none],
    ['libs/contracts/src/probe.ts', "import 'node:crypto';", none],
    ['libs/contracts/src/probe.ts', "import 'node:fs';", imports],
    ['libs/contracts/src/probe.ts', "import 'fs/promises';", imports],
    ['libs/contracts/src/probe.spec.ts', "import 'node:fs';", none],
    ['libs/engine/src/probe.ts', "import 'node:http';", imports],
    ['libs/engine/src/probe.ts', "import '@nestjs/common';", imports],
    ['libs/engine/src/probe.ts', "await import('node:fs');", ['no-restricted-syntax']],
    ['libs/engine/src/probe.ts', "import 'class-validator';", none],
    ['libs/workflows/src/prison/probe.ts', "import '@chuanyu/engine';\nimport '../words';", none],
    ['libs/workflows/src/prison/probe.ts', "import 'class-validator';", imports],
    ['libs/workflows/src/prison/probe.ts', "import 'node:crypto';", imports],
    ['libs/workflows/src/prison/probe.ts', "import '@chuanyu/engine/src/case';", imports],
  ])('%s: %s', async (file, code, broken) => {
    expect(await rulesBroken(plain, file, code)).toEqual(broken);
  });
});

describe('time and settings come from one place', () => {
  const clock = ['no-restricted-syntax'];
  const settings = ['no-restricted-properties'];

  test.each([
    ['libs/engine/src/probe.ts', 'export const at = Date.now();', clock],
    ['libs/engine/src/probe.ts', 'export const now = Date.now;', clock],
    ['libs/engine/src/probe.ts', 'export const at = new Date();', clock],
    ['libs/engine/src/probe.ts', 'export const at = Date();', clock],
    ['libs/workflows/src/prison/probe.ts', 'export const at = new Date();', clock],
    ['apps/prison/src/probe.ts', 'export const at = new Date();', clock],
    ['libs/reference/src/probe.ts', 'export const at = new Date();', clock],
    ['libs/testing/src/probe.ts', 'export const at = new Date();', clock],
    ['libs/reference/src/clock.ts', 'export const at = new Date();', []],
    ['libs/engine/src/probe.ts', "export const at = new Date('2026-01-01');", []],
    ['libs/engine/src/probe.ts', 'export const took = performance.now();', []],
    ['libs/engine/src/probe.spec.ts', 'export const at = Date.now();', []],
    ['libs/exchange/src/probe.ts', 'export const port = process.env.PORT;', settings],
    ['libs/exchange/src/probe.ts', 'export const { env } = process;', settings],
    ['apps/prison/src/main.ts', 'export const port = process.env.PORT;', settings],
    ['libs/service/src/probe.ts', 'export const port = process.env.PORT;', settings],
    ['libs/service/src/settings.ts', 'export const port = process.env.PORT;', []],
    ['libs/event-log/src/probe.it.spec.ts', 'export const url = process.env.KAFKA_URL;', []],
    ['script/probe.ts', 'export const url = process.env.KAFKA_URL;', []],
  ])('%s: %s', async (file, code, broken) => {
    expect(await rulesBroken(plain, file, code)).toEqual(broken);
  });
});

describe('files', () => {
  test('do not import each other in a circle', async () => {
    // index.ts exports clock.ts.
    expect(await rulesBroken(plain, 'libs/reference/src/clock.ts', "import './index';")).toEqual(['import-x/no-cycle']);
  });

  test.each([
    ['@typescript-eslint/no-explicit-any', 'export const f = (x: any): number => (x === 1 ? 1 : 2);'],
    ['@typescript-eslint/no-non-null-assertion', 'export const f = (x: number | undefined): number => x!;'],
    ['@typescript-eslint/no-require-imports', "export const fs: unknown = require('node:fs');"],
    ['@typescript-eslint/no-unused-vars', 'export const f = (x: number): number => 1;'],
    [
      '@typescript-eslint/consistent-type-imports',
      "import { Clock } from './clock';\nexport const f = (c: Clock): Clock => c;",
    ],
    ['eqeqeq', 'export const f = (x: number | string): boolean => x == 1;'],
    ['no-console', "console.log('x');"],
    ['@typescript-eslint/no-floating-promises', 'export const f = (x: Promise<void>): void => { x; };'],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      "export const f = (x: 'a' | 'b'): void => { switch (x) { case 'a': break; } };",
    ],
  ])('keep to %s', async (rule, code) => {
    expect(await rulesBroken(typed, 'libs/reference/src/index.ts', code)).toContain(rule);
  });

  test('that keep to all of it are left alone', async () => {
    const code = "import { type Clock } from './clock';\nexport const f = (clock: Clock): Clock => clock;";
    expect(await rulesBroken(typed, 'libs/reference/src/index.ts', code)).toEqual([]);
  });
});
