import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { KafkaBroker, noKafka } from '../engines';
import { loadNow, machine } from './machine';
import { Child } from './processes/child';
import { engines, type EngineName, type Ground, type Line } from './row';
import { rows } from './rows';
import { markdown, resultOf, type Report, type Result } from './table';

const USAGE = `script/bench [<row>…] [--engine embedded|kafka] [--rounds N] [--quick] [--json <file>]
script/bench --load <folder> [--cases 1000000] [--events 10000000]

Rows:
${rows.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    load: { type: 'string' },
    cases: { type: 'string' },
    events: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const PROVINCES = ['sichuan', 'chongqing'] as const;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const numberOf = (name: 'rounds' | 'cases' | 'events', unless: number): number => {
  const given = Number(values[name] ?? unless);
  if (!Number.isSafeInteger(given) || given < 1) throw new Error(`--${name} must be a whole number from 1\n\n${USAGE}`);
  return given;
};
/** Those that were named, else all that can be had here; what cannot is said. */
const chosenEngines = (): readonly EngineName[] => {
  const missing = noKafka();
  const named = engines.find((each) => each === values.engine);
  if (values.engine !== undefined && !named) throw new Error(`--engine is one of ${engines.join(', ')}\n\n${USAGE}`);
  if (named === 'kafka' && missing !== undefined) throw new Error(missing);
  if (named) return [named];
  if (missing !== undefined) say(`without Kafka: ${missing}`);
  return engines.filter((each) => each === 'embedded' || missing === undefined);
};
const chosenRows = () => {
  const unknown = positionals.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) throw new Error(`no row «${unknown}»\n\n${USAGE}`);
  if (values.load !== undefined) return rows.filter(({ name }) => name === 'lists');
  return positionals.length === 0 ? rows : rows.filter(({ name }) => positionals.includes(name));
};

const loadAsked = (): Pick<Ground, 'load'> =>
  values.load === undefined
    ? {}
    : {
        load: {
          folder: resolve(values.load),
          cases: numberOf('cases', 1_000_000),
          events: numberOf('events', 10_000_000),
        },
      };

/** One row in a process of its own. */
async function measured(name: string, ground: Ground): Promise<readonly Line[]> {
  const process = await Child.start('row', { row: name, ground }, ({ say: line }) => {
    if (typeof line === 'string') say(`  ${line}`);
  });
  try {
    return await process.ask<readonly Line[]>('measure');
  } finally {
    await process.stop();
  }
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const chosen = values.load === undefined ? chosenEngines() : (['embedded'] as const);
  const selected = chosenRows();
  const rounds = values.quick ? 1 : numberOf('rounds', 5);
  const before = loadNow();
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'chuanyu-bench-'));
  const results: Result[] = [];
  const report = (): Report => ({
    machine: machine(chosen, before),
    quick: values.quick,
    rounds,
    seconds: (performance.now() - began) / 1000,
    results,
  });
  let brokers: readonly (readonly [string, KafkaBroker])[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(brokers.map(([, broker]) => broker.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().finally(() => process.exit(130)));
  try {
    for (const engine of chosen)
      for (const row of selected.filter((each) => each.engines.includes(engine))) {
        say(`${row.name} · ${engine}`);
        const own = mkdtempSync(join(folder, `${row.name}-`));
        // Fresh for each row: a database that is younger than its log would not be started.
        if (engine === 'kafka')
          brokers = PROVINCES.map((name) => [name, new KafkaBroker(join(own, `kafka-${name}`))] as const);
        for (const [, broker] of brokers) await broker.start();
        const ground: Ground = {
          engine,
          quick: values.quick,
          rounds,
          folder: own,
          brokers: Object.fromEntries(
            brokers.map(([name, broker]) => [name, broker.connection().brokers[0] ?? ''] as const),
          ),
          ...loadAsked(),
        };
        results.push(resultOf(row, engine, await measured(row.name, ground)));
        // After each row, so that a run that is broken off has told what it knew.
        if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report(), null, 2)}\n`);
        await Promise.all(brokers.map(([, broker]) => broker.kill()));
        rmSync(own, { recursive: true, force: true });
      }
  } finally {
    await end();
  }
  process.stdout.write(markdown(report()));
}

main().catch((error: unknown) => {
  process.stderr.write(`script/bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
