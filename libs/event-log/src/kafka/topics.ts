import { setTimeout as pause } from 'node:timers/promises';
import { ConfigResourceTypes, ConfigSource, type Admin } from 'kafkajs';
import { PARTITIONS, type TopicDefinition } from '../port';
import { protocolError } from './connection';

const DAY = 86_400_000;
const RETENTION_DAYS = 400;
/** A second on a quiet machine, for a hundred topics. */
const LEADERS_WITHIN = 60_000;

type Settings = Readonly<Record<string, string>>;
interface Wanted {
  readonly name: string;
  readonly partitions: number;
  readonly settings: Settings;
}

/** Topics of one cluster: making them, and how many partitions they have. */
export class Topics {
  private readonly known = new Map<string, number>();

  constructor(private readonly admin: Admin) {}

  /** A topic that exists keeps its partitions (records would change places); its retention may change. */
  async declare(definitions: readonly TopicDefinition[]): Promise<void> {
    await this.make(
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

  /** A topic of one partition that keeps the last record of each key for ever. */
  async declareTable(name: string, largestBytes: number): Promise<void> {
    if (this.known.has(name)) return;
    const settings = { 'cleanup.policy': 'compact', 'max.message.bytes': String(largestBytes) };
    await this.make([{ name, partitions: 1, settings }]);
  }

  async exists(name: string): Promise<boolean> {
    return this.known.has(name) || (await this.admin.listTopics()).includes(name);
  }

  async partitions(name: string): Promise<number> {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    try {
      const { topics } = await this.admin.fetchTopicMetadata({ topics: [name] });
      const found = topics.find((topic) => topic.name === name)?.partitions.length ?? 0;
      if (found > 0) this.known.set(name, found);
      if (found > 0) return found;
    } catch (error) {
      if (protocolError(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    }
    throw new RangeError(`no topic ${name}: it was not declared`);
  }

  private async make(wanted: readonly Wanted[]): Promise<void> {
    const there = new Set(await this.admin.listTopics());
    const missing = wanted.filter(({ name }) => !there.has(name));
    if (missing.length > 0) await this.create(missing);
    const changed = wanted.filter(({ name }) => there.has(name));
    if (changed.length > 0) await this.adjust(changed);
  }

  private async create(wanted: readonly Wanted[]): Promise<void> {
    try {
      // How many replicas there are is the cluster's to say.
      await this.admin.createTopics({
        topics: wanted.map(({ name, partitions, settings }) => ({
          topic: name,
          numPartitions: partitions,
          configEntries: entries(settings),
        })),
      });
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

  private async adjust(wanted: readonly Wanted[]): Promise<void> {
    const topic = (name: string) => ({ type: ConfigResourceTypes.TOPIC, name });
    const { resources } = await this.admin.describeConfigs({
      resources: wanted.map(({ name }) => topic(name)),
      includeSynonyms: false,
    });
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
    if (changed.length > 0) await this.admin.alterConfigs({ validateOnly: false, resources: changed });
  }
}

const entries = (settings: Settings) => Object.entries(settings).map(([name, value]) => ({ name, value }));
