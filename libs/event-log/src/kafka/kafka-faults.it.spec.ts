import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaBroker } from '@chuanyu/testing/engines';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { keysOfOnePartition, random, recorder, until } from '../contract/harness';
import { LogUnavailable, type EventLog, type LogRecord } from '../port';
import { clientOf } from './connection';
import { Cable, KafkaBench, noBrokerOfOurOwn, SESSION_TIMEOUT } from './kafka.fixture';

/** A broker that stands still, a group that churns: on a busy machine all of it takes its time. */
jest.setTimeout(240_000);
const LONG = 120_000;

describeOrSkip('a Kafka that fails', noBrokerOfOurOwn, () => {
  let folder: string;
  let broker: KafkaBroker;
  let bench: KafkaBench;
  let log: EventLog;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafka-'));
    broker = new KafkaBroker(join(folder, 'kafka'));
    await broker.start();
  });
  afterAll(async () => {
    await broker.kill();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await broker.start();
    bench = new KafkaBench(broker.connection());
    log = await bench.open();
    await log.declare([{ name: bench.topic }]);
  });
  afterEach(() => bench.end());

  const keys = keysOfOnePartition(3).concat('another', 'third', 'fourth');

  /** Appends 1, 2, 3 … of each key, each again until it is acknowledged, as the relay does. */
  function writer(to: EventLog, count: number) {
    let [failures, appended] = [0, 0];
    const written = (async () => {
      for (let n = 1; n <= count;) {
        try {
          await bench.append(to, ...keys.map((key) => [key, n] as const));
          appended = n++;
        } catch (error) {
          if (!(error instanceof LogUnavailable)) throw error;
          failures++;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    })();
    return { written, failures: () => failures, appended: () => appended };
  }

  /** Nothing lost and nothing out of order; a batch whose answer was lost may be there twice. */
  async function expectWhole(count: number): Promise<void> {
    const { records } = await log.read(bench.topic, { limit: 1_000_000 });
    for (const key of keys) {
      const values = records.filter((record) => record.key === key).map(({ value }) => value);
      const once = values.filter((value, n) => value !== values[n - 1]);
      expect(once).toEqual(Array.from({ length: count }, (_, n) => n + 1));
    }
  }

  /** The effect that a version check leaves of at-least-once: what is not the next is not done. */
  function store() {
    const versions = new Map<string, number>();
    const handle = async ({ key, value }: LogRecord): Promise<void> => {
      const next = (versions.get(key) ?? 0) + 1;
      if (typeof value !== 'number' || value > next) throw new Error(`${key} ${String(value)} came before ${next}`);
      if (value === next) versions.set(key, next);
    };
    return { handle, all: (count: number) => keys.every((key) => versions.get(key) === count) };
  }

  test('a broker that is away for longer than anybody tries answers again when it is back', async () => {
    await broker.kill();
    for (const end = performance.now() + 16_000; performance.now() < end;)
      await expect(log.generation()).rejects.toThrow(LogUnavailable);
    await broker.start();
    await until(
      () =>
        log.generation().then(
          () => true,
          () => false,
        ),
      'an answer',
      LONG,
    );
    await bench.append(log, ['another', 1]);
    expect((await log.lag('nobody')).length).toBe(0);
  });

  test('a broker that is killed again and again while it is written and read loses nothing that was acknowledged', async () => {
    const { handle, all } = store();
    const running = await bench.subscribe(log, handle);
    const { written, appended } = writer(log, 400);
    for (let kill = 1; kill <= 3; kill++) {
      const before = appended();
      await until(() => appended() > before + 20, 'it goes on', LONG);
      await broker.kill();
      await broker.start();
    }
    await written;
    await running.drained();
    await expectWhole(400);
    expect(all(400)).toBe(true);
    expect(await log.deadLetters(bench.group)).toEqual([]);
  });

  test.each(['away', 'standing still'])(
    'a broker that is %s for five seconds is found again soon after',
    async (how) => {
      const { handle, all } = store();
      const running = await bench.subscribe(log, handle);
      const { written, appended, failures } = writer(log, 300);
      await until(() => appended() > 20, 'it goes on', LONG);
      if (how === 'away') await broker.kill();
      else broker.freeze();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      if (how === 'away') await broker.start();
      else broker.thaw();
      const before = appended();
      const healed = performance.now();
      await until(() => appended() > before, 'the first append after it', LONG);
      // Kafkajs by itself took 30 s after a minute.
      expect(performance.now() - healed).toBeLessThan(15_000);
      await written;
      await running.drained();
      await expectWhole(300);
      expect(all(300)).toBe(true);
      if (how === 'away') expect(failures()).toBeGreaterThan(0);
    },
  );

  test('answers that are cut off double at most what they answered, and reorder nothing', async () => {
    const chance = random(11);
    const cable = new Cable();
    const cut = await bench.open({ connection: cable.of(broker.connection()) });
    const { written, appended } = writer(cut, 200);
    for (let n = 0; n < 15; n++) {
      const before = appended();
      await until(() => appended() >= Math.min(200, before + Math.floor(chance() * 12)), 'it goes on', LONG);
      cable.cut();
      cable.heal();
    }
    await written;
    await expectWhole(200);
  });

  test('members that come and go every second miss nothing, keep the order, and never move the group backwards', async () => {
    const { handle, all } = store();
    const chance = random(5);
    const steady = await bench.subscribe(log, handle);
    const others = await Promise.all([bench.open(), bench.open()]);
    const { written, appended } = writer(log, 300);
    const watching = watch();
    for (let n = 0; n < 10; n++) {
      const running = await bench.subscribe(others[n % 2] ?? log, handle);
      const before = appended();
      await until(() => appended() >= Math.min(300, before + 5 + Math.floor(chance() * 20)), 'it goes on', LONG);
      await running.stop();
    }
    await written;
    await steady.drained();
    expect(await watching()).toEqual([]);
    expect(await log.deadLetters(bench.group)).toEqual([]);
    expect(all(300)).toBe(true);
  });

  /** Looks at what the group has committed, and tells every time it went backwards. */
  function watch(): () => Promise<readonly string[]> {
    const backwards: string[] = [];
    const before = new Map<number, number>();
    let isOver = false;
    const admin = clientOf(broker.connection()).admin();
    const watching = (async () => {
      await admin.connect();
      while (!isOver) {
        const [found] = await admin.fetchOffsets({ groupId: bench.group, topics: [bench.topic] });
        for (const { partition, offset } of found?.partitions ?? []) {
          if (Number(offset) < (before.get(partition) ?? -1))
            backwards.push(`${partition}: ${before.get(partition)} ${offset}`);
          before.set(partition, Number(offset));
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await admin.disconnect();
    })();
    return async () => {
      isOver = true;
      await watching;
      return backwards;
    };
  }

  test('a process that stood still longer than its session starts nothing when it goes on: others have done it', async () => {
    const [brokerAddress = ''] = broker.connection().brokers;
    const member = fork(join(__dirname, 'kafka-member.fixture.ts'), [brokerAddress, bench.topic, bench.group, '30'], {
      execArgv: ['-r', '@swc-node/register'],
      cwd: join(__dirname, '../../../..'),
    });
    const handled: string[] = [];
    member.on('message', (said) => handled.push(typeof said === 'string' ? said : ''));
    try {
      await until(() => handled.includes('joined'), 'the process has joined', LONG);
      await bench.append(log, ...Array.from({ length: 400 }, (_, n) => ['a', n] as const));
      await until(() => handled.length > 20, 'it is at work', LONG);
      member.kill('SIGSTOP');
      const { seen, handle } = recorder();
      const running = await bench.subscribe(log, handle);
      await running.drained();
      expect(seen.at(-1)).toBe('a 399');
      // What it had said before it stood still is still on its way.
      const before = handled.length;
      member.kill('SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, SESSION_TIMEOUT));
      await bench.append(log, ...keys.map((key) => [key, 'after'] as const));
      await until(async () => (await log.lag(bench.group)).every(({ behind }) => behind === 0), 'both go on', LONG);
      // One may have been begun in the very moment in which it was stopped.
      const late = handled.slice(before).filter((each) => !each.endsWith('after'));
      expect(late.length).toBeLessThanOrEqual(1);
    } finally {
      member.kill('SIGKILL');
    }
  });

  test('a consumer that ended for good is followed by another', async () => {
    const admin = clientOf(broker.connection()).admin();
    await admin.connect();
    const { seen, handle } = recorder();
    const running = await bench.subscribe(log, handle);
    await bench.append(log, ['a', 1]);
    await running.drained();
    // Final for kafkajs: the topic it reads is gone.
    await admin.deleteTopics({ topics: [bench.topic] });
    await until(() => bench.errors.length > 0, 'the consumer ended', LONG);
    const again = await bench.open();
    await again.declare([{ name: bench.topic }]);
    await bench.append(again, ['a', 2]);
    await until(() => seen.includes('a 2'), 'another followed it', LONG);
    await admin.disconnect();
  });

  test('a log made anew has another generation, and is read from its beginning', async () => {
    await bench.append(log, ['a', 1], ['a', 2]);
    const generation = await log.generation();
    const { next } = await log.read(bench.topic, { limit: 9 });
    await bench.end();
    await broker.kill();
    await rm(broker.file('log'), { recursive: true });
    await broker.start();
    const anew = await bench.open();
    await anew.declare([{ name: bench.topic }]);
    await bench.append(anew, ['a', 3]);
    expect(await anew.generation()).not.toBe(generation);
    expect((await anew.read(bench.topic, { after: next, limit: 9 })).records.map(({ value }) => value)).toEqual([3]);
    const { seen, handle } = recorder();
    await (await bench.subscribe(anew, handle)).drained();
    expect(seen).toEqual(['a 3']);
  });
});
