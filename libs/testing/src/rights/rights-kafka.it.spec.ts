import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { deadLettersOf } from '@chuanyu/event-log';
import { allow, NotPrepared, openKafkaLog, prepareCluster, type Grant } from '@chuanyu/event-log/kafka';
import { Attempts } from '@chuanyu/event-log/kafka-attempts';
import { prepare, rightsOf } from '@chuanyu/provinces';
import { MovableClock } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { kafkaClassPath, KafkaBroker, noKafka, noKafkaTools } from '../engines';
import { describeOrSkip } from '../skip';

/** Takes minutes on a busy machine, so it runs where a broker was asked for. */
const noBrokerOfOurOwn = process.env.CHUANYU_TEST_KAFKA
  ? noKafka()
  : 'starts a broker of its own: eval "$(script/engines start)" first';

jest.setTimeout(400_000);

const options = { province: 'sichuan', peers: ['chongqing'], workflows };
const rights = rightsOf(options);
const users = rights.grants.map(({ user }) => user);
/** Nobody is granted these. */
const NOBODYS = 'prison.notes';

/** Every name that is granted to anybody, an instance of each open set, what is prepared, and what nobody may touch. */
const named = (names: readonly string[]) => [...new Set(names)].map((name) => name.replace(/\*$/, 'another'));
const groups = named([...rights.grants.flatMap((grant) => grant.groups), 'console-consumer-1', 'prison.service.more']);
const topics = named([
  ...rights.grants.flatMap(({ writes, reads }) => [...writes, ...reads]),
  ...[...rights.topics.map(({ name }) => name), ...rights.tables],
  ...[NOBODYS, deadLettersOf('integrator.another'), '__consumer_offsets'],
]);

