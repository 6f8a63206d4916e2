import { setTimeout as pause } from 'node:timers/promises';
import {
  ConfigResourceTypes,
  ConfigSource,
  KafkaJSAggregateError,
  KafkaJSProtocolError,
  type DescribeConfigResponse,
  type ResourceConfigQuery,
} from 'kafkajs';
import { PARTITIONS, type TopicDefinition } from '../port';
import { protocolError } from './connection';
import type { LastingAdmin } from './lasting-admin';

const DAY = 86_400_000;
const RETENTION_DAYS = 400;
/** A second on a quiet machine, for a hundred topics. */
const LEADERS_WITHIN = 60_000;
/** A broker that is asked for hundreds of partitions at once may not answer in time. */
const CREATED_AT_ONCE = 10;
const REFUSED = 'TOPIC_AUTHORIZATION_FAILED';

type Settings = Readonly<Record<string, string>>;
interface Wanted {
  readonly name: string;
  readonly partitions: number;
  readonly settings: Settings;
}

/** Names of topics. */
export interface Made {
  readonly created: readonly string[];
  /** Whose settings were others. */
  readonly changed: readonly string[];
}

/** Topics are missing, or not to be seen, for a user who may make none. */
export class NotPrepared extends Error {
  constructor(names: readonly string[], options?: ErrorOptions) {
    super(
      `The log lacks ${names.join(', ')}, or its rules do not let this user see them: run prepare first (docs/operations.md).`,
      options,
    );
    this.name = 'NotPrepared';
  }
}

/** Topics of one cluster: making them, and how many partitions they have. */
export class Topics {
  private readonly known = new Map<string, number>();

  constructor(private readonly admin: LastingAdmin) {}

  /**
   * A topic that exists keeps its partitions (records would change places); its retention may change, where this user may
   * change it. Throws `NotPrepared` where one is missing that this user may not make.
   */
  declare(definitions: readonly TopicDefinition[]): Promise<Made> {
    return this.make(
      definitions.map(({ name, partitions = PARTITIONS, retentionDays = RETENTION_DAYS }) => ({
        name,
        partitions,
        settings: {
          // Never `compact`: it would keep only the last event of a case.
          'cleanup.policy': 'delete',
          'retention.ms': String(retentionDays * DAY),
          // The log's clock: a record that says it is from tomorrow would be refused, and stop the relay.
          'message.timestamp.type': 'LogAppendTime',
        },
      })),
    );
  }

  /** Topics of one partition that keep the last record of each key for ever. */
  async declareTables(names: readonly string[], largestBytes: number): Promise<Made> {
    const unknown = names.filter((name) => !this.known.has(name));
    if (unknown.length === 0) return { created: [], changed: [] };
    const settings = { 'cleanup.policy': 'compact', 'max.message.bytes': String(largestBytes) };
    const made = await this.make(unknown.map((name) => ({ name, partitions: 1, settings })));
    for (const name of unknown) this.known.set(name, 1);
    return made;
  }

  async exists(name: string): Promise<boolean> {
    return this.known.has(name) || (await this.names()).includes(name);
  }

  async partitions(name: string): Promise<number> {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    try {
      const { topics } = await this.admin.ask((admin) => admin.fetchTopicMetadata({ topics: [name] }));
      const found = topics.find((topic) => topic.name === name)?.partitions.length ?? 0;
      if (found > 0) this.known.set(name, found);
      if (found > 0) return found;
    } catch (error) {
      if (protocolError(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    }
    throw new RangeError(`no topic ${name}: it was not declared`);
  }

  private names(): Promise<readonly string[]> {
    return this.admin.ask((admin) => admin.listTopics());
  }

  private async make(wanted: readonly Wanted[]): Promise<Made> {
    const there = new Set(await this.names());
    const missing = wanted.filter(({ name }) => !there.has(name));
    const created = missing.map(({ name }) => name);
    try {
      for (let at = 0; at < missing.length; at += CREATED_AT_ONCE)
        await this.create(missing.slice(at, at + CREATED_AT_ONCE));
    } catch (error) {
      throw refuses(error) ? new NotPrepared(created, { cause: error }) : error;
    }
    return { created, changed: await this.adjust(wanted.filter(({ name }) => there.has(name))) };
  }

  private async create(wanted: readonly Wanted[]): Promise<void> {
    try {
      // How many replicas there are is the cluster's to say.
      const topics = wanted.map(({ name, partitions, settings }) => ({
        topic: name,
        numPartitions: partitions,
        configEntries: entries(settings),
      }));
      await this.admin.ask((admin) => admin.createTopics({ topics }));
    } catch (error) {
      // The topic is there, and under load its leaders are not at once.
      if (protocolError(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    }
    for (const { name } of wanted) await this.untilThere(name);
  }

  private async untilThere(name: string): Promise<void> {
    for (const end = performance.now() + LEADERS_WITHIN; ;) {
      try {
        await this.partitions(name);
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
        await pause(50);
      }
    }
  }

  /** Answers whose settings it has changed: none, for a user who may not even ask for them. */
  private async adjust(wanted: readonly Wanted[]): Promise<readonly string[]> {
    if (wanted.length === 0) return [];
    const topic = (name: string) => ({ type: ConfigResourceTypes.TOPIC, name });
    const described = await this.describe(wanted.map(({ name }) => topic(name)));
    if (!described) return [];
    const { resources } = described;
    const changed = wanted.flatMap(({ name, settings }) => {
      const found = resources.find((resource) => resource.resourceName === name)?.configEntries ?? [];
      const differs = Object.entries(settings).some(
        ([key, value]) => found.find(({ configName }) => configName === key)?.configValue !== value,
      );
      // To alter is to say all of them again: what an operator set besides must not fall back to its default.
      const own = found.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
      const kept = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
      return differs ? [{ ...topic(name), configEntries: entries({ ...kept, ...settings }) }] : [];
    });
    if (changed.length > 0)
      await this.admin.ask((admin) => admin.alterConfigs({ validateOnly: false, resources: changed }));
    return changed.map(({ name }) => name);
  }

  private async describe(resources: ResourceConfigQuery[]): Promise<DescribeConfigResponse | undefined> {
    try {
      return await this.admin.ask((admin) => admin.describeConfigs({ resources, includeSynonyms: false }));
    } catch (error) {
      // What a topic is to be like is then said by whoever prepares the cluster.
      if (protocolError(error) === REFUSED) return undefined;
      throw error;
    }
  }
}

/** kafkajs tells of each topic apart. */
const refuses = (error: unknown): boolean =>
  error instanceof KafkaJSAggregateError &&
  error.errors.some((each) => each instanceof KafkaJSProtocolError && each.type === REFUSED);

const entries = (settings: Settings) => Object.entries(settings).map(([name, value]) => ({ name, value }));
