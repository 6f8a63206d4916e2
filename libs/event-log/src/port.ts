/**
 * The EventLog port: ordered, partitioned, durable streams with consumer groups. At least once, in order per key.
 * SQLite (embedded) and Apache Kafka both stand behind it.
 */

/** Every topic of the platform has this many partitions, so that a fence can be sent to each and a case keeps its partition. */
export const PARTITIONS = 12;

export interface TopicDefinition {
  readonly name: string;
  /** PARTITIONS unless said. */
  readonly partitions?: number;
  /** Days for which a record can be replayed; 400 unless said. */
  readonly retentionDays?: number;
}

export interface NewRecord {
  readonly topic: string;
  /** Decides the partition (by a hash that both adapters share with Kafka's murmur2 partitioner); records of one key stay in order. */
  readonly key: string;
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; written by JSON.stringify. */
  readonly value: unknown;
}

/** A record as it is handed to a subscriber. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  /** Rises within a partition; gaps are allowed. */
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
  /** When the log took it (the clock of the log, UTC ISO 8601). */
  readonly time: string;
}

/** A record with this header waits until all earlier records of its partition are done, and all later ones wait for it. */
export const BARRIER = 'barrier';

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group begins that has no committed offset. */
  readonly from: 'beginning' | 'end';
  /** Safe to run twice and at once for the same record. Throwing retries; throwing `Poison` dead-letters at once; throwing `NotYet` waits as long as it takes. */
  readonly handle: (record: LogRecord) => Promise<void>;
  /** Attempts before a record goes to the dead letters: 5 unless said. */
  readonly tries?: number;
  /** Milliseconds before the second attempt, doubled each time: 100 unless said. */
  readonly backoff?: number;
  /**
   * Milliseconds after which a handler counts as hanging; its record is dead-lettered and not repeated: 4000 unless said. The time
   * for which a log or a database owes it an answer does not count.
   */
  readonly handlerLimit?: number;
  /** Keys in hand at once, per partition: 64 unless said. */
  readonly parallel?: number;
}

/** No repetition will help: goes to the dead letters with this reason. */
export class Poison extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'Poison';
  }
}
/** What the record needs has not arrived (a key, a clause); it is tried again with backoff (at most 5 s) until it has, and only its own key waits. */
export class NotYet extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotYet';
  }
}
/** The log does not answer (stopped, cut off); the same call may succeed later. */
export class LogUnavailable extends Error {
  constructor(cause?: unknown) {
    super('the log does not answer', { cause });
    this.name = 'LogUnavailable';
  }
}

export interface RunningSubscription {
  /** Lets what is in hand end (at most 10 s), commits, leaves the group. */
  stop(): Promise<void>;
  /** Resolves when every record appended before the call is handled (or dead, or parked behind a dead one). For tests and orderly shutdown. */
  drained(): Promise<void>;
}

export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly record: LogRecord;
  readonly reason: string;
  /** Parked behind a dead one of the same key rather than failed itself. */
  readonly parked: boolean;
  readonly time: string;
}

/** How many records of a group died, and how many are parked behind them. */
export interface LetterCount {
  readonly dead: number;
  readonly parked: number;
}

export interface Lag {
  readonly topic: string;
  readonly partition: number;
  /** Records not yet committed. */
  readonly behind: number;
  /** Time of the oldest of them. */
  readonly oldest?: string;
}

export interface EventLog {
  /** Creates topics that are missing. */
  declare(topics: readonly TopicDefinition[]): Promise<void>;
  /** In the order given; durable when resolved. All of them or, where it throws, possibly some (the caller repeats; readers are idempotent). */
  append(records: readonly NewRecord[]): Promise<void>;
  subscribe(subscription: Subscription): Promise<RunningSubscription>;
  /** Reads without a group: from a cursor (opaque, absent = from the beginning), at most `limit` records, oldest first by partition order. */
  read(
    topic: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<{ readonly records: readonly LogRecord[]; readonly next: string }>;
  /** Calls back (in this process) soon after a record was appended to the topic. */
  onAppend(topic: string, listener: () => void): () => void;
  deadLetters(group: string, options?: { readonly limit?: number }): Promise<readonly DeadLetter[]>;
  countLetters(group: string): Promise<LetterCount>;
  /** Hands the dead record and those parked behind it to the group's subscriber again, in order. Twice is harmless. */
  redrive(group: string, key: string): Promise<void>;
  lag(group: string): Promise<readonly Lag[]>;
  /** Differs for a log that was made anew. */
  generation(): Promise<string>;
  close(): Promise<void>;
}
