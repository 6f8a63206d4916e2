import { randomUUID } from 'node:crypto';
import type { Clock } from '@chuanyu/reference';
import { Lanes } from './lanes';
import type { RunningSubscription, Subscription } from './port';
import { number, string, type LogFile } from './sqlite-file';
import { SqliteLetters } from './sqlite-letters';
import type { Records, Topic } from './sqlite-records';

const COMMIT_AFTER = 100;
const FETCH_RECORDS = 500;
const FETCH_BYTES = 1_000_000;
/** Offsets begin with it. */
const FIRST = 1;

/** One partition as this subscriber holds it. */
interface Place {
  readonly topic: Topic;
  readonly partition: number;
  /** The next offset to fetch. */
  next: number;
  committed: number;
  /** False once a newer subscriber of the group has taken it. */
  ours: boolean;
}
interface Waiter {
  /** Everything up to these offsets is to be done. */
  readonly ends: ReadonlyMap<Place, number>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface SubscriptionHooks {
  /** Writes what was appended and is not in the file yet. */
  readonly flush: () => void;
  readonly onStop: (subscription: SqliteSubscription) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * A group's subscriber on some topics. The newest subscriber of a group on a topic has its partitions: each has the owner's
 * token in `commits`, and one whose token is gone can commit nothing any more.
 */
export class SqliteSubscription implements RunningSubscription {
  readonly group: string;
  private readonly owner = randomUUID();
  private readonly places: readonly Place[];
  private readonly letters: SqliteLetters;
  private readonly lanes: Lanes;
  private readonly wanted = new Set<Place>();
  private waiters: Waiter[] = [];
  private fetching?: NodeJS.Immediate;
  private checking?: NodeJS.Immediate;
  private committing?: NodeJS.Timeout;
  private stopped?: Promise<void>;

  constructor(
    private readonly file: LogFile,
    private readonly records: Records,
    clock: Clock,
    subscription: Subscription,
    private readonly hooks: SubscriptionHooks,
  ) {
    const { group, topics, from, handle, ...limits } = subscription;
    this.group = group;
    this.letters = new SqliteLetters(file, records, clock, group);
    this.places = this.join(
      topics.map((topic) => records.topic(topic)),
      from,
    );
    this.lanes = new Lanes(
      {
        handle,
        letters: this.letters,
        onProgress: () => this.onProgress(),
        onRoom: (topic, partition) => this.wake((place) => place.topic.name === topic && place.partition === partition),
        onError: hooks.onError,
      },
      limits,
    );
    for (const { topic, partition } of this.places)
      this.lanes.assign(topic.name, partition, this.letters.blocked(topic, partition));
    this.wake(() => true);
    this.lookForRequests();
  }

  /** Records may have come. */
  wake(which: (place: Place) => boolean): void {
    for (const place of this.places) if (place.ours && which(place)) this.wanted.add(place);
    if (this.wanted.size > 0 && !this.stopped) this.fetching ??= setImmediate(() => this.fetch());
  }

  onAppended(topic: string, partitions: ReadonlySet<number>): void {
    this.wake((place) => place.topic.name === topic && partitions.has(place.partition));
  }

  /** Another subscriber of the group begins: what is done is committed before it reads where to begin. */
  yieldTo(topics: readonly string[]): void {
    this.commit();
    for (const place of this.places) if (topics.includes(place.topic.name)) this.lose(place);
  }

  /** Another connection has written: the partitions may be taken, or a redrive asked for. */
  look(): void {
    const owners = this.file.database.prepare('SELECT topic, partition, owner FROM commits WHERE grp = ?');
    for (const row of owners.all(this.group)) {
      const place = this.places.find(
        ({ topic, partition }) => topic.id === number(row, 'topic') && partition === number(row, 'partition'),
      );
      if (place?.ours && string(row, 'owner') !== this.owner) this.lose(place);
    }
    this.lookForRequests();
    this.checkLater();
  }

  lookForRequests(): void {
    for (const { topic, partition, key } of this.letters.requests()) {
      const place = this.places.find((each) => each.topic.id === topic && each.partition === partition);
      if (place?.ours) this.lanes.redrive(place.topic.name, partition, key);
    }
  }

  commit(): void {
    clearTimeout(this.committing);
    delete this.committing;
    const moved = this.places.filter((place) => place.ours && this.positionOf(place) > place.committed);
    if (moved.length === 0) return;
    const statement = this.file.database.prepare(
      'UPDATE commits SET next = ? WHERE grp = ? AND topic = ? AND partition = ? AND owner = ?',
    );
    const said = this.file.write(
      () =>
        moved.map((place) => {
          const position = this.positionOf(place);
          const { changes } = statement.run(position, this.group, place.topic.id, place.partition, this.owner);
          return { place, position, ours: Number(changes) > 0 };
        }),
      { durable: false },
    );
    for (const { place, position, ours } of said) {
      if (ours) place.committed = position;
      else this.lose(place);
    }
  }

  async drained(): Promise<void> {
    this.hooks.flush();
    const ends = new Map(this.places.map((place) => [place, this.records.end(place.topic, place.partition)]));
    this.lookForRequests();
    await new Promise<void>((resolve, reject) => {
      this.waiters.push({ ends, resolve, reject });
      if (this.stopped) this.refuse();
      else this.checkLater();
    });
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  private async end(): Promise<void> {
    clearImmediate(this.fetching);
    await this.lanes.stop();
    try {
      this.commit();
    } catch (error) {
      this.hooks.onError(error);
    }
    this.lanes.forgetAll();
    clearImmediate(this.checking);
    clearTimeout(this.committing);
    this.hooks.onStop(this);
    this.refuse();
  }

  /** Takes the partitions, and finds where the group is in each. */
  private join(topics: readonly Topic[], from: 'beginning' | 'end'): readonly Place[] {
    const { database, generation } = this.file;
    const known = database.prepare(
      'SELECT next, generation FROM commits WHERE grp = ? AND topic = ? AND partition = ?',
    );
    const take = database.prepare(
      `INSERT INTO commits(grp, topic, partition, next, owner, generation) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET next = excluded.next, owner = excluded.owner, generation = excluded.generation`,
    );
    const places = topics.flatMap((topic) =>
      Array.from({ length: topic.partitions }, (_, partition) => ({ topic, partition })),
    );
    return this.file.write(
      () =>
        places.map(({ topic, partition }) => {
          const row = known.get(this.group, topic.id, partition);
          const begin = from === 'beginning' ? FIRST : this.records.end(topic, partition) + 1;
          // Offsets of another log say nothing about this one: it is read from its beginning (protocol, rule 25).
          const next = !row ? begin : string(row, 'generation') === generation ? number(row, 'next') : FIRST;
          take.run(this.group, topic.id, partition, next, this.owner, generation);
          return { topic, partition, next, committed: next, ours: true };
        }),
      { durable: true },
    );
  }

  private fetch(): void {
    delete this.fetching;
    const places = [...this.wanted];
    this.wanted.clear();
    try {
      for (const place of places) if (place.ours && this.fetchFrom(place)) this.wanted.add(place);
    } catch (error) {
      this.hooks.onError(error);
    }
    this.wake(() => false);
    this.checkLater();
  }

  /** True where there may be more. */
  private fetchFrom(place: Place): boolean {
    const { topic, partition } = place;
    if (this.lanes.isFull(topic.name, partition)) return false;
    const items = this.records.from(topic, partition, place.next, FETCH_RECORDS, FETCH_BYTES);
    const last = items.at(-1);
    if (!last) return false;
    place.next = last.record.offset + 1;
    this.lanes.take(topic.name, partition, items, place.next);
    return true;
  }

  private positionOf(place: Place): number {
    return this.lanes.position(place.topic.name, place.partition) ?? place.next;
  }

  private lose(place: Place): void {
    if (!place.ours) return;
    place.ours = false;
    this.wanted.delete(place);
    this.lanes.forget(place.topic.name, place.partition);
    this.checkLater();
  }

  private onProgress(): void {
    this.checkLater();
    this.committing ??= setTimeout(() => {
      try {
        this.commit();
      } catch (error) {
        this.hooks.onError(error);
        this.onProgress();
      }
    }, COMMIT_AFTER);
  }

  private checkLater(): void {
    if (this.waiters.length > 0 && !this.stopped) this.checking ??= setImmediate(() => this.check());
  }

  private check(): void {
    delete this.checking;
    try {
      const done = this.waiters.filter(({ ends }) => this.isDone(ends));
      if (done.length === 0) return;
      this.commit();
      this.waiters = this.waiters.filter((waiter) => !done.includes(waiter));
      for (const { resolve } of done) resolve();
    } catch (error) {
      this.hooks.onError(error);
    }
  }

  private isDone(ends: ReadonlyMap<Place, number>): boolean {
    for (const [place, end] of ends)
      if ((place.ours ? this.positionOf(place) : this.committed(place)) <= end) return false;
    return !this.letters
      .requests()
      .some(({ topic, partition }) =>
        [...ends.keys()].some((place) => place.topic.id === topic && place.partition === partition),
      );
  }

  /** Of a partition that another subscriber has: what that one says. */
  private committed({ topic, partition }: Place): number {
    const row = this.file.database
      .prepare('SELECT next FROM commits WHERE grp = ? AND topic = ? AND partition = ?')
      .get(this.group, topic.id, partition);
    return number(row, 'next');
  }

  private refuse(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const { reject } of waiters) reject(new Error(`the subscription of ${this.group} was stopped`));
  }
}
