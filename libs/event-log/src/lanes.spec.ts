import { Lanes, NotYet, Poison, type Incoming, type LaneLimits, type Letters, type LogRecord } from './index';
import { gate, until } from './contract/harness';

const TOPIC = 'prison.inbound';

/** Letters in memory. */
class Box implements Letters {
  readonly kept = new Map<number, { item: Incoming; reason: string; parked: boolean }>();
  isAway = false;
  async bury(record: LogRecord, reason: string, parked: boolean): Promise<void> {
    if (this.isAway) throw new Error('letters away');
    if (parked && this.kept.has(record.offset)) return;
    this.kept.set(record.offset, { item: { record, bytes: 10 }, reason, parked });
  }
  async of(_topic: string, _partition: number, key: string, limit: number): Promise<readonly Incoming[]> {
    const letters = [...this.kept.values()].map(({ item }) => item).filter(({ record }) => record.key === key);
    return letters.sort((a, b) => a.record.offset - b.record.offset).slice(0, limit);
  }
  async release(record: LogRecord): Promise<void> {
    this.kept.delete(record.offset);
  }
}

function lanesWith(handle: (record: LogRecord) => Promise<void> | void, limits: Partial<LaneLimits> = {}) {
  const box = new Box();
  const seen: number[] = [];
  const errors: unknown[] = [];
  const state = { rooms: 0, mayStart: true };
  const lanes = new Lanes(
    {
      handle: async (record) => {
        seen.push(record.offset);
        await handle(record);
      },
      letters: box,
      onProgress: () => undefined,
      onRoom: () => state.rooms++,
      onError: (error) => errors.push(error),
      mayStart: () => state.mayStart,
    },
    { backoff: 1, ...limits },
  );
  const feed = (...keys: readonly (readonly [offset: number, key: string, headers?: Record<string, string>])[]) => {
    const items = keys.map(([offset, key, headers = {}]) => ({
      record: { topic: TOPIC, partition: 0, offset, key, headers, value: offset, time: '2026-01-01T00:00:00.000Z' },
      bytes: 10,
    }));
    lanes.take(TOPIC, 0, items, (items.at(-1)?.record.offset ?? -1) + 1);
  };
  const position = () => lanes.position(TOPIC, 0);
  return { lanes, box, seen, errors, state, feed, position };
}

test('the position stays at the first record that is not done, over gaps in the offsets', async () => {
  const door = gate();
  const { feed, position, seen } = lanesWith(({ key }) => (key === 'slow' ? door.opened : undefined));
  expect(position()).toBeUndefined();
  feed([3, 'a'], [7, 'slow'], [8, 'a'], [20, 'b']);
  await until(() => seen.length === 4, 'all begun');
  expect(position()).toBe(7);
  door.open();
  await until(() => position() === 21, 'all done');
});

test('a lane is full at its high water, and has room again below a quarter of it', async () => {
  const [door, last] = [gate(), gate()];
  const { lanes, feed, state } = lanesWith(({ key }) => (key === 'b' ? last : door).opened, { high: 8, parallel: 2 });
  feed(...Array.from({ length: 7 }, (_, n) => [n, 'a'] as const));
  expect(lanes.isFull(TOPIC, 0)).toBe(false);
  feed([7, 'b']);
  expect(lanes.isFull(TOPIC, 0)).toBe(true);
  door.open();
  await until(() => state.rooms === 1, 'room while one is in hand');
  expect(lanes.isFull(TOPIC, 0)).toBe(false);
  last.open();
});

test('bytes fill a lane as records do', () => {
  const { lanes, feed } = lanesWith(() => new Promise(() => undefined), { highBytes: 20 });
  feed([0, 'a']);
  expect(lanes.isFull(TOPIC, 0)).toBe(false);
  feed([1, 'a']);
  expect(lanes.isFull(TOPIC, 0)).toBe(true);
  lanes.forgetAll();
});

test('what stands behind a NotYet does not fill a lane, until memory would grow', async () => {
  const { lanes, feed, seen } = lanesWith(
    ({ key }) => {
      if (key === 'early') throw new NotYet('no clause');
    },
    { high: 4, backoff: 60_000 },
  );
  feed(...Array.from({ length: 10 }, (_, n) => [n, 'early'] as const));
  await until(() => !lanes.isFull(TOPIC, 0), 'room beside the waiting');
  feed([10, 'b']);
  await until(() => seen.includes(10), 'the other key');
  feed(...Array.from({ length: 28 }, (_, n) => [11 + n, 'early'] as const));
  expect(lanes.isFull(TOPIC, 0)).toBe(false);
  feed(...Array.from({ length: 4 }, (_, n) => [40 + n, 'early'] as const));
  expect(lanes.isFull(TOPIC, 0)).toBe(true);
  lanes.forgetAll();
  expect(lanes.isFull(TOPIC, 0)).toBe(false);
});

test('NotYet waits with doubled pauses of at most five seconds', async () => {
  jest.useFakeTimers();
  try {
    const { feed, seen, lanes } = lanesWith(
      () => {
        throw new NotYet('no clause');
      },
      { backoff: 100 },
    );
    feed([0, 'a']);
    // 0, 100, 300, 700, 1500, 3100, 6300, then every 5 s.
    await jest.advanceTimersByTimeAsync(6299);
    expect(seen).toHaveLength(6);
    await jest.advanceTimersByTimeAsync(1);
    expect(seen).toHaveLength(7);
    await jest.advanceTimersByTimeAsync(15_000);
    expect(seen).toHaveLength(10);
    lanes.forgetAll();
  } finally {
    jest.useRealTimers();
  }
});

