import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MovableClock } from '@chuanyu/reference';
import { eventLogContract } from './contract-suite';
import { gate, recorder, until } from './contract/harness';
import { LogUnavailable, NotYet, cuttable, openSqliteLog, type EventLog } from './index';

let folder: string;
const opened: EventLog[] = [];
async function open(): Promise<EventLog> {
  const log = await openSqliteLog({
    file: join(folder, 'log.sqlite'),
    clock: new MovableClock(),
    pollMilliseconds: 10,
  });
  opened.push(log);
  return log;
}
async function begin(): Promise<EventLog> {
  folder = await mkdtemp(join(tmpdir(), 'line-'));
  return open();
}
async function end(): Promise<void> {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(folder, { recursive: true, force: true });
}

eventLogContract('over a line that is whole', async () => ({
  log: cuttable(await begin()),
  reopen: async () => cuttable(await open()),
  dispose: end,
}));

describe('a line that is cut', () => {
  const topic = 'sichuan.chongqing.prison';
  let log: EventLog;
  let line: ReturnType<typeof cuttable>;
  beforeEach(async () => {
    log = await begin();
    await log.declare([{ name: topic }]);
    line = cuttable(log);
  });
  afterEach(end);

  const append = (...values: readonly unknown[]) => log.append(values.map((value) => ({ topic, key: 'a', value })));
  const subscribe = async (
    then?: Parameters<typeof recorder>[0],
    options: { tries?: number; handlerLimit?: number } = {},
  ) => {
    const { seen, handle } = recorder(then);
    const running = await line.subscribe({
      group: 'g',
      topics: [topic],
      from: 'beginning',
      backoff: 1,
      ...options,
      handle,
    });
    return { seen, running };
  };
  /** Over the whole line, a record that comes after all others: what was not delivered until then is not on its way. */
  const pass = async () => {
    const probe = await log.subscribe({
      group: 'probe',
      topics: [topic],
      from: 'beginning',
      handle: async () => undefined,
    });
    await probe.drained();
    await probe.stop();
  };

  test('every call throws LogUnavailable while it is cut', async () => {
    line.cut();
    expect(line.isCut).toBe(true);
    for (const call of [
      () => line.append([{ topic, key: 'a', value: 1 }]),
      () => line.read(topic, { limit: 1 }),
      () => subscribe(),
      () => line.lag('g'),
      () => line.redrive('g', 'a'),
      () => line.deadLetters('g'),
      () => line.generation(),
      () => line.declare([]),
    ])
      await expect(call()).rejects.toThrow(LogUnavailable);
    expect((await log.read(topic, { limit: 1 })).records).toEqual([]);
    line.heal();
    expect(line.isCut).toBe(false);
    await line.append([{ topic, key: 'a', value: 1 }]);
  });

  test('an append under way when it is cut has no answer, though the log may have it', async () => {
    const appended = line.append([{ topic, key: 'a', value: 1 }]);
    line.cut();
    await expect(appended).rejects.toThrow(LogUnavailable);
    expect((await log.read(topic, { limit: 1 })).records).toHaveLength(1);
  });

  test('a subscription receives nothing while it is cut and goes on by itself', async () => {
    const { seen, running } = await subscribe();
    await append(1);
    await running.drained();
    line.cut();
    await append(2, 3);
    await pass();
    expect(seen).toEqual(['a 1']);
    expect((await log.lag('g')).some(({ behind }) => behind === 2)).toBe(true);
    let isDrained = false;
    const drained = running.drained().then(() => (isDrained = true));
    await pass();
    expect(isDrained).toBe(false);
    line.heal();
    await drained;
    expect(seen).toEqual(['a 1', 'a 2', 'a 3']);
  });

  test.each([
    ['ends', () => undefined],
    [
      'fails',
      () => {
        throw new Error('no connection');
      },
    ],
  ])('what is in hand at the cut and then %s has no effect: it is delivered again', async (_, fate) => {
    const door = gate();
    let isFirst = true;
    const { seen, running } = await subscribe(
      async () => {
        if (!isFirst) return;
        isFirst = false;
        await door.opened;
        fate();
      },
      { tries: 1 },
    );
    await append(1);
    await until(() => seen.length === 1, 'in hand');
    line.cut();
    door.open();
    await pass();
    expect((await log.lag('g')).some(({ behind }) => behind === 1)).toBe(true);
    line.heal();
    await running.drained();
    expect(seen).toEqual(['a 1', 'a 1']);
    expect(await log.deadLetters('g')).toEqual([]);
  });

  test('the time of a cut is not the handler’s, but its own limit holds', async () => {
    const { seen, running } = await subscribe(({ value }) => (value === 2 ? new Promise(() => undefined) : undefined), {
      handlerLimit: 40,
    });
    line.cut();
    await append(1);
    const begun = performance.now();
    await until(() => performance.now() - begun > 120, 'three times the limit');
    line.heal();
    await running.drained();
    await append(2);
    await running.drained();
    expect(seen).toEqual(['a 1', 'a 2']);
    const letters = await log.deadLetters('g');
    expect(letters.map(({ record }) => record.value)).toEqual([2]);
    expect(letters[0]?.reason).toContain('no answer in 40 ms');
  });

  test('it can be stopped while it is cut, and another one goes on from there', async () => {
    const { running } = await subscribe();
    line.cut();
    await append(1);
    await pass();
    const begun = performance.now();
    await running.stop();
    expect(performance.now() - begun).toBeLessThan(2000);
    line.heal();
    const after = await subscribe();
    await after.running.drained();
    expect(after.seen).toEqual(['a 1']);
  });

  test('NotYet keeps its meaning over the line', async () => {
    let isReady = false;
    const { seen, running } = await subscribe(
      () => {
        if (!isReady) throw new NotYet('no clause');
      },
      { tries: 1 },
    );
    await append(1);
    await until(() => seen.length > 2, 'some attempts');
    isReady = true;
    await running.drained();
    expect(await log.deadLetters('g')).toEqual([]);
  });

  test('listeners hear after it is healed of what they missed, once', async () => {
    let heard = 0;
    line.onAppend(topic, () => heard++);
    const stop = line.onAppend(topic, () => {
      throw new Error('stopped listening');
    });
    line.cut();
    await append(1);
    await append(2);
    await pass();
    expect(heard).toBe(0);
    stop();
    line.heal();
    expect(heard).toBe(1);
    await append(3);
    await until(() => heard === 2, 'the next');
  });

  test('closing the view leaves the log', async () => {
    const { seen, running } = await subscribe();
    await line.close();
    await append(1);
    await pass();
    expect(seen).toEqual([]);
    await expect(line.generation()).rejects.toThrow(LogUnavailable);
    await expect(running.drained()).rejects.toThrow('stopped');
  });
});
