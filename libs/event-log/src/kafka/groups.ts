import type { Lag } from '../port';
import type { ClusterView } from './cluster';
import { protocolError } from './connection';
import type { LastingAdmin } from './lasting-admin';
import { incoming } from './message';
import type { Position } from './member';
import type { Topics } from './topics';

/** Where groups are in the topics of a cluster. */
export class Groups {
  constructor(
    private readonly admin: LastingAdmin,
    private readonly topics: Topics,
    private readonly view: ClusterView,
  ) {}

  /** The offset after the last record of every partition. */
  async ends(topics: readonly string[]): Promise<readonly Position[]> {
    const found = await Promise.all(
      topics.map(async (topic) =>
        [...(await this.view.ends(topic, await this.topics.partitions(topic)))].map(([partition, offset]) => ({
          ...{ topic, partition, offset },
        })),
      ),
    );
    return found.flat();
  }

  /** Where the group goes on in every partition: what it committed, or the first record where it committed nothing. */
  async places(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    const committed = await this.committed(group, topics);
    const found = await Promise.all(
      topics.map(async (topic) => {
        const starts = await this.view.starts(topic, await this.topics.partitions(topic));
        return [...starts].map(([partition, start]) => ({
          ...{ topic, partition },
          // Retention may have gone beyond what was committed.
          offset: Math.max(start, committed.get(topic)?.get(partition) ?? start),
        }));
      }),
    );
    return found.flat();
  }

  /** Gives a new group the place where it begins, so that it has one from now on, whatever becomes of its first member. */
  async begin(group: string, topics: readonly string[], from: 'beginning' | 'end'): Promise<void> {
    const committed = await this.committed(group, topics);
    for (const topic of topics) {
      const partitions = await this.topics.partitions(topic);
      const offsets = await (from === 'end' ? this.view.ends(topic, partitions) : this.view.starts(topic, partitions));
      const missing = new Map([...offsets].filter(([partition]) => !committed.get(topic)?.has(partition)));
      if (missing.size > 0) await this.view.place(group, topic, missing);
    }
  }

  /** For every partition that the group has a place in. */
  async lag(group: string): Promise<readonly Lag[]> {
    const committed = await this.committed(group);
    const lags: Lag[] = [];
    for (const [topic, offsets] of committed) {
      const partitions = await this.partitionsOf(topic);
      const [starts, ends] = [await this.view.starts(topic, partitions), await this.view.ends(topic, partitions)];
      for (const [partition, offset] of [...offsets].sort(([a], [b]) => a - b)) {
        const next = Math.max(offset, starts.get(partition) ?? 0);
        const behind = Math.max(0, (ends.get(partition) ?? next) - next);
        const oldest = behind > 0 ? await this.timeOf(topic, partition, next) : undefined;
        lags.push({ topic, partition, behind, ...(oldest !== undefined && { oldest }) });
      }
    }
    return lags;
  }

  private async committed(
    group: string,
    topics?: readonly string[],
  ): Promise<ReadonlyMap<string, Map<number, number>>> {
    const found = await this.admin.ask((admin) =>
      admin.fetchOffsets({ groupId: group, ...(topics && { topics: [...topics] }) }),
    );
    return new Map(
      found.map(({ topic, partitions }) => [
        topic,
        new Map(
          partitions.flatMap(({ partition, offset }) =>
            Number(offset) < 0 ? [] : [[partition, Number(offset)] as const],
          ),
        ),
      ]),
    );
  }

  /** A group may have a place in a topic that is there no more. */
  private async partitionsOf(topic: string): Promise<number> {
    try {
      return await this.topics.partitions(topic);
    } catch (error) {
      if (error instanceof RangeError || protocolError(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return 0;
      throw error;
    }
  }

  private async timeOf(topic: string, partition: number, offset: number): Promise<string | undefined> {
    const [first] = (await this.view.fetch(topic, partition, offset, 1)).messages;
    return first && incoming(topic, partition, first).record.time;
  }
}
