import { topics } from '@chuanyu/contracts';
import type { Subscription } from '@chuanyu/event-log';
import type { Inbound } from './inbound';
import type { Mirror } from './mirror';

/** What is read of a peer's log: what it sends to this province, and what it publishes. */
export const subscriptionsTo = (
  peer: string,
  own: string,
  domains: readonly string[],
  inbound: Inbound,
  mirror: Mirror,
): readonly Subscription[] => [
  {
    group: `exchange.${own}`,
    topics: [...domains.map((domain) => topics.border(peer, own, domain)), topics.control(peer, own)],
    from: 'beginning',
    handle: (record) => inbound.handle(record),
  },
  {
    group: `exchange.files.${own}`,
    topics: [topics.files(peer, own)],
    from: 'beginning',
    handle: (record) => inbound.handle(record),
    // The last piece has the whole file put together and scanned.
    handlerLimit: 120_000,
    parallel: 4,
  },
  {
    group: `mirror.${own}`,
    topics: domains.map((domain) => topics.published(peer, domain)),
    from: 'beginning',
    handle: (record) => mirror.handle(record),
  },
];
