import type { Clock } from '@chuanyu/reference';
import {
  LogUnavailable,
  type DeadLetter,
  type EventLog,
  type Lag,
  type LetterCount,
  type LogRecord,
  type NewRecord,
  type RunningSubscription,
  type Subscription,
  type TopicDefinition,
} from './port';
import { LogFile, number, string } from './sqlite-file';
import { lagOf } from './sqlite-lag';
import { SqliteLetters } from './sqlite-letters';
import { Records, type Prepared } from './sqlite-records';
import { retain } from './sqlite-retention';
import { SqliteSubscription } from './sqlite-subscription';

export interface SqliteLogOptions {
  /** Path of the file; made where missing, with `-wal` and `-shm` beside it. */
  readonly file: string;
  readonly clock: Clock;
  /** Whether the system is asked to tell when another process wrote: so unless said. */
  readonly watch?: boolean;
  /** How often it looks besides, for what the system did not tell: 100 unless said. */
  readonly pollMilliseconds?: number;
  /** Faults that nobody awaits (a full disk while committing offsets); the work is tried again. */
  readonly onError?: (error: unknown) => void;
}

const POLL_MILLISECONDS = 100;
const RETENTION_EVERY = 3_600_000;
const LETTERS_LISTED = 1000;

/**
 * The embedded log: one SQLite file that several processes of one machine may share. An append is on the disk when it resolves.
 * Two subscribers of one group on one topic: the newer has the partitions; when it ends, the older one has them again.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const log = new SqliteLog(await LogFile.open(options.file), options);
  log.retain();
  return log;
}

interface Waiting {
  readonly records: readonly Prepared[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
/** Partitions by topic. */
type Appended = Map<string, Set<number>>;

class SqliteLog implements EventLog {
  private readonly records: Records;
  private readonly subscriptions = new Set<SqliteSubscription>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private queue: Waiting[] = [];
  private flushing?: NodeJS.Immediate;
  private readonly poll: NodeJS.Timeout;
  private readonly watcher?: { close(): void };
  private looking?: NodeJS.Immediate;
  private readonly retention: NodeJS.Timeout;
  private seen: number;
  private version: number;
  private closing?: Promise<void>;

  constructor(
    private readonly file: LogFile,
    private readonly options: SqliteLogOptions,
  ) {
    this.records = new Records(file);
    this.version = file.version();
    this.seen = this.records.lastOffset();
    this.poll = setInterval(() => this.guarded(() => this.look()), options.pollMilliseconds ?? POLL_MILLISECONDS);
    // Only a running subscription keeps the process alive.
    this.poll.unref();
    if (options.watch ?? true) this.watcher = file.watch(() => this.lookSoon());
    this.retention = setInterval(() => this.retain(), RETENTION_EVERY).unref();
  }

  async declare(topics: readonly TopicDefinition[]): Promise<void> {
    this.alive();
    this.records.declare(topics);
    this.retain();
  }

