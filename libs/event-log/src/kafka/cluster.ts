import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, Kafka } from 'kafkajs';
import { isFetched, type FetchedMessage } from './message';
import { LogUnavailable } from '../port';
import { isLost, protocolError, unlessHanging, wasNeverSent } from './connection';

/** First offset of each partition, or the one after its last. */
export type Offsets = ReadonlyMap<number, number>;

const PASSES_WITHIN = 10_000;
/** What passes by itself: a leader that moves, a broker that comes back. */
const PASSING = ['LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION'];

/**
 * kafkajs hands its cluster to whoever assigns partitions, and publishes its type; a consumer that never joins is the only
 * way to ask for it.
 */
export function clusterOf(kafka: Kafka): Cluster {
  let found: Cluster | undefined;
  kafka.consumer({
    groupId: 'none',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster;
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'none', metadata: Buffer.of() }),
        };
      },
    ],
  });
  if (!found) throw new Error('kafkajs does not hand out its cluster any more');
  return found;
}

/** A cluster without a group in between: records at an offset, ends of partitions. */
export class ClusterView {
  private cluster: Cluster;

  constructor(private readonly kafka: Kafka) {
    this.cluster = clusterOf(kafka);
  }

  disconnect(): Promise<void> {
    return this.cluster.disconnect();
  }

  /** The offset after the last record of each partition. */
  ends(topic: string, partitions: number): Promise<Offsets> {
    return this.offsets(topic, partitions, false);
  }

  /** The first offset of each partition that retention has left. */
  starts(topic: string, partitions: number): Promise<Offsets> {
    return this.offsets(topic, partitions, true);
  }

  /** Messages from an offset on, about so many bytes, at least one where there is one; and the end of the partition. */
  async fetch(
    topic: string,
    partition: number,
    offset: number,
    bytes: number,
  ): Promise<{ readonly messages: readonly FetchedMessage[]; readonly end: number }> {
    const answer = await this.ask([topic], async () => {
      const [leader] = Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]));
      if (leader === undefined) throw new NoLeader(`${topic} ${partition}`);
      const broker = await this.cluster.findBroker({ nodeId: leader });
      const fetched: unknown = await broker.fetch({
        maxWaitTime: 0,
        minBytes: 0,
        maxBytes: bytes,
        topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: bytes }] }],
      });
      return fetched;
    });
    if (!isFetched(answer)) throw new Error('kafkajs answers a fetch in another shape');
    const [part] = answer.responses.flatMap(({ partitions }) => partitions);
    return {
      messages: (part?.messages ?? []).filter((each) => !each.isControlRecord && Number(each.offset) >= offset),
      end: Number(part?.highWatermark ?? offset),
    };
  }

  /** Gives a group a place that has none yet; refused (false) where it has members, who then have seen to it. */
  async place(group: string, topic: string, offsets: Offsets): Promise<boolean> {
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
    try {
      await this.ask([topic], async () => {
        const coordinator = await this.cluster.findGroupCoordinator({ groupId: group });
        // As Kafka's own admin client does for a group that is empty.
        await coordinator.offsetCommit({
          groupId: group,
          groupGenerationId: -1,
          memberId: '',
          topics: [{ topic, partitions }],
        });
      });
      return true;
    } catch (error) {
      if (['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'].includes(protocolError(error) ?? ''))
        return false;
      throw error;
    }
  }

  private replace(asked: Cluster): void {
    if (this.cluster !== asked) return;
    this.cluster = clusterOf(this.kafka);
    void asked.disconnect().catch(() => undefined);
  }

  private offsets(topic: string, partitions: number, fromBeginning: boolean): Promise<Offsets> {
    const all = Array.from({ length: partitions }, (_, partition) => ({ partition }));
    return this.ask([topic], async () => {
      const [found] = await this.cluster.fetchTopicsOffset([{ topic, partitions: all, fromBeginning }]);
      const offsets = new Map(found?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      // It leaves out partitions whose leader it does not know.
      if (offsets.size < partitions) throw new NoLeader(topic);
      return offsets;
    });
  }

  /** Asks, and where its picture of the cluster is old, gets a new one and asks again. */
  private async ask<T>(topics: string[], question: () => Promise<T>): Promise<T> {
    let isOld = false;
    for (const end = performance.now() + PASSES_WITHIN; ;) {
      const asked = this.cluster;
      try {
        return await unlessHanging(this.connected(topics, isOld).then(question));
      } catch (error) {
        // Half a connection is kept for good: the next question has another.
        if (isLost(error)) this.replace(asked);
        const passes = wasNeverSent(error) || error instanceof NoLeader || PASSING.includes(protocolError(error) ?? '');
        if (!passes || performance.now() > end) throw error;
        await pause(50);
        isOld = !isLost(error);
      }
    }
  }
  private async connected(topics: string[], isOld: boolean): Promise<void> {
    if (!this.cluster.isConnected()) await this.cluster.connect();
    if (isOld) await this.cluster.refreshMetadata();
    await this.cluster.addMultipleTargetTopics(topics);
  }
}

class NoLeader extends LogUnavailable {}
