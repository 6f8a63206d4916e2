import { AssignerProtocol, type Cluster } from 'kafkajs';
import { bySubscription } from './assigner';

/** Only what an assigner asks of it. */
function clusterOf(partitions: Readonly<Record<string, number>>): Cluster {
  const known = new Set<string>();
  const cluster: Partial<Cluster> = {
    addMultipleTargetTopics: async (topics) => topics.forEach((topic) => known.add(topic)),
    findTopicPartitionMetadata: (topic) =>
      Array.from({ length: known.has(topic) ? (partitions[topic] ?? 0) : 0 }, (_, partitionId) => ({
        ...{ partitionErrorCode: 0, partitionId, leader: 1, replicas: [1], isr: [1] },
      })),
  };
  return cluster as Cluster;
}

async function assigned(members: Readonly<Record<string, readonly string[]>>) {
  const cluster = clusterOf({ prison: 4, lawyer: 4, clauses: 1 });
  const assigner = bySubscription({ cluster, groupId: 'g', logger: {} as never });
  const given = await assigner.assign({
    topics: ['prison'],
    members: Object.entries(members).map(([memberId, topics]) => ({
      memberId,
      memberMetadata: assigner.protocol({ topics: [...topics] }).metadata,
    })),
  });
  return Object.fromEntries(
    given.map(({ memberId, memberAssignment }) => [
      memberId,
      { ...AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment },
    ]),
  );
}

test('members with the same topics share each topic', async () => {
  expect(await assigned({ b: ['prison', 'lawyer'], a: ['prison', 'lawyer'] })).toEqual({
    a: { prison: [0, 2], lawyer: [0, 2] },
    b: { prison: [1, 3], lawyer: [1, 3] },
  });
});

test('a topic goes only to those who subscribed to it, also where the leader did not', async () => {
  expect(await assigned({ a: ['prison'], b: ['lawyer', 'clauses'], c: ['prison', 'lawyer'] })).toEqual({
    a: { prison: [0, 2] },
    b: { lawyer: [0, 2], clauses: [0] },
    c: { prison: [1, 3], lawyer: [1, 3] },
  });
});
