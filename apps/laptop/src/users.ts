import { workflows } from '@chuanyu/workflows';

/** Users of a province's Kafka that are processes of the province itself: each has a folder of its own. */
export const ownUsers = (): readonly string[] => [...workflows.domains(), 'exchange', 'gateway', 'operator'];
/** Those of others: a peer's exchange, and whoever may read public events. */
export const othersUsers = (peers: readonly string[]): readonly string[] => [
  ...peers.map((peer) => `exchange.${peer}`),
  'integrator',
];
