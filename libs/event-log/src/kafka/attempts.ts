import type { Broker, Cluster } from 'kafkajs';
import { clusterOf } from './cluster';
import { clientOf, protocolError, type KafkaConnection } from './connection';

/** A topic that nobody has: what is asked of it is not done. */
const NOWHERE = 'nowhere';

/**
 * Finds out what a user may do at a cluster of one broker, by trying: one request each, to the broker itself, so that a
 * refusal comes at once and under its own name. For proofs.
 */
export class Attempts {
  private constructor(
    private readonly cluster: Cluster,
    private readonly broker: Broker,
  ) {}

  static async of(connection: KafkaConnection): Promise<Attempts> {
    const cluster = clusterOf(clientOf(connection));
    await cluster.connect();
    await cluster.refreshMetadata();
    const [nodeId = 0] = cluster.getNodeIds();
    return new Attempts(cluster, await cluster.findBroker({ nodeId: String(nodeId) }));
  }

  close(): Promise<void> {
    return this.cluster.disconnect();
  }

  reads(topic: string): Promise<boolean> {
    const partitions = [{ partition: 0, fetchOffset: '0', maxBytes: 1 }];
    return mayHave('TOPIC_AUTHORIZATION_FAILED', () =>
      this.broker.fetch({ maxWaitTime: 0, minBytes: 0, maxBytes: 1, topics: [{ topic, partitions }] }),
    );
  }

  /** Leaves a record of one word there. */
  writes(topic: string): Promise<boolean> {
    const partitions = [{ partition: 0, messages: [{ key: 'attempt', value: '"attempt"', headers: {} }] }];
    return mayHave('TOPIC_AUTHORIZATION_FAILED', () => this.broker.produce({ topicData: [{ topic, partitions }] }));
  }

  /** Whether it may be a member of the group: asked by a commit that comes to nothing. */
  joins(group: string): Promise<boolean> {
    return mayHave('GROUP_AUTHORIZATION_FAILED', () =>
      this.broker.offsetCommit({
        ...{ groupId: group, groupGenerationId: -1, memberId: '' },
        topics: [{ topic: NOWHERE, partitions: [{ partition: 0, offset: '0' }] }],
      }),
    );
  }
}

/** Another error than this refusal: the right is there, and something else is wrong. Without any answer it throws. */
async function mayHave(refusal: string, attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    const name = protocolError(error);
    if (name === undefined) throw error;
    return name !== refusal;
  }
}
