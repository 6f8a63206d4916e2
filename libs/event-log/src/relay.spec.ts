import {
  LogUnavailable,
  startRelay,
  type NewRecord,
  type Outbox,
  type RelayOptions,
  type RelayedMessage,
} from './index';
import { gate, until } from './contract/harness';

/** A collection's messages in memory. */
class Box implements Outbox {
  messages: RelayedMessage[] = [];
  isAway = false;
  isUnsettling = false;
  private readonly listeners = new Set<() => void>();
  save(...messages: readonly RelayedMessage[]): void {
    this.messages.push(...messages);
    for (const listener of this.listeners) listener();
  }
  async pending(limit: number): Promise<readonly RelayedMessage[]> {
    if (this.isAway) throw new Error('database away');
    return this.messages.slice(0, limit);
  }
  async settle(ids: readonly string[]): Promise<void> {
    if (this.isUnsettling) throw new Error('cannot settle');
    this.messages = this.messages.filter(({ id }) => !ids.includes(id));
  }
  onOutgoing(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  get listening(): number {
    return this.listeners.size;
  }
}

class Log {
  readonly batches: (readonly NewRecord[])[] = [];
  inHand = 0;
  most = 0;
  failures: unknown[] = [];
  wait: () => Promise<void> = async () => undefined;
  async append(records: readonly NewRecord[]): Promise<void> {
    this.most = Math.max(this.most, ++this.inHand);
    try {
      await this.wait();
      if (this.failures.length > 0) throw this.failures.shift();
      this.batches.push(records);
    } finally {
      this.inHand--;
    }
  }
  get values(): readonly unknown[] {
    return this.batches.flat().map(({ value }) => value);
  }
}

const message = (n: number, value: unknown = n): RelayedMessage => ({ id: `m${n}`, topic: 't', key: 'k', value });
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

let end: (() => Promise<void>) | undefined;
function start(options: Partial<RelayOptions> = {}) {
  const [box, log, errors] = [new Box(), new Log(), Array<unknown>()];
  const begin = () => {
    const relay = startRelay({
      outbox: box,
      log,
      onError: (error) => errors.push(error),
      pollMilliseconds: 60_000,
      ...options,
    });
    end = () => relay.stop();
    return relay;
  };
  return { box, log, errors, begin };
}
afterEach(() => end?.());

test('messages reach the log whole, in order, in batches, one append at a time, and are settled', async () => {
  const { box, log, begin } = start();
  box.save(...numbers(1200).map((n) => message(n)));
  box.save({ id: 'x', topic: 'u', key: 'fence', partition: 3, headers: { kind: 'fence' }, value: null });
  await begin().flushed();
  expect(log.values).toEqual([...numbers(1200), null]);
  expect(log.batches.map((batch) => batch.length)).toEqual([500, 500, 201]);
  expect(log.batches.at(-1)?.at(-1)).toEqual({
    topic: 'u',
    key: 'fence',
    partition: 3,
    headers: { kind: 'fence' },
    value: null,
  });
  expect(log.most).toBe(1);
  expect(box.messages).toEqual([]);
});

test('a batch stays below the bytes, a larger message goes alone', async () => {
  const { box, log, begin } = start({ bytes: 1000 });
  box.save(
    message(0, '汉'.repeat(150)),
    message(1, '汉'.repeat(150)),
    message(2, '汉'.repeat(150)),
    message(3, 'x'.repeat(5000)),
    message(4, 1),
  );
  await begin().flushed();
  expect(log.batches.map((batch) => batch.length)).toEqual([2, 1, 1, 1]);
});

test('a save wakes it', async () => {
  const { box, log, begin } = start();
  await begin().flushed();
  box.save(message(1));
  await until(() => log.values.length === 1, 'relayed');
  await until(() => box.messages.length === 0, 'settled');
});

test('what was saved without a word is found by looking', async () => {
  const { box, log, begin } = start({ pollMilliseconds: 10 });
  await begin().flushed();
  box.messages.push(message(1));
  await until(() => log.values.length === 1, 'found');
});

test('while the log is away it tries again with growing pauses, and loses nothing', async () => {
  const { box, log, errors, begin } = start();
  const at: number[] = [];
  log.wait = async () => void at.push(performance.now());
  log.failures = [new LogUnavailable(), new LogUnavailable()];
  box.save(message(1));
  const flushed = begin().flushed();
  await until(() => errors.length === 1, 'the first failure');
  box.save(message(2));
  await flushed;
  expect(log.values).toEqual([1, 2]);
  expect(errors).toHaveLength(2);
  const [first = 0, second = 0, third = 0] = at;
  // Timers may fire a millisecond early.
  expect(second - first).toBeGreaterThan(98);
  expect(third - second).toBeGreaterThan(198);
});

test('a database that is away does not end it', async () => {
  const { box, log, errors, begin } = start();
  box.isAway = true;
  box.save(message(1));
  const flushed = begin().flushed();
  await until(() => errors.length === 1, 'the failure');
  box.isAway = false;
  await flushed;
  expect(log.values).toEqual([1]);
});

test('what is on the log and could not be settled is settled first, and not sent twice', async () => {
  const { box, log, errors, begin } = start();
  box.isUnsettling = true;
  box.save(message(1));
  const flushed = begin().flushed();
  await until(() => errors.length === 1, 'the failure');
  box.isUnsettling = false;
  box.save(message(2));
  await flushed;
  expect(log.values).toEqual([1, 2]);
});

test('flushed waits for what was pending at the call', async () => {
  const { box, log, begin } = start();
  const door = gate();
  log.wait = () => door.opened;
  const relay = begin();
  box.save(message(1));
  let isFlushed = false;
  const flushed = relay.flushed().then(() => (isFlushed = true));
  await until(() => log.inHand === 1, 'an append in hand');
  box.save(message(2));
  const second = relay.flushed().then(() => expect(log.values).toEqual([1, 2]));
  expect(isFlushed).toBe(false);
  door.open();
  await Promise.all([flushed, second]);
});

test('stopping lets the append in hand end and settles it; nothing is begun after', async () => {
  const { box, log, begin } = start({ batch: 1 });
  const door = gate();
  log.wait = () => door.opened;
  box.save(message(1), message(2));
  const relay = begin();
  await until(() => log.inHand === 1, 'an append in hand');
  const waiting = expect(relay.flushed()).rejects.toThrow('stopped');
  const stopped = relay.stop();
  door.open();
  await stopped;
  await waiting;
  expect(log.values).toEqual([1]);
  expect(box.messages.map(({ id }) => id)).toEqual(['m2']);
  expect(box.listening).toBe(0);
  await expect(relay.flushed()).rejects.toThrow('stopped');
});
