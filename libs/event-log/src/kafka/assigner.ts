import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const VERSION = 0;

/**
 * Every topic's partitions go round among those members that subscribed to it. kafkajs's own assigner gives each member
 * what its leader subscribed to: two subscriptions of one group on different topics, or two versions of a service side by
 * side, would get topics that they do not handle, and leave others unread.
 */
export const bySubscription: PartitionAssigner = ({ cluster }) => ({
  name: 'by-subscription',
  version: VERSION,

  async assign({ members }) {
    const byTopic = new Map<string, string[]>();
    const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    for (const { memberId, memberMetadata } of sorted)
      for (const topic of AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [])
        byTopic.set(topic, [...(byTopic.get(topic) ?? []), memberId]);
    await cluster.addMultipleTargetTopics([...byTopic.keys()]);
    const given = new Map(sorted.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
    for (const [topic, wanting] of byTopic)
      for (const { partitionId } of cluster.findTopicPartitionMetadata(topic)) {
        const topics = given.get(wanting[partitionId % wanting.length] ?? '');
        topics?.set(topic, [...(topics.get(topic) ?? []), partitionId]);
      }
    return [...given].map(([memberId, topics]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: VERSION,
        assignment: Object.fromEntries(topics),
        userData: Buffer.of(),
      }),
    }));
  },

  protocol: ({ topics }) => ({
    name: 'by-subscription',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.of() }),
  }),
});
