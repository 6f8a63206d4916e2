import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  enginesFolder,
  KafkaBroker,
  kafkaEngine,
  kafkaVariables,
  mongoDbEngine,
  type Engine,
  type KafkaUsers,
  type Variables,
} from '@chuanyu/testing/engines';

const USAGE = `script/engines start [--reset] [--secure] [--port <first port>] | status | stop, each with [--data <folder>]

Starts, shows or stops the servers that a province stands on: one Apache Kafka and one MongoDB
for each province. Standard output are
variables for a shell: eval "$(script/engines start)". Services take theirs from <folder>/<province>/environment, in one
process; with --secure each has a user of its own, in <folder>/<province>/<service>.environment.`;

const PROVINCES = ['sichuan', 'chongqing'] as const;
type Province = (typeof PROVINCES)[number];

const say = (line: string): void => console.error(line);
const peerOf = (province: Province): Province => (province === 'sichuan' ? 'chongqing' : 'sichuan');

/** The servers of a province, in the order in which they start. */
const enginesOf = (province: Province, users?: KafkaUsers): readonly Engine[] => [
  kafkaEngine(say, users),
  mongoDbEngine(province, say),
];

interface Users extends KafkaUsers {
  /** Whose services run in processes of their own. */
  readonly services: readonly string[];
  readonly peer: string;
}
/** Who may use a province's Kafka. Loaded where it is asked for, since it is derived from all of the house. */
async function usersOf(province: Province): Promise<Users> {
  const { exchangeOf, prepare, rightsOf, SERVICES, usesOf } = await import('@chuanyu/provinces');
  const { workflows } = await import('@chuanyu/workflows');
  const of = { province, peers: [peerOf(province)], workflows };
  return {
    all: SERVICES,
    names: rightsOf(of).grants.map(({ user }) => user),
    services: Object.keys(usesOf(of)),
    peer: exchangeOf(peerOf(province)),
    prepare: (operator) => prepare(operator, of, say),
  };
}

async function start(data: string, secure: boolean, port: number | undefined): Promise<void> {
  for (const [place, province] of PROVINCES.entries()) {
    const folder = join(data, province);
    const variables: Record<string, string> = {};
    const users = secure ? await usersOf(province) : undefined;
    for (const [n, engine] of enginesOf(province, users).entries()) {
      const began = performance.now();
      const given = port === undefined ? {} : { port: port + 100 * place + n };
      Object.assign(variables, await engine.start(join(folder, engine.name), { secure, ...given }));
      say(`${engine.name} of ${province} answers (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    }
    // Tests make topics of their own, which only the operator may.
    const broker = new KafkaBroker(join(folder, 'kafka'));
    if (province === 'sichuan') console.log(forTests({ ...variables, ...kafkaVariables(broker) }));
    variables['CHUANYU_ENGINE'] = 'distributed';
    if (users) {
      variables['CHUANYU_PEERS'] = join(folder, 'peers.json');
      for (const user of [...users.services, 'operator'])
        keepVariables(folder, `${user}.environment`, { ...variables, ...kafkaVariables(broker, user) });
      exchangePass(data, province, users.peer);
    }
    keepVariables(folder, 'environment', variables);
    say(`settings for services of ${province}: ${relative('', join(folder, 'environment'))}`);
  }
}

/** What a province gives its peer to read its log by. */
function exchangePass(data: string, province: Province, user: string): void {
  const { tls, credentials } = new KafkaBroker(join(data, province, 'kafka')).connection(user);
  const passes = { [province]: { ...credentials, ...tls } };
  keep(join(data, peerOf(province)), 'peers.json', JSON.stringify(passes, null, 2));
}

/** `set -a; . <folder>/environment` before a service is started. */
const keepVariables = (folder: string, name: string, variables: Variables): void =>
  keep(folder, name, lines(variables).join('\n'));

function keep(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
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
