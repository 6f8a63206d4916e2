import { topics } from '@chuanyu/contracts';
import type { TopicDefinition } from '@chuanyu/event-log';

/** Days for which a piece of a file can be read: what a peer has missed for longer, it asks for. */
const FILES_KEPT = 30;

/** Every topic of the province's own log that its exchange reads or writes. */
export const topicsOf = (
  province: string,
  peers: readonly string[],
  domains: readonly string[],
): readonly TopicDefinition[] => [
  ...[
    ...domains.flatMap((domain) => [
      topics.events(domain),
      topics.inbound(domain),
      topics.published(province, domain),
      ...peers.flatMap((peer) => [topics.border(province, peer, domain), topics.published(peer, domain)]),
    ]),
    ...peers.map((peer) => topics.control(province, peer)),
    topics.events('exchange'),
    topics.clauses,
    topics.counts,
  ].map((name) => ({ name })),
  ...peers.map((peer) => ({ name: topics.files(province, peer), retentionDays: FILES_KEPT })),
];
