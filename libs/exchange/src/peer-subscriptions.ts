import type { Subscription } from '@chuanyu/event-log';
import { peerGroups } from './exchange-log-use';
import type { Inbound } from './inbound';
import type { Mirror } from './mirror';

/** What is read of a peer's log: what it sends to this province, and what it publishes. */
export const subscriptionsTo = (
  peer: string,
  province: string,
  domains: readonly string[],
  inbound: Inbound,
  mirror: Mirror,
): readonly Subscription[] => {
  const { border, files, published } = peerGroups(province, peer, domains);
  return [
    { ...border, from: 'beginning', handle: (record) => inbound.handle(record) },
    {
      ...files,
      from: 'beginning',
      handle: (record) => inbound.handle(record),
      // The last piece has the whole file put together and scanned.
      handlerLimit: 120_000,
      parallel: 4,
    },
    { ...published, from: 'beginning', handle: (record) => mirror.handle(record) },
  ];
};
