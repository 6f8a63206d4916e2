import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { gate, until } from './contract/harness';
import { Poison, type EventLog } from './index';
import { SqliteBench } from './sqlite.fixture';

// Twenty processes are started one after the other.
jest.setTimeout(120_000);

describe('several processes on one file', () => {
  let bench: SqliteBench;
  let log: EventLog;
  beforeEach(async () => {
    bench = await SqliteBench.make();
    log = await bench.open();
    await log.declare([{ name: bench.topic }]);
  });
  afterEach(() => bench.end());

  const writer = (key: string, count: number): ChildProcess =>
    fork(join(__dirname, 'sqlite-writer.fixture.ts'), [bench.file, bench.topic, key, String(count)], {
      execArgv: ['-r', '@swc-node/register'],
      cwd: join(__dirname, '../../..'),
    });

  test('what was acknowledged outlives kill -9 of the writer, whole and in order, and nothing handled is missed', async () => {
    const handled = new Set<number>();
    let acknowledged = -1;
    let following = writer('child', 1_000_000);
    for (let round = 0; round < 20; round++) {
      const child = following;
      // The next one loads its program meanwhile.
      following = writer('child', 1_000_000);
      child.send('go');
      const enough = acknowledged + 10 + round * 4;
      child.on('message', (said) => {
        const [what, n] = (typeof said === 'string' ? said : '').split(' ');
        if (what === 'handled') handled.add(Number(n));
        else acknowledged = Math.max(acknowledged, Number(n));
        if (acknowledged > enough) child.kill('SIGKILL');
      });
      await once(child, 'close');
    }
    following.kill('SIGKILL');
    const { records } = await log.read(bench.topic, { limit: 1_000_000 });
    const values = records.map(({ value }) => value);
    expect(values).toEqual(values.map((_, n) => n));
    expect(values.length).toBeGreaterThan(acknowledged);
    const rest = await bench.subscribe(log, ({ value }) => void handled.add(Number(value)), 'child.child');
    await rest.running.drained();
    expect([...handled].sort((a, b) => a - b)).toEqual(values);
    // The children have committed too, or this would only show that everything is delivered again.
    expect(rest.seen.length).toBeLessThan(values.length);
  });

  test('two processes append to one file and read each other', async () => {
    let heard = 0;
    log.onAppend(bench.topic, () => heard++);
    const { seen, running } = await bench.subscribe(log);
    const child = writer('child', 300);
    child.send('go');
    const closed = once(child, 'close');
    await once(child, 'message');
    for (let n = 0; n < 300; n++) await bench.append(log, n);
    await closed;
    await running.drained();
    for (const key of ['a', 'child'])
      expect(seen.filter((each) => each.startsWith(`${key} `))).toEqual(
        Array.from({ length: 300 }, (_, n) => `${key} ${n}`),
      );
    const before = heard;
    const last = writer('late', 2);
    last.send('go');
    await once(last, 'close');
    await until(() => seen.includes('late 1') && heard > before, 'word of another process');
  });

  test.each([
    ['the system tells', { pollMilliseconds: 60_000 }],
    ['it looks by itself', { pollMilliseconds: 10, watch: false }],
  ])('what another process appends is heard of: %s', async (_how, options) => {
    const reader = await bench.open(options);
    const { seen } = await bench.subscribe(reader);
    for (const round of [1, 2]) {
      await bench.append(log, round);
      await until(() => seen.length === round, 'word of the other');
    }
    expect(seen).toEqual(['a 1', 'a 2']);
  });

  test.each(['the same', 'another'])('the newer of two subscribers in %s process has the partitions', async (which) => {
    const other = which === 'another' ? await bench.open() : log;
    const door = gate();
    const older = await bench.subscribe(log, ({ value }) => (value === 2 ? door.opened : undefined));
    await bench.append(log, 1);
    await older.running.drained();
    await bench.append(log, 2);
    await until(() => older.seen.length === 2, 'the second in hand');
    const newer = await bench.subscribe(other);
    await newer.running.drained();
    expect(newer.seen).toEqual(['a 2']);
    // The older one hears of it within a poll, and what it has in hand ends without effect.
    await bench.append(other, 3);
    await newer.running.drained();
    door.open();
    await older.running.drained();
    await bench.append(log, 4);
    await Promise.all([older.running.drained(), newer.running.drained()]);
    expect(newer.seen).toEqual(['a 2', 'a 3', 'a 4']);
    expect(older.seen).toEqual(['a 1', 'a 2']);
    await older.running.stop();
    expect((await log.lag('g')).every(({ behind }) => behind === 0)).toBe(true);
  });

  test.each(['the same', 'another'])('the older one goes on where the newer in %s process ended', async (which) => {
    const other = which === 'another' ? await bench.open() : log;
    const older = await bench.subscribe(log);
    await bench.append(log, 1);
    await older.running.drained();
    const door = gate();
    const newer = await bench.subscribe(other, ({ value }) => (value === 2 ? door.opened : undefined));
    // From there, so that the older one hears first that it was replaced.
    await bench.append(other, 2);
    await until(() => newer.seen.length === 1, 'the second in hand of the newer');
    const ended = newer.running.stop();
    await bench.append(log, 3);
    door.open();
    await ended;
    await older.running.drained();
    await bench.append(log, 4);
    await older.running.drained();
    // What the newer had in hand it has finished, and nobody repeats it.
    expect(newer.seen).toEqual(['a 2']);
    expect(older.seen).toEqual(['a 1', 'a 3', 'a 4']);
    // And the other way about, as often as one likes.
    const newest = await bench.subscribe(other);
    await older.running.stop();
    await bench.append(log, 5);
    await newest.running.drained();
    expect(newest.seen).toEqual(['a 5']);
  });

  test('the older one goes on where a newer one had ended before it was noticed', async () => {
    const slow = await bench.open({ pollMilliseconds: 500, watch: false });
    const older = await bench.subscribe(slow);
    await older.running.drained();
    const newer = await bench.subscribe(log);
    await newer.running.stop();
    // Word of another topic says that it has looked.
    await log.declare([{ name: 'prison.control' }]);
    const looked = new Promise<void>((resolve) => slow.onAppend('prison.control', resolve));
    await log.append([{ topic: 'prison.control', key: 'a', value: 0 }]);
    await looked;
    await bench.append(slow, 1);
    await until(() => older.seen.length === 1, 'the first seen by the older');
    await older.running.drained();
    expect([older.seen, newer.seen]).toEqual([['a 1'], []]);
  });

  test('of a key that is dead, what comes stays parked with whoever takes it up', async () => {
    const other = await bench.open();
    const older = await bench.subscribe(log);
    const newer = await bench.subscribe(other, ({ value }) => {
      if (value === 1) throw new Poison('broken');
    });
    // From there, so that the older one hears first that it was replaced.
    await bench.append(other, 1, 2);
    await newer.running.drained();
    await newer.running.stop();
    await bench.append(log, 3);
    await older.running.drained();
    expect(older.seen).toEqual([]);
    expect(await log.countLetters('g')).toEqual({ dead: 1, parked: 2 });
  });

  test('a subscriber that has not heard that it was replaced can commit nothing', async () => {
    const deaf = await bench.open({ pollMilliseconds: 60_000, watch: false });
    const [door, doorOfNewer] = [gate(), gate()];
    const older = await bench.subscribe(deaf, () => door.opened);
    await bench.append(deaf, 1);
    await until(() => older.seen.length === 1, 'in hand');
    const newer = await bench.subscribe(log, () => doorOfNewer.opened);
    await until(() => newer.seen.length === 1, 'in hand of both');
    door.open();
    await bench.append(deaf, 2);
    await until(() => older.seen.length === 2, 'the older goes on, unknowing');
    // Asking for its lag makes it commit.
    expect((await deaf.lag('g')).find(({ behind }) => behind > 0)?.behind).toBe(2);
    doorOfNewer.open();
    await newer.running.drained();
    expect(newer.seen).toEqual(['a 1', 'a 2']);
    await bench.append(deaf, 3);
    await newer.running.drained();
    expect(older.seen).toEqual(['a 1', 'a 2']);
  });

  test('a subscriber of the same process hands over what it has done', async () => {
    const older = await bench.subscribe(log);
    await bench.append(log, 1);
    await until(() => older.seen.length === 1, 'handled');
    const newer = await bench.subscribe(log);
    await newer.running.drained();
    expect(newer.seen).toEqual([]);
  });

  test('a redrive asked for while nobody subscribes, or in another process, is carried out', async () => {
    let isMended = false;
    const mendable = () =>
      bench.subscribe(log, ({ value }) => {
        if (value === 1 && !isMended) throw new Poison('broken');
      });
    const before = await mendable();
    await bench.append(log, 1, 2);
    await before.running.drained();
    await before.running.stop();
    isMended = true;
    await log.redrive('g', 'a');
    const after = await mendable();
    await after.running.drained();
    expect(after.seen).toEqual(['a 1', 'a 2']);
    isMended = false;
    await bench.append(log, 1);
    await after.running.drained();
    isMended = true;
    const other = await bench.open();
    await other.redrive('g', 'a');
    await until(async () => (await other.deadLetters('g')).length === 0, 'redriven for the other process');
    expect(after.seen).toEqual(['a 1', 'a 2', 'a 1', 'a 1']);
  });
});
