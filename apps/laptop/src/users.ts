import { rightsOf, SERVICES, usesOf } from '@chuanyu/provinces';
import { workflows } from '@chuanyu/workflows';

/** Makes topics and rules; has every right without being given one (docker/kafka.properties). */
export const OPERATOR = 'operator';

/** Processes of a province itself, by their name as users of Kafka: each has a folder of keys. */
export const processesOf = (province: string, peers: readonly string[]): readonly string[] => [
  ...Object.keys(usesOf({ province, peers, workflows })),
  OPERATOR,
];

/** All who have a password at a province's Kafka: but for one process that would be all services at once, and is not here. */
export const usersOf = (province: string, peers: readonly string[]): readonly string[] => [
  OPERATOR,
  ...rightsOf({ province, peers, workflows })
    .grants.map(({ user }) => user)
    .filter((user) => user !== SERVICES),
];
