import { randomUUID } from 'node:crypto';
import { partitionOf } from '../partition';
import { PARTITIONS, type EventLog, type LogRecord, type RunningSubscription, type Subscription } from '../port';

/** A log under contract. */
export interface Opened {
  readonly log: EventLog;
  /** The same log opened again as after a crash: what ran on the old one need not have stopped, and has no effect any more. */
  reopen?(): Promise<EventLog>;
  /** Puts a value there that is not JSON, as a foreign program might. */
  appendText?(topic: string, key: string, text: string): Promise<void>;
  dispose(): Promise<void>;
}

export type OpenLog = () => Promise<Opened>;

/** What a test has of the log; topics and groups of its own, since one log serves the whole suite. */
export class Bench {
  readonly topic = `contract.${randomUUID()}`;
  readonly group = `group.${randomUUID()}`;
  private readonly running: RunningSubscription[] = [];

  constructor(public log: EventLog) {}

  static async on(log: EventLog): Promise<Bench> {
    const bench = new Bench(log);
    await log.declare([{ name: bench.topic }]);
    return bench;
  }

  async append(...records: readonly (readonly [key: string, value: unknown])[]): Promise<void> {
    await this.log.append(records.map(([key, value]) => ({ topic: this.topic, key, value })));
  }

  async subscribe(
    handle: Subscription['handle'],
    options: Partial<Omit<Subscription, 'handle'>> = {},
  ): Promise<RunningSubscription> {
    const running = await this.log.subscribe({
      group: this.group,
      topics: [this.topic],
      from: 'beginning',
      backoff: 5,
      ...options,
      handle,
    });
    this.running.push(running);
    return running;
  }

  /** Key and parked of the group's letters, as they stand. */
  async letters(): Promise<readonly string[]> {
    return (await this.log.deadLetters(this.group)).map(
      ({ record, parked }) => `${record.key} ${String(record.value)} ${parked ? 'parked' : 'dead'}`,
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.running.map((running) => running.stop()));
  }
}

/** Keeps what was handled: `key value`. */
export function recorder(then: (record: LogRecord) => Promise<void> | void = () => undefined) {
  const seen: string[] = [];
  const handle = async (record: LogRecord): Promise<void> => {
    seen.push(`${record.key} ${String(record.value)}`);
    await then(record);
  };
  return { seen, handle };
}

/** A door that handlers wait at. */
export function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, within = 15_000): Promise<void> {
  for (const end = performance.now() + within; !(await condition());) {
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** Keys that share a partition, so that order and blocking between them mean something. */
export function keysOfOnePartition(count: number): readonly [string, string, string, ...string[]] {
  const keys: string[] = [];
  for (let n = 0; keys.length < Math.max(3, count); n++)
    if (partitionOf(`案件-${n}`, PARTITIONS) === 0) keys.push(`案件-${n}`);
  const [first = '', second = '', third = '', ...others] = keys;
  return [first, second, third, ...others];
}

/** Seeded, so that a failure can be run again. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
