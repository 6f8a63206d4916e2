import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventLogContract } from './contract-suite';
import { gate, recorder, until } from './contract/harness';
import { LogUnavailable, type EventLog } from './index';
import { Records } from './sqlite-records';
import { SqliteBench } from './sqlite.fixture';

const DAY = 86_400_000;

eventLogContract('SQLite', async () => {
  const bench = await SqliteBench.make();
  const log = await bench.open();
  return {
    log,
    reopen: () => bench.open(),
    async appendText(topic, key, text) {
      await log.append([{ topic, key, value: null }]);
      bench.tamper(
        'UPDATE records SET value = ? WHERE offset = (SELECT max(offset) FROM records WHERE key = ?)',
        text,
        key,
      );
    },
    dispose: () => bench.end(),
  };
});

describe('the SQLite log', () => {
  let bench: SqliteBench;
  let log: EventLog;
  beforeEach(async () => {
    bench = await SqliteBench.make();
    log = await bench.open();
    await log.declare([{ name: bench.topic }]);
  });
  afterEach(() => bench.end());

  test('appends of one turn share one transaction, which waits for the disk', async () => {
    const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
    try {
      await (await bench.subscribe(log)).running.drained();
      await bench.append(log, 0);
      exec.mockClear();
      await Promise.all([bench.append(log, 1), bench.append(log, 2, 3), bench.append(log, 4)]);
      expect(exec.mock.calls.flat().filter((sql) => sql === 'COMMIT')).toHaveLength(1);
      await until(async () => (await log.lag('g')).every(({ behind }) => behind === 0), 'offsets committed');
      exec.mockClear();
      await bench.append(log, 5);
      expect(exec.mock.calls.flat()).toEqual(['PRAGMA synchronous = FULL', 'BEGIN IMMEDIATE', 'COMMIT']);
    } finally {
      exec.mockRestore();
    }
  });

  test('an append that the disk refuses throws LogUnavailable and leaves nothing; the next may succeed', async () => {
    const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
    exec.mockImplementation(function (this: DatabaseSync, sql: string) {
      if (sql === 'COMMIT') throw new Error('database or disk is full');
      return this.prepare(sql).run();
    });
    await expect(bench.append(log, 1)).rejects.toThrow(LogUnavailable);
    exec.mockRestore();
    await bench.append(log, 2);
    expect((await log.read(bench.topic, { limit: 10 })).records.map(({ value }) => value)).toEqual([2]);
  });

  test('drained covers appends that are not acknowledged yet', async () => {
    const { seen, running } = await bench.subscribe(log);
    const appended = bench.append(log, 1);
    await running.drained();
    expect(seen).toEqual(['a 1']);
    await appended;
  });

  test('a record that another process appends while we look for others is found too', async () => {
    const writer = await bench.open({ pollMilliseconds: 3_600_000 });
    const { seen } = await bench.subscribe(log);
    const lastOffset = Records.prototype.lastOffset;
    const looking = jest.spyOn(Records.prototype, 'lastOffset').mockImplementationOnce(function (this: Records) {
      bench.tamper(
        `INSERT INTO records(topic, partition, time, key, headers, value)
         SELECT topic, (partition + 1) % 12, time, 'b', headers, ? FROM records WHERE key = 'a'`,
        '2',
      );
      return lastOffset.call(this);
    });
    await bench.append(writer, 1);
    await until(() => seen.length === 2, 'both are handled');
    expect(seen).toEqual(['a 1', 'b 2']);
    looking.mockRestore();
  });

  test('closing writes what was appended, and then every call throws LogUnavailable', async () => {
    const closed = await bench.open();
    const { running } = await bench.subscribe(closed);
    const appended = bench.append(closed, 1);
    await closed.close();
    await appended;
    expect((await log.read(bench.topic, { limit: 10 })).records).toHaveLength(1);
    for (const call of [
      () => bench.append(closed, 2),
      () => closed.read(bench.topic, { limit: 1 }),
      () => bench.subscribe(closed),
      () => closed.lag('g'),
      () => closed.redrive('g', 'a'),
      () => closed.deadLetters('g'),
      () => closed.generation(),
      () => closed.declare([]),
    ])
      await expect(call()).rejects.toThrow(LogUnavailable);
    await expect(running.drained()).rejects.toThrow('stopped');
  });

  test('a slow subscriber takes only so many records into memory', async () => {
    const from = jest.spyOn(Records.prototype, 'from');
    const door = gate();
    const { seen, running } = await bench.subscribe(log, () => door.opened);
    for (let n = 0; n < 10; n++) await bench.append(log, ...Array.from({ length: 1000 }, (_, each) => n * 1000 + each));
    const taken = () =>
      from.mock.results.reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 0), 0);
    await until(() => taken() >= 2000, 'the lane is full');
    await bench.append(log, 10_000);
    await until(() => seen.length === 1, 'in hand');
    expect(taken()).toBeLessThan(3000);
    door.open();
    await running.drained();
    expect(seen).toHaveLength(10_001);
    from.mockRestore();
  });

  test('a group whose offsets are of another generation begins from the beginning, a cursor too', async () => {
    await bench.append(log, 1, 2);
    const { running } = await bench.subscribe(log);
    await running.drained();
    const { next } = await log.read(bench.topic, { limit: 2 });
    expect((await log.read(bench.topic, { after: next, limit: 2 })).records).toEqual([]);
    await bench.close();
    bench.tamper(`UPDATE about SET value = 'made anew'`);
    const anew = await bench.open();
    const { seen, handle } = recorder();
    const again = await anew.subscribe({ group: 'g', topics: [bench.topic], from: 'end', handle });
    await again.drained();
    expect(seen).toEqual(['a 1', 'a 2']);
    expect((await anew.read(bench.topic, { after: next, limit: 9 })).records).toHaveLength(2);
    await expect(anew.read(bench.topic, { after: 'nonsense', limit: 9 })).rejects.toThrow(RangeError);
  });

  test('two files are two generations', async () => {
    const generation = await log.generation();
    const other = await bench.open({ file: join(bench.folder, 'other.sqlite') });
    expect(await other.generation()).not.toBe(generation);
  });

  test('what is older than its days goes, but nothing that a group has not committed, and no offset comes back', async () => {
    const brief = 'brief.events';
    const keep = async () => log.declare([{ name: brief, retentionDays: 10 }]);
    const left = async (of: string) => (await log.read(of, { limit: 99 })).records.map(({ value }) => value);
    await keep();
    await log.append([{ topic: brief, key: 'a', value: 1 }]);
    await bench.append(log, 1);
    const running = await log.subscribe({
      group: 'slow',
      topics: [brief],
      from: 'beginning',
      handle: async () => undefined,
    });
    await running.drained();
    await running.stop();
    await log.append([{ topic: brief, key: 'a', value: 2 }]);
    const last = (await log.read(brief, { limit: 9 })).records.at(-1)?.offset ?? 0;
    bench.clock.advance(9 * DAY);
    await keep();
    expect(await left(brief)).toEqual([1, 2]);
    bench.clock.advance(2 * DAY);
    await keep();
    expect(await left(brief)).toEqual([2]);
    expect(await left(bench.topic)).toEqual([1]);
    bench.clock.advance(400 * DAY);
    const again = await log.subscribe({
      group: 'slow',
      topics: [brief],
      from: 'beginning',
      handle: async () => undefined,
    });
    await again.drained();
    await bench.open();
    expect([await left(brief), await left(bench.topic)]).toEqual([[], []]);
    await log.append([{ topic: brief, key: 'a', value: 3 }]);
    expect((await log.read(brief, { limit: 9 })).records[0]?.offset).toBeGreaterThan(last);
  });
});