describeOrSkip('who may read and write what on a secured Kafka', noBrokerOfOurOwn, () => {
  let folder: string;
  let broker: KafkaBroker;
  const said: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rights-'));
    broker = new KafkaBroker(join(folder, 'kafka'));
    await broker.start({ secure: true, users: [...users, 'stranger'] });
    // Everything is there, so that only the rules refuse.
    await prepareCluster(broker.connection(), { topics: [{ name: NOBODYS, partitions: 1 }], tables: [], grants: [] });
    await prepare(broker.connection(), options, (line) => said.push(line));
  });
  afterAll(async () => {
    await broker.kill();
    await rm(folder, { recursive: true, force: true });
  });

  // First: later every writer leaves a word on these topics.
  describeOrSkip('an integrator with the console consumer of Kafka itself', noKafkaTools(), () => {
    const page = join(__dirname, '../../../../docs/integrators.md');
    const event = (n: number) => ({ topic: 'sichuan.public.prison', key: 'alias', value: { id: `event ${n}` } });
    let commands: readonly string[];

    beforeAll(async () => {
      await copyFile(broker.file('certificate.pem'), join(folder, 'certificate.pem'));
      // As the script in the distribution does.
      const consumer = 'exec java -cp "$JARS" org.apache.kafka.tools.consumer.ConsoleConsumer "$@"\n';
      await writeFile(join(folder, 'kafka-console-consumer.sh'), `#!/bin/sh\n${consumer}`, { mode: 0o700 });
      const blocks = [...(await readFile(page, 'utf8')).matchAll(/^```bash\n(.*?)^```$/gms)].map(
        ([, text = '']) => text,
      );
      commands = blocks.filter((text) => !text.startsWith('curl'));
    });
    /** What a command of the page prints, as an integrator types it, who ends it after so many lines by Ctrl-C. */
    async function type(command = 'false', lines = Infinity) {
      const { brokers, credentials } = broker.connection('integrator');
      const env = {
        ...{ PATH: [folder, process.env.PATH].join(delimiter), JARS: kafkaClassPath() },
        ...{ KAFKA: brokers.join(','), PASSWORD: credentials?.password },
      };
      const child = spawn('sh', ['-c', command], { cwd: folder, env, detached: true });
      const said = { stdout: '', stderr: '' };
      child.stdout.on('data', (part: Buffer) => {
        said.stdout += part.toString();
        if (said.stdout.split('\n').length > lines && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      });
      child.stderr.on('data', (part: Buffer) => (said.stderr += part.toString()));
      await once(child, 'close');
      return said;
    }
    const append = async (...numbers: readonly number[]) => {
      const log = await openKafkaLog({ connection: broker.connection('exchange'), clock: new MovableClock() });
      await log.append(numbers.map(event));
      await log.close();
    };
    const printed = (...numbers: readonly number[]) =>
      numbers.map((n) => `${JSON.stringify(event(n).value)}\n`).join('');

    test('reads public events from the beginning, goes on from there, and is refused on everything else', async () => {
      expect(commands).toHaveLength(3);
      const [connect, read, goOn] = commands;
      await append(1, 2);
      expect((await type(connect)).stderr).toBe('');
      expect((await type(read, 2)).stdout).toBe(printed(1, 2));
      await append(3);
      expect((await type(goOn, 1)).stdout).toBe(printed(3));
      const elsewhere = await type(goOn?.replace('sichuan.public.prison', 'prison.events'));
      expect(elsewhere).toMatchObject({ stdout: '', stderr: expect.stringContaining('TopicAuthorizationException') });
      const asAnother = await type(goOn?.replace('integrator.example', 'mirror.chongqing'));
      expect(asAnother).toMatchObject({ stdout: '', stderr: expect.stringContaining('GroupAuthorizationException') });
    });
  });

  /** What this user may and was not granted, and what it was granted and may not. */
  async function wrong(user: string, grant: Omit<Grant, 'user'>): Promise<readonly string[]> {
    const attempts = await Attempts.of(broker.connection(user));
    const found: string[] = [];
    const compare = async (act: 'reads' | 'writes' | 'joins', name: string, granted: readonly string[]) => {
      const may = await attempts[act](name);
      if (may !== granted.some((each) => covers(each, name))) found.push(`${may ? 'may' : 'may not'}: ${act} ${name}`);
    };
    for (const topic of topics) await compare('reads', topic, grant.reads);
    for (const topic of topics) await compare('writes', topic, grant.writes);
    for (const group of groups) await compare('joins', group, grant.groups);
    await attempts.close();
    return found;
  }

  test.each(rights.grants)(
    '$user may what it was granted, on each topic and in each group, and nothing else',
    async (grant) => expect(await wrong(grant.user, grant)).toEqual([]),
  );

  test('a user that has a password and no rule may nothing', async () => {
    expect(await wrong('stranger', { writes: [], reads: [], groups: [] })).toEqual([]);
  });

  test('one rule too many and one too few are seen, and gone when it is prepared again', async () => {
    const prison = rights.grants.find(({ user }) => user === 'prison');
    if (!prison) throw new Error('no prison');
    await allow(broker.connection(), [
      { ...prison, reads: [...prison.reads, 'lawyer.events'], writes: prison.writes.slice(1), groups: [] },
      { user: 'exchange.guizhou', writes: [], reads: ['sichuan.public.prison'], groups: [] },
      { user: 'stranger', writes: [], reads: ['prison.events'], groups: [] },
    ]);
    expect(await wrong('prison', prison)).toEqual([
      'may: reads lawyer.events',
      `may not: writes ${prison.writes[0]}`,
      'may not: joins prison.service',
    ]);
    said.length = 0;
    await prepare(broker.connection(), options, (line) => said.push(line));
    // The peer that was is forgotten; a user that is none of ours keeps what somebody else gave it.
    expect(said.filter((line) => line.startsWith('rules'))).toEqual([expect.stringMatching(/, 2 new, 2 taken away$/)]);
    expect(await wrong('prison', prison)).toEqual([]);
    expect(await wrong('stranger', { writes: [], reads: ['prison.events'], groups: [] })).toEqual([]);
  });

  test('nobody but the operator makes topics, or learns the rules', async () => {
    for (const user of users) {
      const log = await openKafkaLog({ connection: broker.connection(user), clock: new MovableClock() });
      await expect(log.declare([{ name: 'prison.more' }])).rejects.toThrow(NotPrepared);
      await log.close();
      await expect(allow(broker.connection(user), [])).rejects.toMatchObject({
        cause: expect.objectContaining({ type: 'CLUSTER_AUTHORIZATION_FAILED' }),
      });
    }
  });
});

const covers = (granted: string, name: string): boolean =>
  granted.endsWith('*') ? name.startsWith(granted.slice(0, -1)) : granted === name;
