import { topics } from '@chuanyu/contracts';

/** Every topic of the province's own log that its exchange reads or writes. */
export const topicsOf = (province: string, peers: readonly string[], domains: readonly string[]): readonly string[] => [
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
];