test('a handler that answers after its limit changes nothing any more', async () => {
  const door = gate();
  const { feed, box, position, seen } = lanesWith(() => door.opened, { handlerLimit: 20 });
  feed([0, 'a'], [1, 'a']);
  await until(() => position() === 2, 'dead and parked');
  door.open();
  await door.opened;
  expect(seen).toEqual([0]);
  expect([...box.kept.values()].map(({ parked }) => parked)).toEqual([false, true]);
});

test('a process that stood still gives its handler the time again', async () => {
  const { feed, box, position } = lanesWith(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      // Behind the timer of the limit, as an answer from a socket would be.
      await new Promise((resolve) => setImmediate(resolve));
    },
    { handlerLimit: 60 },
  );
  feed([0, 'a']);
  await new Promise((resolve) => setImmediate(resolve));
  for (const end = performance.now() + 700; performance.now() < end;); // frozen
  await until(() => position() === 1, 'done');
  expect(box.kept.size).toBe(0);
});

test('after forget nothing queued is begun, and what is in hand ends before its key goes on', async () => {
  const door = gate();
  let inHand = 0;
  let most = 0;
  const { lanes, feed, seen, position } = lanesWith(async () => {
    most = Math.max(most, ++inHand);
    await door.opened;
    inHand--;
  });
  feed([0, 'a'], [1, 'a']);
  await until(() => seen.length === 1, 'in hand');
  lanes.forget(TOPIC, 0);
  expect(position()).toBeUndefined();
  feed([0, 'a']);
  expect(position()).toBe(0);
  door.open();
  await until(() => position() === 1, 'delivered again');
  expect(seen).toEqual([0, 0]);
  expect(most).toBe(1);
});

test('the outcome of what was in hand at a forget is ignored: no letter, no position', async () => {
  const door = gate();
  const { lanes, feed, seen, position, box } = lanesWith(async ({ key }) => {
    if (key !== 'a') return;
    await door.opened;
    throw new Poison('broken');
  });
  feed([0, 'a']);
  await until(() => seen.length === 1, 'in hand');
  lanes.forget(TOPIC, 0);
  door.open();
  feed([5, 'b']);
  await until(() => position() === 6, 'the new record');
  expect(box.kept.size).toBe(0);
});

test('a log that jumps back is taken anew, and what was queued of the old one is dropped', async () => {
  const door = gate();
  const { feed, seen, position } = lanesWith(({ key }) => (key === 'a' ? door.opened : undefined));
  feed([5, 'a'], [6, 'a']);
  await until(() => seen.length === 1, 'in hand');
  feed([0, 'b']);
  door.open();
  await until(() => position() === 1, 'done from the beginning');
  feed([1, 'a']);
  await until(() => position() === 2, 'the key goes on');
  expect(seen).toEqual([5, 0, 1]);
});

test('a key waits for its letter to be written, however long that fails, and its handler is not called again', async () => {
  const { feed, seen, box, errors, position } = lanesWith(({ key }) => {
    if (key === 'a') throw new Poison('broken');
  });
  box.isAway = true;
  feed([0, 'a'], [1, 'b']);
  await until(() => errors.length > 0 && seen.includes(1), 'the fault is said');
  expect(position()).toBe(0);
  box.isAway = false;
  await until(() => position() === 2, 'buried');
  expect(seen.filter((offset) => offset === 0)).toHaveLength(1);
  expect([...box.kept.keys()]).toEqual([0]);
});

test('keys blocked from before are parked from the dead record on; what lies before it is handled', async () => {
  const { lanes, feed, seen, box, position } = lanesWith(() => undefined);
  lanes.assign(TOPIC, 0, [['a', 3]]);
  feed([2, 'a'], [3, 'a'], [4, 'a'], [5, 'b']);
  await until(() => position() === 6, 'done');
  expect([...seen].sort()).toEqual([2, 5]);
  expect([...box.kept.keys()]).toEqual([3, 4]);
});

test('nothing is begun while the membership is in doubt', async () => {
  const { feed, seen, state } = lanesWith(() => undefined);
  state.mayStart = false;
  feed([0, 'a']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual([]);
  state.mayStart = true;
  await until(() => seen.length === 1, 'begun');
});

test('stopping does not wait for what is not ready, and lets a failed record try once more at once', async () => {
  let isAway = true;
  const { lanes, feed, seen, position } = lanesWith(
    ({ key }) => {
      if (key === 'early') throw new NotYet('no clause');
      if (key === 'failing' && isAway) throw new Error('away');
    },
    { backoff: 8000 },
  );
  feed([0, 'failing'], [1, 'early'], [2, 'early']);
  await until(() => seen.length === 2, 'both tried');
  await new Promise((resolve) => setImmediate(resolve));
  isAway = false;
  const begun = performance.now();
  await lanes.stop();
  expect(performance.now() - begun).toBeLessThan(4000);
  expect(seen).toEqual([0, 1, 0]);
  expect(position()).toBe(1);
});

test('stopping does not wait for what turns out not to be ready', async () => {
  const door = gate();
  const { lanes, feed, seen, position } = lanesWith(async () => {
    await door.opened;
    throw new NotYet('no clause');
  });
  feed([0, 'a']);
  await until(() => seen.length === 1, 'in hand');
  const begun = performance.now();
  const stopped = lanes.stop();
  door.open();
  await stopped;
  expect(performance.now() - begun).toBeLessThan(4000);
  expect(position()).toBe(0);
});
