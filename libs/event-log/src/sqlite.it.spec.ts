import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MovableClock } from '@chuanyu/reference';
import { eventLogContract } from './contract-suite';
import { gate, recorder, until } from './contract/harness';
import { LogUnavailable, Poison, openSqliteLog, type EventLog } from './index';
import { Records } from './sqlite-records';

jest.setTimeout(30_000);
const DAY = 86_400_000;

let folder: string;
let file: string;
let clock: MovableClock;
const opened: EventLog[] = [];

async function open(pollMilliseconds = 10): Promise<EventLog> {
  const log = await openSqliteLog({ file, clock, pollMilliseconds });
  opened.push(log);
  return log;
}
async function begin(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  file = join(folder, 'log.sqlite');
  clock = new MovableClock();
}
async function end(): Promise<void> {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(folder, { recursive: true, force: true });
}
/** Straight into the file, as no program of ours does. */
function tamper(sql: string, ...values: readonly string[]): void {
  const database = new DatabaseSync(file);
  database.prepare(sql).run(...values);
  database.close();
}

eventLogContract('SQLite', async () => {
  await begin();
  const log = await open();
  return {
    log,
    reopen: () => open(),
    async appendText(topic, key, text) {
      await log.append([{ topic, key, value: null }]);
      tamper('UPDATE records SET value = ? WHERE offset = (SELECT max(offset) FROM records WHERE key = ?)', text, key);
    },
    dispose: end,
  };
});

