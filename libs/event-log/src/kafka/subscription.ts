import { within } from '@chuanyu/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { LaneLimits } from '../lane-ports';
import { Lanes } from '../lanes';
import { LogUnavailable, type LogRecord, type RunningSubscription, type Subscription } from '../port';
import type { KafkaConnection } from './connection';
import type { Groups } from './groups';
import type { KafkaLetters } from './letters';
import { Member, type Partition, type Position } from './member';
import { incoming } from './message';

const COMMIT_EVERY = 100;
const LOOK_EVERY = 1000;
/** How long a delivery waits for the letters to be read before it is put off. */
const READY_WITHIN = 1000;
const AGAIN_AFTER = 200;

/** A partition as this member holds it, from one join to the next. */
interface Place extends Partition {
  /** Where the group was at the join; undefined until that is known. */
  begin?: number;
  committed: number;
}
interface Waiter {
  /** Everything before these offsets is to be done. */
  readonly ends: readonly Position[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
export interface SubscriptionPorts {
  readonly connection: KafkaConnection;
  readonly sessionTimeout: number;
  readonly groups: Groups;
  readonly letters: KafkaLetters;
  readonly broken: WeakMap<LogRecord, string>;
  readonly onStop: (subscription: KafkaSubscription) => void;
  readonly onError: (error: unknown) => void;
}

/** A member of a group with lanes behind it: what they have done is committed, what was queued is forgotten at every join. */
export class KafkaSubscription implements RunningSubscription {
  readonly group: string;
  private readonly topics: readonly string[];
  private readonly member: Member;
  private readonly lanes: Lanes;
  private places = new Map<string, Place>();
  private ready: Promise<boolean> = Promise.resolve(false);
  private waiters: Waiter[] = [];
  private committing: Promise<void> = Promise.resolve();
  private commitTimer?: NodeJS.Timeout;
  private checkTimer?: NodeJS.Timeout;
  private readonly looking: NodeJS.Timeout;
  private stopped?: Promise<void>;

  constructor(
    { group, topics, from, handle, ...limits }: Subscription,
    private readonly ports: SubscriptionPorts,
  ) {
    this.group = group;
    this.topics = topics;
    this.lanes = this.lanesFor(handle, limits);
    this.member = new Member(
      ports.connection,
      { group, topics, from, sessionTimeout: ports.sessionTimeout },
      {
        onJoin: (assigned) => this.onJoin(assigned),
        onLost: () => this.onJoin([]),
        onRebalancing: () => void this.commit().catch(() => undefined),
        onBatch: (of, messages, end) => this.take(of, messages, end),
        isFull: ({ topic, partition }) => this.lanes.isFull(topic, partition),
        onError: (error) => ports.onError(error),
      },
    );
    this.looking = setInterval(() => void this.lookForRequests().catch(ports.onError), LOOK_EVERY);
  }

  async start(): Promise<void> {
    try {
      await this.member.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async lookForRequests(): Promise<void> {
    await this.ports.letters.catchUp();
    for (const { topic, partition, key } of this.ports.letters.requests)
      if (this.places.get(nameOf({ topic, partition }))?.begin !== undefined) this.lanes.redrive(topic, partition, key);
  }

  async drained(): Promise<void> {
    if (this.stopped) throw this.refusal();
    const ends = await this.ports.groups.ends(this.topics);
    await this.lookForRequests();
    await new Promise<void>((resolve, reject) => {
      this.waiters.push({ ends, resolve, reject });
      this.checkSoon(0);
    });
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.end());
  }

  /** Writes the group's place wherever it has moved. Of what fails, the next commit says more. */
  commit(): Promise<void> {
    // Taken now, so that no commit of an earlier join goes out under a later one.
    const places = [...this.places.values()];
    return (this.committing = this.committing.catch(() => undefined).then(() => this.commitOf(places)));
  }

  private async commitOf(places: readonly Place[]): Promise<void> {
    const moved = places
      .filter((place) => this.places.get(nameOf(place)) === place)
      .map((place) => ({ place, topic: place.topic, partition: place.partition, offset: this.positionOf(place) }))
      .filter(({ place, offset }) => offset !== undefined && offset > place.committed)
      .map(({ offset = 0, ...rest }) => ({ ...rest, offset }));
    if (moved.length === 0) return;
    await this.member.commit(moved);
    for (const { place, offset } of moved) place.committed = offset;
  }

  private lanesFor(handle: Subscription['handle'], limits: Partial<LaneLimits>): Lanes {
    const { letters, onError } = this.ports;
    return new Lanes(
      {
        handle,
        letters: {
          of: (topic, partition, key, limit) => letters.of(topic, partition, key, limit),
          bury: async (record, reason, parked) => {
            this.beSure();
            await letters.bury(record, reason, parked);
          },
          release: async (record) => {
            this.beSure();
            await letters.release(record);
          },
        },
        onProgress: () => this.onProgress(),
        onRoom: (topic, partition) => this.member.resume({ topic, partition }),
        onError,
        mayStart: () => this.member.isSure,
      },
      limits,
    );
  }

  private onJoin(assigned: readonly Partition[]): void {
    this.places = new Map(assigned.map((each) => [nameOf(each), { ...each, committed: 0 }]));
    this.lanes.forgetAll();
    this.ready = this.prepare(this.places);
    // The places of others are ours to wait for, and ours may be theirs now.
    this.checkSoon(0);
  }

  /** Learns where the group is in what is ours, and which keys are dead; true once it may be fed. */
  private async prepare(places: ReadonlyMap<string, Place>): Promise<boolean> {
    while (this.places === places && places.size > 0) {
      try {
        const [committed] = await Promise.all([
          this.ports.groups.places(this.group, this.topics),
          this.ports.letters.catchUp(),
        ]);
        if (this.places !== places) return false;
        for (const { topic, partition, offset } of committed) {
          const place = places.get(nameOf({ topic, partition }));
          if (!place) continue;
          place.begin = place.committed = offset;
          this.lanes.assign(topic, partition, this.ports.letters.blocked(topic, partition));
        }
        await this.lookForRequests();
        return this.places === places;
      } catch (error) {
        this.ports.onError(error);
        await pause(AGAIN_AFTER);
      }
    }
    return false;
  }

  private async take(
    { topic, partition }: Partition,
    messages: readonly KafkaMessage[],
    end: number,
  ): Promise<'taken' | 'not now'> {
    if (this.stopped) return 'not now';
    const place = this.places.get(nameOf({ topic, partition }));
    if (place?.begin === undefined && !(await within(READY_WITHIN, this.ready, () => false))) return 'not now';
    if (this.places.get(nameOf({ topic, partition })) !== place) return 'not now';
    const items = messages.map((message) => incoming(topic, partition, message));
    for (const { record, broken } of items) if (broken !== undefined) this.ports.broken.set(record, broken);
    this.lanes.take(topic, partition, items, end);
    return 'taken';
  }

  private onProgress(): void {
    this.checkSoon(0);
    this.commitTimer ??= setTimeout(() => {
      delete this.commitTimer;
      this.commit().catch((error: unknown) => {
        // Refused while the group regroups; the next join says where it is.
        this.ports.onError(error);
        if (!this.stopped) this.onProgress();
      });
    }, COMMIT_EVERY);
  }

  private checkSoon(milliseconds: number): void {
    if (this.waiters.length > 0 && !this.stopped)
      this.checkTimer ??= setTimeout(() => {
        void this.check().catch((error: unknown) => {
          this.ports.onError(error);
          this.checkSoon(AGAIN_AFTER);
        });
      }, milliseconds);
  }

  private async check(): Promise<void> {
    try {
      const others = await this.elsewhere();
      // In one breath, since a join may give and take partitions whenever something is awaited.
      const done = this.waiters.filter(({ ends }) => ends.every((each) => this.isDone(each, others)));
      if (done.length > 0 && !(await this.areRequestsOpen())) {
        await this.commit();
        this.waiters = this.waiters.filter((waiter) => !done.includes(waiter));
        for (const { resolve } of done) resolve();
      }
    } finally {
      delete this.checkTimer;
    }
    // Our own progress brings the next check; that of others is seen only by looking.
    this.checkSoon(COMMIT_EVERY);
  }

  private isDone(end: Position, others: ReadonlyMap<string, number>): boolean {
    const place = this.places.get(nameOf(end));
    return ((place ? this.positionOf(place) : others.get(nameOf(end))) ?? -1) >= end.offset;
  }

  /** Where the group is in the partitions of other members. */
  private async elsewhere(): Promise<ReadonlyMap<string, number>> {
    if (this.waiters.every(({ ends }) => ends.every((each) => this.places.has(nameOf(each))))) return new Map();
    const places = await this.ports.groups.places(this.group, this.topics);
    return new Map(places.map((each) => [nameOf(each), each.offset]));
  }

  private async areRequestsOpen(): Promise<boolean> {
    if (this.ports.letters.requests.length > 0) await this.ports.letters.catchUp();
    return this.ports.letters.requests.some(({ topic }) => this.topics.includes(topic));
  }

  private positionOf({ topic, partition, begin }: Place): number | undefined {
    return this.lanes.position(topic, partition) ?? begin;
  }

  private beSure(): void {
    if (!this.member.isSure) throw new LogUnavailable('perhaps not a member of the group any more');
  }

  private async end(): Promise<void> {
    clearInterval(this.looking);
    clearTimeout(this.checkTimer);
    this.member.pause([...this.places.values()]);
    await this.lanes.stop();
    clearTimeout(this.commitTimer);
    await this.commit().catch(this.ports.onError);
    this.lanes.forgetAll();
    await this.member.stop();
    this.places.clear();
    this.ports.onStop(this);
    const { waiters } = this;
    this.waiters = [];
    for (const { reject } of waiters) reject(this.refusal());
  }

  private refusal(): Error {
    return new Error(`the subscription of ${this.group} was stopped`);
  }
}

const nameOf = ({ topic, partition }: Partition): string => `${topic}/${partition}`;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
