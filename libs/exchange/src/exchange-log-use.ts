import { topics } from '@chuanyu/contracts';
import type { GroupUse, LogUse } from '@chuanyu/event-log';

/** Days for which a piece of a file can be read: what a peer has missed for longer, it asks for. */
const FILES_KEPT = 30;

/** The groups of a province's exchange on its own log. */
export const homeGroups = (domains: readonly string[]) =>
  ({
    clauses: { group: 'exchange.clauses', topics: [topics.clauses] },
    outbound: { group: 'exchange.outbound', topics: [...domains.map(topics.events), topics.events('exchange')] },
  }) satisfies Readonly<Record<string, GroupUse>>;

/** The groups of a province's exchange on a peer's log. */
export const peerGroups = (province: string, peer: string, domains: readonly string[]) =>
  ({
    border: {
      group: `exchange.${province}`,
      topics: [...domains.map((domain) => topics.border(peer, province, domain)), topics.control(peer, province)],
    },
    files: { group: `exchange.files.${province}`, topics: [topics.files(peer, province)] },
    published: { group: `mirror.${province}`, topics: domains.map((domain) => topics.published(peer, domain)) },
  }) satisfies Readonly<Record<string, GroupUse>>;

/** What a province's exchange does on its own log. */
export const useOfExchange = (province: string, peers: readonly string[], domains: readonly string[]): LogUse => ({
  writes: [
    ...[
      ...domains.flatMap((domain) => [
        topics.inbound(domain),
        topics.published(province, domain),
        ...peers.flatMap((peer) => [topics.border(province, peer, domain), topics.published(peer, domain)]),
      ]),
      ...peers.map((peer) => topics.control(province, peer)),
      topics.events('exchange'),
      topics.counts,
    ].map((name) => ({ name })),
    ...peers.map((peer) => ({ name: topics.files(province, peer), retentionDays: FILES_KEPT })),
  ],
  reads: [],
  groups: Object.values(homeGroups(domains)),
});

/** What a province's exchange does on a peer's log: it reads what the peer put at the border for it, and what it publishes. */
export const useOfPeerLog = (province: string, peer: string, domains: readonly string[]): LogUse => ({
  writes: [],
  reads: [],
  groups: Object.values(peerGroups(province, peer, domains)),
});