  async append(records: readonly NewRecord[]): Promise<void> {
    this.alive();
    const prepared = records.map((record) => this.records.prepare(record));
    if (prepared.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.queue.push({ records: prepared, resolve, reject });
      // What is appended in one turn of the event loop shares one transaction, so one wait for the disk.
      this.flushing ??= setImmediate(() => this.flush());
    });
  }

  async subscribe(subscription: Subscription): Promise<RunningSubscription> {
    this.alive();
    this.flush();
    for (const running of this.subscriptions)
      if (running.group === subscription.group) running.yieldTo(subscription.topics);
    const running = new SqliteSubscription(this.file, this.records, this.options.clock, subscription, {
      flush: () => this.flush(),
      onStop: (stopped) => {
        this.subscriptions.delete(stopped);
        // A connection hears nothing of what it has written itself.
        for (const running of this.subscriptions)
          if (running.group === stopped.group) this.guarded(() => running.look());
        if (this.subscriptions.size === 0) this.poll.unref();
      },
      onError: (error) => this.options.onError?.(error),
    });
    this.subscriptions.add(running);
    this.poll.ref();
    return running;
  }

  async read(
    topic: string,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<{ readonly records: readonly LogRecord[]; readonly next: string }> {
    this.alive();
    const begin = after === undefined ? 0 : this.offsetOf(after);
    const records = this.records.after(this.records.topic(topic), begin, limit);
    return { records, next: `${this.file.generation}.${records.at(-1)?.offset ?? begin}` };
  }

  onAppend(topic: string, listener: () => void): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners);
    // A wrapper of its own, so that one function may listen twice.
    const each = () => listener();
    listeners.add(each);
    return () => listeners.delete(each);
  }

  async deadLetters(group: string, { limit = LETTERS_LISTED } = {}): Promise<readonly DeadLetter[]> {
    this.alive();
    return this.letters(group).list(limit);
  }

  async countLetters(group: string): Promise<LetterCount> {
    this.alive();
    return this.letters(group).count();
  }

  async redrive(group: string, key: string): Promise<void> {
    this.alive();
    this.letters(group).request(key);
    for (const running of this.subscriptions) if (running.group === group) running.lookForRequests();
  }

  async lag(group: string): Promise<readonly Lag[]> {
    this.alive();
    this.flush();
    for (const running of this.subscriptions) if (running.group === group) running.commit();
    return lagOf(this.file, group);
  }

  async generation(): Promise<string> {
    this.alive();
    return this.file.generation;
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  retain(): void {
    this.guarded(() => retain(this.file, this.records.topics(), this.options.clock));
  }

  private async end(): Promise<void> {
    await Promise.all([...this.subscriptions].map((running) => running.stop()));
    this.flush();
    this.watcher?.close();
    clearImmediate(this.looking);
    clearInterval(this.poll);
    clearInterval(this.retention);
    this.listeners.clear();
    this.file.close();
  }

  private flush(): void {
    clearImmediate(this.flushing);
    delete this.flushing;
    const waiting = this.queue;
    if (waiting.length === 0) return;
    this.queue = [];
    const appended: Appended = new Map();
    try {
      const { first, last } = this.write(
        waiting.flatMap(({ records }) => records),
        appended,
      );
      // Another process's records may lie between ours and what was seen: then the next look finds both.
      if (first === this.seen + 1) this.seen = last;
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const { resolve } of waiting) resolve();
    this.announce(appended);
  }

  private write(records: readonly Prepared[], appended: Appended): { readonly first: number; readonly last: number } {
    const time = this.options.clock.now();
    const offsets = this.file.write(() => records.map((record) => this.records.add(record, time)), { durable: true });
    for (const { topic, partition } of records) note(appended, topic.name, partition);
    return { first: offsets[0] ?? 0, last: offsets.at(-1) ?? 0 };
  }

  /** Once for all that was written in one turn, by us too. */
  private lookSoon(): void {
    this.looking ??= setImmediate(() => {
      delete this.looking;
      this.guarded(() => this.look());
    });
  }

  /** Finds what other connections wrote. */
  private look(): void {
    const version = this.file.version();
    if (version === this.version) return;
    this.version = version;
    // First, so that what is appended between the two questions is in the answer to the second, if twice.
    const last = this.records.lastOffset();
    const rows = this.file.database
      .prepare(
        `SELECT DISTINCT topics.name, records.partition FROM records JOIN topics ON topics.id = records.topic
         WHERE records.offset > ?`,
      )
      .all(this.seen);
    this.seen = last;
    const appended: Appended = new Map();
    for (const row of rows) note(appended, string(row, 'name'), number(row, 'partition'));
    for (const running of this.subscriptions) running.look();
    this.announce(appended);
  }

  private announce(appended: Appended): void {
    if (appended.size === 0) return;
    for (const running of this.subscriptions)
      for (const [topic, partitions] of appended) running.onAppended(topic, partitions);
    for (const [name, listeners] of this.listeners)
      if (appended.has(name)) for (const listener of listeners) this.guarded(listener);
  }

  private offsetOf(cursor: string): number {
    const [generation, offset] = cursor.split('.');
    const number = Number(offset);
    if (offset === undefined || !Number.isSafeInteger(number)) throw new RangeError('not a cursor of this log');
    // A cursor of another log: this one is read from its beginning (protocol, rule 25).
    return generation === this.file.generation ? number : 0;
  }

  private letters(group: string): SqliteLetters {
    return new SqliteLetters(this.file, this.records, this.options.clock, group);
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.onError?.(error);
    }
  }

  private alive(): void {
    if (this.closing) throw new LogUnavailable('closed');
  }
}

function note(appended: Appended, topic: string, partition: number): void {
  const partitions = appended.get(topic);
  if (partitions) partitions.add(partition);
  else appended.set(topic, new Set([partition]));
}