describe('the SQLite log', () => {
  const topic = 'prison.events';
  const subscribe = async (log: EventLog, handle: Parameters<typeof recorder>[0] = () => undefined, group = 'g') => {
    const { seen, handle: record } = recorder(handle);
    return { seen, running: await log.subscribe({ group, topics: [topic], from: 'beginning', handle: record }) };
  };
  const append = (log: EventLog, ...values: readonly unknown[]) =>
    log.append(values.map((value) => ({ topic, key: 'a', value })));
  const writer = (key: string, count: number): ChildProcess =>
    fork(join(__dirname, 'sqlite-writer.fixture.ts'), [file, topic, key, String(count)], {
      execArgv: ['-r', '@swc-node/register'],
      cwd: join(__dirname, '../../..'),
    });

  beforeEach(async () => {
    await begin();
    await (await open()).declare([{ name: topic }]);
  });
  afterEach(end);

  const first = (): EventLog => {
    const [log] = opened;
    if (!log) throw new Error('not open');
    return log;
  };

  test('what was acknowledged outlives kill -9 of the writer, whole and in order, and nothing handled is missed', async () => {
    const handled = new Set<number>();
    let acknowledged = -1;
    for (let round = 0; round < 20; round++) {
      const child = writer('child', 1_000_000);
      const until = acknowledged + 20 + round * 7;
      child.on('message', (said) => {
        const [what, n] = String(said).split(' ');
        if (what === 'handled') handled.add(Number(n));
        else acknowledged = Math.max(acknowledged, Number(n));
        if (acknowledged > until) child.kill('SIGKILL');
      });
      await once(child, 'close');
    }
    const { records } = await first().read(topic, { limit: 1_000_000 });
    const values = records.map(({ value }) => value);
    expect(values).toEqual(values.map((_, n) => n));
    expect(values.length).toBeGreaterThan(acknowledged);
    const rest = await subscribe(first(), ({ value }) => void handled.add(Number(value)), 'child.child');
    await rest.running.drained();
    expect([...handled].sort((a, b) => a - b)).toEqual(values);
    // The children have committed too, or this would only show that everything is delivered again.
    expect(rest.seen.length).toBeLessThan(values.length);
  });

  test('two processes append to one file and read each other', async () => {
    let heard = 0;
    first().onAppend(topic, () => heard++);
    const { seen, running } = await subscribe(first());
    const child = writer('child', 300);
    const closed = once(child, 'close');
    await once(child, 'message');
    for (let n = 0; n < 300; n++) await append(first(), n);
    await closed;
    await running.drained();
    for (const key of ['a', 'child'])
      expect(seen.filter((each) => each.startsWith(`${key} `))).toEqual(
        Array.from({ length: 300 }, (_, n) => `${key} ${n}`),
      );
    const before = heard;
    const last = writer('late', 2);
    await once(last, 'close');
    await until(() => seen.includes('late 1') && heard > before, 'word of another process');
  });

  test('appends of one turn share one transaction, which waits for the disk', async () => {
    const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
    try {
      await (await subscribe(first())).running.drained();
      await append(first(), 0);
      exec.mockClear();
      await Promise.all([append(first(), 1), append(first(), 2, 3), append(first(), 4)]);
      expect(exec.mock.calls.flat().filter((sql) => sql === 'COMMIT')).toHaveLength(1);
      await until(async () => (await first().lag('g')).every(({ behind }) => behind === 0), 'offsets committed');
      exec.mockClear();
      await append(first(), 5);
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
    await expect(append(first(), 1)).rejects.toThrow(LogUnavailable);
    exec.mockRestore();
    await append(first(), 2);
    expect((await first().read(topic, { limit: 10 })).records.map(({ value }) => value)).toEqual([2]);
  });

  test('drained covers appends that are not acknowledged yet', async () => {
    const { seen, running } = await subscribe(first());
    const appended = append(first(), 1);
    await running.drained();
    expect(seen).toEqual(['a 1']);
    await appended;
  });

  test('closing writes what was appended, and then every call throws LogUnavailable', async () => {
    const log = await open();
    const { running } = await subscribe(log);
    const appended = append(log, 1);
    await log.close();
    await appended;
    expect((await first().read(topic, { limit: 10 })).records).toHaveLength(1);
    for (const call of [
      () => append(log, 2),
      () => log.read(topic, { limit: 1 }),
      () => subscribe(log),
      () => log.lag('g'),
      () => log.redrive('g', 'a'),
      () => log.deadLetters('g'),
      () => log.generation(),
      () => log.declare([]),
    ])
      await expect(call()).rejects.toThrow(LogUnavailable);
    await expect(running.drained()).rejects.toThrow('stopped');
  });

  test.each(['the same', 'another'])('the newer of two subscribers in %s process has the partitions', async (which) => {
    const other = which === 'another' ? await open() : first();
    const door = gate();
    const older = await subscribe(first(), ({ value }) => (value === 2 ? door.opened : undefined));
    await append(first(), 1);
    await older.running.drained();
    await append(first(), 2);
    await until(() => older.seen.length === 2, 'the second in hand');
    const newer = await subscribe(other);
    await newer.running.drained();
    expect(newer.seen).toEqual(['a 2']);
    // The older one hears of it within a poll, and what it has in hand ends without effect.
    await append(other, 3);
    await newer.running.drained();
    door.open();
    await older.running.drained();
    await append(first(), 4);
    await Promise.all([older.running.drained(), newer.running.drained()]);
    expect(newer.seen).toEqual(['a 2', 'a 3', 'a 4']);
    expect(older.seen).toEqual(['a 1', 'a 2']);
    await older.running.stop();
    expect((await first().lag('g')).every(({ behind }) => behind === 0)).toBe(true);
  });

  test('a subscriber that has not heard that it was replaced can commit nothing', async () => {
    const deaf = await open(60_000);
    const [door, doorOfNewer] = [gate(), gate()];
    const older = await subscribe(deaf, () => door.opened);
    await append(deaf, 1);
    await until(() => older.seen.length === 1, 'in hand');
    const newer = await subscribe(first(), () => doorOfNewer.opened);
    await until(() => newer.seen.length === 1, 'in hand of both');
    door.open();
    await append(deaf, 2);
    await until(() => older.seen.length === 2, 'the older goes on, unknowing');
    // Asking for its lag makes it commit.
    expect((await deaf.lag('g')).find(({ behind }) => behind > 0)?.behind).toBe(2);
    doorOfNewer.open();
    await newer.running.drained();
    expect(newer.seen).toEqual(['a 1', 'a 2']);
    await append(deaf, 3);
    await newer.running.drained();
    expect(older.seen).toEqual(['a 1', 'a 2']);
  });

  test('a subscriber of the same process hands over what it has done', async () => {
    const older = await subscribe(first());
    await append(first(), 1);
    await until(() => older.seen.length === 1, 'handled');
    const newer = await subscribe(first());
    await newer.running.drained();
    expect(newer.seen).toEqual([]);
  });

  test('a slow subscriber takes only so many records into memory', async () => {
    const from = jest.spyOn(Records.prototype, 'from');
    const door = gate();
    const { seen, running } = await subscribe(first(), () => door.opened);
    for (let n = 0; n < 10; n++) await append(first(), ...Array.from({ length: 1000 }, (_, each) => n * 1000 + each));
    const taken = () =>
      from.mock.results.reduce((sum, { value }) => sum + (Array.isArray(value) ? value.length : 0), 0);
    await until(() => taken() >= 2000, 'the lane is full');
    await append(first(), 10_000);
    await until(() => seen.length === 1, 'in hand');
    expect(taken()).toBeLessThan(3000);
    door.open();
    await running.drained();
    expect(seen).toHaveLength(10_001);
    from.mockRestore();
  });

  test('a group whose offsets are of another generation begins from the beginning, a cursor too', async () => {
    await append(first(), 1, 2);
    const { running } = await subscribe(first());
    await running.drained();
    const { next } = await first().read(topic, { limit: 2 });
    expect((await first().read(topic, { after: next, limit: 2 })).records).toEqual([]);
    await Promise.all(opened.splice(0).map((log) => log.close()));
    tamper(`UPDATE about SET value = 'made anew'`);
    const log = await open();
    const { seen, handle } = recorder();
    const again = await log.subscribe({ group: 'g', topics: [topic], from: 'end', handle });
    await again.drained();
    expect(seen).toEqual(['a 1', 'a 2']);
    expect((await log.read(topic, { after: next, limit: 9 })).records).toHaveLength(2);
    await expect(log.read(topic, { after: 'nonsense', limit: 9 })).rejects.toThrow(RangeError);
  });

  test('two files are two generations', async () => {
    const generation = await first().generation();
    file = join(folder, 'other.sqlite');
    expect(await (await open()).generation()).not.toBe(generation);
  });

  test('what is older than its days goes, but nothing that a group has not committed, and no offset comes back', async () => {
    const brief = 'brief.events';
    const keep = async () => first().declare([{ name: brief, retentionDays: 10 }]);
    const left = async (of: string) => (await first().read(of, { limit: 99 })).records.map(({ value }) => value);
    await keep();
    await first().append([{ topic: brief, key: 'a', value: 1 }]);
    await append(first(), 1);
    const running = await first().subscribe({
      group: 'slow',
      topics: [brief],
      from: 'beginning',
      handle: async () => undefined,
    });
    await running.drained();
    await running.stop();
    await first().append([{ topic: brief, key: 'a', value: 2 }]);
    const last = (await first().read(brief, { limit: 9 })).records.at(-1)?.offset ?? 0;
    clock.advance(9 * DAY);
    await keep();
    expect(await left(brief)).toEqual([1, 2]);
    clock.advance(2 * DAY);
    await keep();
    expect(await left(brief)).toEqual([2]);
    expect(await left(topic)).toEqual([1]);
    clock.advance(400 * DAY);
    const again = await first().subscribe({
      group: 'slow',
      topics: [brief],
      from: 'beginning',
      handle: async () => undefined,
    });
    await again.drained();
    await open();
    expect([await left(brief), await left(topic)]).toEqual([[], []]);
    await first().append([{ topic: brief, key: 'a', value: 3 }]);
    expect((await first().read(brief, { limit: 9 })).records[0]?.offset).toBeGreaterThan(last);
  });

  test('a redrive asked for while nobody subscribes, or in another process, is carried out', async () => {
    let isMended = false;
    const mendable = () =>
      subscribe(first(), ({ value }) => {
        if (value === 1 && !isMended) throw new Poison('broken');
      });
    const before = await mendable();
    await append(first(), 1, 2);
    await before.running.drained();
    await before.running.stop();
    isMended = true;
    await first().redrive('g', 'a');
    const after = await mendable();
    await after.running.drained();
    expect(after.seen).toEqual(['a 1', 'a 2']);
    isMended = false;
    await append(first(), 1);
    await after.running.drained();
    isMended = true;
    const other = await open();
    await other.redrive('g', 'a');
    await until(async () => (await other.deadLetters('g')).length === 0, 'redriven for the other process');
    expect(after.seen).toEqual(['a 1', 'a 2', 'a 1', 'a 1']);
  });
});
