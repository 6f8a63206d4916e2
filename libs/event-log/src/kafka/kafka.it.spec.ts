import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { recorder, until } from '../contract/harness';
import { eventLogContract } from '../contract-suite';
import { LogUnavailable, Poison, type EventLog } from '../port';
import { clientOf, senderOf } from './connection';
import { Cable, KafkaBench, lendBroker, noBroker, type Lent } from './kafka.fixture';

const DAY = 86_400_000;

describeOrSkip('on a real Kafka', noBroker, () => {
  eventLogContract('Kafka', async () => {
    const { connection, giveBack } = await lendBroker();
    const bench = new KafkaBench(connection);
    let cable = new Cable();
    const log = await bench.open({ connection: cable.of(connection) });
    const producer = senderOf(connection);
    await producer.connect();
    return {
      log,
      async reopen() {
        cable.cut();
        cable = new Cable();
        return await bench.open({ connection: cable.of(connection) });
      },
      async appendText(topic, key, text) {
        await producer.send({ topic, messages: [{ key, value: text }] });
      },
      async dispose() {
        await producer.disconnect();
        await bench.end();
        await giveBack();
      },
    };
  });

  describe('the Kafka log', () => {
    let lent: Lent;
    let bench: KafkaBench;
    let log: EventLog;
    beforeAll(async () => (lent = await lendBroker()));
    afterAll(() => lent.giveBack());
    beforeEach(async () => {
      bench = new KafkaBench(lent.connection);
      log = await bench.open();
      await log.declare([{ name: bench.topic }]);
    });
    afterEach(() => bench.end());

    async function asAdmin<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
      const admin = clientOf(lent.connection).admin();
      await admin.connect();
      return await ask(admin).finally(() => admin.disconnect());
    }
    const settingsOf = (name: string) =>
      asAdmin(async (admin) => {
        const resources = [{ type: ConfigResourceTypes.TOPIC, name }];
        const [found] = (await admin.describeConfigs({ resources, includeSynonyms: false })).resources;
        return Object.fromEntries(found?.configEntries.map((each) => [each.configName, each.configValue]) ?? []);
      });

    test('a topic keeps every record 400 days by the time of the log, unless said; what an operator set besides stays', async () => {
      expect(await settingsOf(bench.topic)).toMatchObject({
        'cleanup.policy': 'delete',
        'retention.ms': String(400 * DAY),
        'message.timestamp.type': 'LogAppendTime',
      });
      const configEntries = [{ name: 'max.message.bytes', value: '2000000' }];
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: bench.topic, configEntries }];
      await asAdmin((admin) => admin.alterConfigs({ validateOnly: false, resources }));
      // A broker hears of it a moment later.
      const has = async (name: string, value: string) => (await settingsOf(bench.topic))[name] === value;
      await until(() => has('max.message.bytes', '2000000'), 'set by the operator');
      await log.declare([{ name: bench.topic, retentionDays: 500 }]);
      await until(() => has('retention.ms', String(500 * DAY)), 'declared anew');
      expect(await settingsOf(bench.topic)).toMatchObject({
        'message.timestamp.type': 'LogAppendTime',
        'max.message.bytes': '2000000',
      });
    });

    test('members of one group share the partitions; what one leaves, the other has, and nothing is missed or done twice', async () => {
      const keys = Array.from({ length: 60 }, (_, n) => `案件-${n}`);
      const append = (value: number) => bench.append(log, ...keys.map((key) => [key, value] as const));
      const [one, two] = [recorder(), recorder()];
      const first = await bench.subscribe(log, one.handle);
      await append(1);
      await first.drained();
      const second = await bench.subscribe(await bench.open(), two.handle);
      await append(2);
      await Promise.all([first.drained(), second.drained()]);
      expect(two.seen.length).toBeGreaterThan(0);
      expect(one.seen.filter((each) => each.endsWith(' 2')).length).toBeGreaterThan(0);
      await first.stop();
      await append(3);
      await second.drained();
      const all = keys.flatMap((key) => [1, 2, 3].map((value) => `${key} ${value}`));
      expect([...one.seen, ...two.seen].sort()).toEqual(all.sort());
    });

    test('what is queued of a partition that goes to another member is not begun any more', async () => {
      const hold = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
      const [one, two] = [recorder(hold), recorder(hold)];
      const first = await bench.subscribe(log, one.handle);
      const [partitions, count] = [12, 250];
      const all = Array.from({ length: partitions * count }, (_, n) => ({
        ...{ topic: bench.topic, key: String(n % partitions), partition: n % partitions, value: n },
      }));
      await log.append(all);
      await until(() => one.seen.length > 0, 'at work');
      const second = await bench.subscribe(await bench.open(), two.handle);
      await Promise.all([first.drained(), second.drained()]);
      const [begun, different] = [one.seen.length + two.seen.length, new Set([...one.seen, ...two.seen]).size];
      expect(different).toBe(all.length);
      expect(two.seen.length).toBeGreaterThan(0);
      // Only what was done after the last commit, or in hand; half of the rest would be a thousand.
      expect(begun - different).toBeLessThan(partitions * 20);
    });

    test('a redrive asked for in another process is carried out', async () => {
      let isMended = false;
      const { seen, handle } = recorder(({ value }) => {
        if (value === 1 && !isMended) throw new Poison('broken');
      });
      const running = await bench.subscribe(log, handle);
      await bench.append(log, ['a', 1], ['a', 2]);
      await running.drained();
      isMended = true;
      const other = await bench.open();
      await other.redrive(bench.group, 'a');
      await until(async () => (await other.deadLetters(bench.group)).length === 0, 'redriven for the other process');
      expect(seen).toEqual(['a 1', 'a 1', 'a 2']);
    });

    test('a listener hears of what another process appends', async () => {
      let heard = 0;
      log.onAppend(bench.topic, () => heard++);
      const other = await bench.open();
      await until(async () => {
        await bench.append(other, ['a', 1]);
        return heard > 0;
      }, 'word of the other process');
    });

    test('a record that the broker does not take is refused for good, and the next is taken', async () => {
      await expect(bench.append(log, ['a', 'x'.repeat(2_000_000)])).rejects.toThrow(RangeError);
      await bench.append(log, ['a', 1]);
      expect((await log.read(bench.topic, { limit: 9 })).records.map(({ value }) => value)).toEqual([1]);
    });

    test('a record of a megabyte can die, and comes back whole', async () => {
      let isMended = false;
      const value = '汉'.repeat(300_000);
      const { seen, handle } = recorder(() => {
        if (!isMended) throw new Poison('broken');
      });
      const running = await bench.subscribe(log, handle);
      await bench.append(log, ['a', value]);
      await running.drained();
      isMended = true;
      await log.redrive(bench.group, 'a');
      await running.drained();
      expect(seen).toEqual([`a ${value}`, `a ${value}`]);
    });

    test('what is not JSON is dead again after a redrive, not handed out as text', async () => {
      const producer = senderOf(lent.connection);
      await producer.connect();
      await producer.send({
        topic: bench.topic,
        messages: [{ key: 'a', value: '{"half":' }, { key: 'b', value: null }, { value: '1' }],
      });
      await producer.disconnect();
      const { seen, handle } = recorder();
      const running = await bench.subscribe(log, handle);
      await running.drained();
      await log.redrive(bench.group, 'a');
      await running.drained();
      // At least once: a member that joins anew is handed again what was not committed.
      expect([...new Set(seen)]).toEqual([' 1']);
      const letters = await log.deadLetters(bench.group);
      expect(letters.map(({ record, reason }) => [record.key, reason.includes('not JSON')]).sort()).toEqual([
        ['a', true],
        ['b', true],
      ]);
    });

    test('the letters of a log that is only read are kept elsewhere, and mean nothing for another log', async () => {
      const away = await bench.open({ archive: lent.connection });
      const { seen, handle } = recorder(() => {
        throw new Poison('broken');
      });
      await bench.append(log, ['a', 1]);
      const running = await bench.subscribe(away, handle);
      await running.drained();
      expect(await away.deadLetters(bench.group)).toHaveLength(1);
      expect(seen).toEqual(['a 1']);
    });

    test('a cursor of another generation, or beyond the end, reads from the beginning; nonsense is refused', async () => {
      await bench.append(log, ['a', 1], ['b', 2]);
      const { next } = await log.read(bench.topic, { limit: 9 });
      expect((await log.read(bench.topic, { after: next, limit: 9 })).records).toEqual([]);
      const [generation, offsets] = next.split('.');
      const read = async (after: string) => (await log.read(bench.topic, { after, limit: 9 })).records.length;
      expect(await read(`another.${offsets}`)).toBe(2);
      expect(await read(`${generation}.${Array.from({ length: 12 }, () => 99).join('-')}`)).toBe(2);
      for (const nonsense of ['nonsense', `${generation}.`, `${generation}.1-x`])
        await expect(read(nonsense)).rejects.toThrow(RangeError);
    });

    test('a group that nobody knows has no lag', async () => {
      expect(await log.lag(`${bench.group}.unknown`)).toEqual([]);
    });

    test('closing writes what was appended, and then every call throws LogUnavailable', async () => {
      const closed = await bench.open();
      const running = await bench.subscribe(closed, recorder().handle);
      const appended = bench.append(closed, ['a', 1]);
      await closed.close();
      await appended;
      expect((await log.read(bench.topic, { limit: 10 })).records).toHaveLength(1);
      for (const call of [
        () => bench.append(closed, ['a', 2]),
        () => closed.read(bench.topic, { limit: 1 }),
        () => bench.subscribe(closed, recorder().handle),
        () => closed.lag('g'),
        () => closed.redrive('g', 'a'),
        () => closed.deadLetters('g'),
        () => closed.generation(),
        () => closed.declare([]),
      ])
        await expect(call()).rejects.toThrow(LogUnavailable);
      await expect(running.drained()).rejects.toThrow('stopped');
    });

    test('a cluster that does not answer is LogUnavailable', async () => {
      await expect(bench.open({ connection: { brokers: ['127.0.0.1:1'] } })).rejects.toThrow(LogUnavailable);
    });
  });
});
