import type { Clock } from '@chuanyu/reference';
import { Lanes } from './lanes';
import type { RunningSubscription, Subscription } from './port';
import { SqliteCommits, type Place } from './sqlite-commits';
import type { LogFile } from './sqlite-file';
import { SqliteLetters } from './sqlite-letters';
import type { Records } from './sqlite-records';

const COMMIT_AFTER = 100;
const FETCH_RECORDS = 500;
const FETCH_BYTES = 1_000_000;

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
 * token in `commits`, and one whose token is gone can commit nothing any more. One that ends gives them back, and an older one
 * takes them up again; of one that was killed they are taken by whoever begins next.
 */
export class SqliteSubscription implements RunningSubscription {
  readonly group: string;
  private readonly commits: SqliteCommits;
  private readonly places: readonly Place[];
  private readonly letters: SqliteLetters;
  private readonly lanes: Lanes;
  private readonly wanted = new Set<Place>();
  private waiters: Waiter[] = [];
  private fetching?: NodeJS.Immediate;
  private checking?: NodeJS.Immediate;
  private committing?: NodeJS.Timeout;
  private watching?: NodeJS.Timeout;
  private stopped?: Promise<void>;

  constructor(
    file: LogFile,
    private readonly records: Records,
    clock: Clock,
    subscription: Subscription,
    private readonly hooks: SubscriptionHooks,
  ) {
    const { group, topics, from, handle, ...limits } = subscription;
    this.group = group;
    this.letters = new SqliteLetters(file, records, clock, group);
    this.commits = new SqliteCommits(file, records, group);
    this.places = this.commits.join(
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
    const { taken, free } = this.commits.changed(this.places);
    for (const place of taken) this.lose(place);
    if (free.length > 0 && !this.stopped) this.takeUp(free);
    this.lookForRequests();
    this.checkLater();
  }

  private takeUp(free: readonly Place[]): void {
    const ours = this.commits.takeUp(free);
    for (const { topic, partition } of ours)
      this.lanes.assign(topic.name, partition, this.letters.blocked(topic, partition));
    this.wake((place) => ours.includes(place));
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
    const moved = this.places
      .map((place) => ({ place, position: this.positionOf(place) }))
      .filter(({ place, position }) => place.ours && position > place.committed);
    if (moved.length === 0) return;
    const taken = this.commits.move(moved);
    for (const place of taken) this.lose(place);
    // Whoever took them may have ended since, and nothing more may come of which we would hear.
    if (taken.length > 0) this.look();
  }

  async drained(): Promise<void> {
    if (this.stopped) throw this.refusal();
    this.hooks.flush();
    const ends = new Map(this.places.map((place) => [place, this.records.end(place.topic, place.partition)]));
    this.lookForRequests();
    await new Promise<void>((resolve, reject) => {
      this.waiters.push({ ends, resolve, reject });
      this.checkLater();
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
      this.commits.release();
    } catch (error) {
      this.hooks.onError(error);
    }
    this.lanes.forgetAll();
    clearImmediate(this.checking);
    clearTimeout(this.committing);
    clearTimeout(this.watching);
    this.hooks.onStop(this);
    this.refuse();
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

  /** True where more may have been there: what is appended later wakes us again. */
  private fetchFrom(place: Place): boolean {
    const { topic, partition } = place;
    if (this.lanes.isFull(topic.name, partition)) return false;
    const items = this.records.from(topic, partition, place.next, FETCH_RECORDS, FETCH_BYTES);
    const last = items.at(-1);
    if (!last) return false;
    place.next = last.record.offset + 1;
    this.lanes.take(topic.name, partition, items, place.next);
    return items.length === FETCH_RECORDS || items.reduce((sum, { bytes }) => sum + bytes, 0) >= FETCH_BYTES;
  }

  private positionOf(place: Place): number {
    return this.lanes.position(place.topic.name, place.partition) ?? place.committed;
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
      this.checkAgainWhereTaken();
      if (done.length === 0) return;
      this.commit();
      this.waiters = this.waiters.filter((waiter) => !done.includes(waiter));
      for (const { resolve } of done) resolve();
    } catch (error) {
      this.hooks.onError(error);
    }
  }

  /** The progress of the subscriber that took a partition is seen only by looking. */
  private checkAgainWhereTaken(): void {
    clearTimeout(this.watching);
    if (this.waiters.length > 0 && this.places.some(({ ours }) => !ours))
      this.watching = setTimeout(() => this.checkLater(), COMMIT_AFTER);
  }

  private isDone(ends: ReadonlyMap<Place, number>): boolean {
    for (const [place, end] of ends)
      if ((place.ours ? this.positionOf(place) : this.commits.next(place)) <= end) return false;
    return !this.letters
      .requests()
      .some(({ topic, partition }) =>
        [...ends.keys()].some((place) => place.topic.id === topic && place.partition === partition),
      );
  }

  private refuse(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const { reject } of waiters) reject(this.refusal());
  }

  private refusal(): Error {
    return new Error(`the subscription of ${this.group} was stopped`);
  }
}
