import { answerOf } from '@chuanyu/contracts';
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
} from '../port';
import { partitionOf } from '../partition';
import { Appender, type Placed } from './appender';
import { ClusterView } from './cluster';
import { asking, clientOf, senderOf, type KafkaConnection } from './connection';
import { Groups } from './groups';
import { KafkaLetters, type Archive } from './letters';
import { LastingAdmin } from './lasting-admin';
import { News } from './news';
import { Reading, type Page } from './reading';
import { KafkaSubscription } from './subscription';
import { Topics } from './topics';

export interface KafkaLogOptions {
  readonly connection: KafkaConnection;
  /** Dates dead letters; a record's time is its broker's. */
  readonly clock: Clock;
  /** Where dead letters are kept; in the same cluster unless said. For a peer's log, which is only read: our own. */
  readonly archive?: KafkaConnection;
  /** Milliseconds without a sign of life after which a group takes a member for dead: 10 s unless said. */
  readonly sessionTimeout?: number;
  /** Faults that nobody awaits; the work is tried again. */
  readonly onError?: (error: unknown) => void;
}

const SESSION_TIMEOUT = 10_000;
const LETTERS_LISTED = 1000;

/** The log of a province on Apache Kafka. Throws `LogUnavailable` where the cluster does not answer. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const cluster = await Cluster.connect(options.connection);
  try {
    const archive = options.archive && (await Cluster.connect(options.archive));
    return new KafkaLog(options, cluster, archive);
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
}

/** Connections to one cluster that live as long as the log does. */
class Cluster {
  readonly topics: Topics;
  readonly groups: Groups;

  private constructor(
    readonly admin: LastingAdmin,
    readonly view: ClusterView,
    /** Differs for a cluster that was made anew. */
    readonly id: string,
  ) {
    this.topics = new Topics(admin);
    this.groups = new Groups(admin, this.topics, view);
  }

  static connect(connection: KafkaConnection): Promise<Cluster> {
    return asking(async () => {
      const admin = LastingAdmin.of(connection);
      try {
        const { clusterId } = await admin.ask((each) => each.describeCluster());
        return new Cluster(admin, new ClusterView(clientOf(connection)), clusterId);
      } catch (error) {
        await admin.disconnect();
        throw error;
      }
    });
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.admin, this.view].map((each) => each.disconnect().catch(() => undefined)));
  }
}

class KafkaLog implements EventLog {
  private readonly subscriptions = new Set<KafkaSubscription>();
  private readonly letters = new Map<string, KafkaLetters>();
  private readonly broken = new WeakMap<LogRecord, string>();
  private readonly appender: Appender;
  private readonly archive: Archive;
  private readonly news: News;
  private readonly reading: Reading;
  private placing: Promise<unknown> = Promise.resolve();
  private closing?: Promise<void>;

  constructor(
    private readonly options: KafkaLogOptions,
    private readonly cluster: Cluster,
    private readonly away?: Cluster,
  ) {
    const { connection, archive } = options;
    this.news = new News(cluster.groups, (error) => this.onError(error));
    this.appender = new Appender(
      () => senderOf(connection),
      (topics) => this.news.tell(topics),
    );
    this.reading = new Reading(cluster.topics, cluster.view, cluster.id);
    const { topics, view } = away ?? cluster;
    this.archive = { topics, view, appender: archive ? new Appender(() => senderOf(archive)) : this.appender };
  }

  declare(topics: readonly TopicDefinition[]): Promise<void> {
    return this.ask(async () => {
      await this.cluster.topics.declare(topics);
    });
  }

  append(records: readonly NewRecord[]): Promise<void> {
    return this.ask(async () => {
      // One call after the other, so that one that has to look up a topic is not overtaken.
      const before = this.placing.catch(() => undefined);
      const placing = before.then(() => Promise.all(records.map((record) => this.placed(record))));
      this.placing = placing;
      const placed = await placing;
      if (placed.length > 0) await this.appender.append(placed);
    });
  }

  subscribe(subscription: Subscription): Promise<RunningSubscription> {
    return this.ask(async () => {
      const { group, topics, from } = subscription;
      await this.cluster.groups.begin(group, topics, from);
      const running = new KafkaSubscription(subscription, {
        connection: this.options.connection,
        sessionTimeout: this.options.sessionTimeout ?? SESSION_TIMEOUT,
        groups: this.cluster.groups,
        letters: this.lettersOf(group),
        broken: this.broken,
        onStop: (stopped) => this.subscriptions.delete(stopped),
        onError: (error) => this.onError(error),
      });
      this.subscriptions.add(running);
      await running.start();
      return running;
    });
  }

  read(topic: string, { after, limit }: { readonly after?: string; readonly limit: number }): Promise<Page> {
    return this.ask(() => this.reading.read(topic, after, limit));
  }

  onAppend(topic: string, listener: () => void): () => void {
    return this.news.listen(topic, listener);
  }

  deadLetters(group: string, { limit = LETTERS_LISTED } = {}): Promise<readonly DeadLetter[]> {
    return this.ask(() => this.lettersOf(group).list(limit));
  }

  countLetters(group: string): Promise<LetterCount> {
    return this.ask(() => this.lettersOf(group).count());
  }

  redrive(group: string, key: string): Promise<void> {
    return this.ask(async () => {
      await this.lettersOf(group).request(key);
      await Promise.all(this.of(group).map((running) => running.lookForRequests()));
    });
  }

  lag(group: string): Promise<readonly Lag[]> {
    return this.ask(async () => {
      // A commit that is refused leaves the lag larger than it is, which the next one mends.
      await Promise.all(this.of(group).map((running) => running.commit().catch(() => undefined)));
      return await this.cluster.groups.lag(group);
    });
  }

  generation(): Promise<string> {
    // Asked each time: it also tells whether the log answers.
    return this.ask(async () => (await this.cluster.admin.ask((admin) => admin.describeCluster())).clusterId);
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    this.news.close();
    await Promise.all([...this.subscriptions].map((running) => running.stop()));
    await Promise.all([this.appender, this.archive.appender].map((appender) => appender.close()));
    await Promise.all([this.cluster.disconnect(), this.away?.disconnect()]);
  }

  private of(group: string): readonly KafkaSubscription[] {
    return [...this.subscriptions].filter((running) => running.group === group);
  }

  private lettersOf(group: string): KafkaLetters {
    const { clock } = this.options;
    const letters =
      this.letters.get(group) ?? new KafkaLetters(this.archive, group, this.cluster.id, this.broken, () => clock.now());
    this.letters.set(group, letters);
    return letters;
  }

  private async placed({ topic, key, value, headers = {}, ...named }: NewRecord): Promise<Placed> {
    const partitions = await this.cluster.topics.partitions(topic);
    const partition = named.partition ?? partitionOf(key, partitions);
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions)
      throw new RangeError(`${topic} has no partition ${partition}`);
    const text: unknown = JSON.stringify(value);
    if (typeof text !== 'string') throw new TypeError(`a record of ${topic} is not JSON`);
    return { topic, partition, key, headers, value: text };
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    if (this.closing) throw new LogUnavailable('closed');
    return await answerOf(asking(question));
  }

  private onError(error: unknown): void {
    this.options.onError?.(error);
  }
}
