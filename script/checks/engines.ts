import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  enginesFolder,
  KafkaBroker,
  kafkaEngine,
  mongoDbEngine,
  type Engine,
  type Variables,
} from '@chuanyu/testing/engines';

const USAGE = `script/engines start [--reset] [--secure] [--port <first port>] | status | stop, each with [--data <folder>]

Starts, shows or stops the servers that a province stands on: one Apache Kafka and one MongoDB
for each province. Standard output are
variables for a shell: eval "$(script/engines start)". Services take theirs from <folder>/<province>/environment.`;

const PROVINCES = ['sichuan', 'chongqing'] as const;
type Province = (typeof PROVINCES)[number];

const say = (line: string): void => console.error(line);
const peerOf = (province: Province): Province => (province === 'sichuan' ? 'chongqing' : 'sichuan');

/** The servers of a province, in the order in which they start. */
const enginesOf = (province: Province): readonly Engine[] => [
  kafkaEngine(province, peerOf(province), say),
  mongoDbEngine(province, say),
];

async function start(data: string, secure: boolean, port: number | undefined): Promise<void> {
  for (const [place, province] of PROVINCES.entries()) {
    const folder = join(data, province);
    const variables: Record<string, string> = {};
    for (const [n, engine] of enginesOf(province).entries()) {
      const began = performance.now();
      const given = port === undefined ? {} : { port: port + 100 * place + n };
      Object.assign(variables, await engine.start(join(folder, engine.name), { secure, ...given }));
      say(`${engine.name} of ${province} answers (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    }
    if (secure) variables['CHUANYU_PEERS'] = join(folder, 'peers.json');
    keep(folder, variables);
    if (province === 'sichuan') console.log(forTests(variables));
    say(`settings for services of ${province}: ${relative('', join(folder, 'environment'))}`);
  }
  if (secure) exchangePasses(data);
}

/** What the peer gives each province to read its log by. */
function exchangePasses(data: string): void {
  for (const province of PROVINCES) {
    const { tls, credentials } = new KafkaBroker(join(data, peerOf(province), 'kafka')).connection('peer');
    const passes = { [peerOf(province)]: { ...credentials, ...tls } };
    writeFileSync(join(data, province, 'peers.json'), JSON.stringify(passes, null, 2), { mode: 0o600 });
  }
}

/** `set -a; . <folder>/environment` before a service is started. */
function keep(folder: string, variables: Variables): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'environment');
  writeFileSync(file, `${lines(variables).join('\n')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Tests take one province's servers, under names that no service reads. */
const forTests = (variables: Variables): string =>
  lines(variables)
    .map((line) => `export ${line.replace(/^CHUANYU_/, 'CHUANYU_TEST_')}`)
    .join('\n');

const lines = (variables: Variables): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name}='${value}'`);

async function status(data: string): Promise<void> {
  for (const province of PROVINCES)
    for (const engine of enginesOf(province)) {
      const variables = await engine.status(join(data, province, engine.name));
      console.log(`${province} ${engine.name}: ${variables ? 'runs' : 'does not run'}`);
      for (const [name, value] of Object.entries(variables ?? {}))
        if (!name.endsWith('_PASSWORD')) console.log(`  ${name}=${value.replace(/:\/\/[^/@]*@/, '://…@')}`);
    }
}

async function stop(data: string): Promise<void> {
  for (const province of PROVINCES)
    for (const engine of [...enginesOf(province)].reverse()) {
      const ran = await engine.stop(join(data, province, engine.name));
      say(`${province} ${engine.name}: ${ran ? 'stopped' : 'did not run'}`);
    }
}

/** Ends them and removes all that they hold. */
async function forget(data: string): Promise<void> {
  await stop(data);
  for (const province of PROVINCES) rmSync(join(data, province), { recursive: true, force: true });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string', default: enginesFolder },
      reset: { type: 'boolean', default: false },
      secure: { type: 'boolean', default: false },
      port: { type: 'string' },
    },
  });
  const data = resolve(values.data);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_000))
    throw new Error(`--port must be a number below 65000\n\n${USAGE}`);
  switch (positionals.join(' ')) {
    case 'start':
      if (values.reset) await forget(data);
      return await start(data, values.secure, port);
    case 'status':
      return await status(data);
    case 'stop':
      return await stop(data);
    default:
      throw new Error(USAGE);
  }
}

main().catch((error: unknown) => {
  // A fault of ours shows where it is; what the machine lacks is said in a sentence.
  const isExpected = error instanceof Error && (error.name === 'CannotStart' || error.message.includes(USAGE));
  console.error(isExpected ? `script/engines: ${error.message}` : error);
  process.exitCode = 1;
});
