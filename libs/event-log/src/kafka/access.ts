import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ResourcePatternTypes,
  type AclEntry,
  type Admin,
} from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { LogUnavailable } from '../port';
import { asking, clientOf, type KafkaConnection } from './connection';

/**
 * What a user may do at a cluster that allows nothing by itself. Names of topics and groups; one that ends with `*` stands
 * for all that begin so.
 */
export interface Grant {
  readonly user: string;
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  readonly groups: readonly string[];
}
/** How many access rules there are now, and how many were written and taken away for that. */
export interface Allowed {
  readonly rules: number;
  readonly added: number;
  readonly removed: number;
}

const SEEN_WITHIN = 10_000;

/**
 * Makes the access rules of these users what is said here: writes what is missing, then takes away what is not said. `isOurs`
 * names further users whose rules are ours, such as those of a peer that left; the rules of others stay. Asked as a user who
 * may; twice is harmless. Resolves when the cluster goes by them.
 */
export async function allow(
  connection: KafkaConnection,
  grants: readonly Grant[],
  isOurs: (user: string) => boolean = () => false,
): Promise<Allowed> {
  const admin = clientOf(connection).admin();
  const users = new Set(grants.map(({ user }) => user));
  const mine = ({ principal }: AclEntry): boolean => {
    const user = principal.replace(/^User:/, '');
    return users.has(user) || isOurs(user);
  };
  const wanted = byName(grants.flatMap(rulesOf));
  return asking(async () => {
    try {
      await admin.connect();
      const found = byName((await rulesAt(admin)).filter(mine));
      const added = [...wanted].filter(([name]) => !found.has(name)).map(([, rule]) => rule);
      const removed = [...found].filter(([name]) => !wanted.has(name)).map(([, rule]) => rule);
      if (added.length > 0) await admin.createAcls({ acl: added });
      if (removed.length > 0) await admin.deleteAcls({ filters: removed });
      await untilSeen(admin, mine, wanted);
      return { rules: wanted.size, added: added.length, removed: removed.length };
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  });
}

/** The controller has the rules at once, a broker a moment later. */
async function untilSeen(
  admin: Admin,
  mine: (rule: AclEntry) => boolean,
  wanted: ReadonlyMap<string, AclEntry>,
): Promise<void> {
  for (const end = performance.now() + SEEN_WITHIN; ;) {
    const seen = byName((await rulesAt(admin)).filter(mine));
    if (seen.size === wanted.size && [...wanted.keys()].every((name) => seen.has(name))) return;
    if (performance.now() > end) throw new LogUnavailable('the cluster does not go by the access rules yet');
    await pause(50);
  }
}

const { TOPIC, GROUP } = AclResourceTypes;
const { LITERAL, PREFIXED } = ResourcePatternTypes;
const { READ, WRITE } = AclOperationTypes;

/** Who may read or write may describe too, and an idempotent producer needs to write only; so nothing else is granted. */
function rulesOf({ user, writes, reads, groups }: Grant): readonly AclEntry[] {
  const rule = (operation: AclOperationTypes, resourceType: AclResourceTypes, name: string): AclEntry => ({
    principal: `User:${user}`,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    ...{ operation, resourceType },
    ...(name.endsWith('*')
      ? { resourceName: name.slice(0, -1), resourcePatternType: PREFIXED }
      : { resourceName: name, resourcePatternType: LITERAL }),
  });
  return [
    ...writes.map((name) => rule(WRITE, TOPIC, name)),
    ...reads.map((name) => rule(READ, TOPIC, name)),
    ...groups.map((name) => rule(READ, GROUP, name)),
  ];
}

async function rulesAt(admin: Admin): Promise<readonly AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  });
  return resources.flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
    acls.map(({ principal, host, operation, permissionType }) => ({
      ...{ resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType },
    })),
  );
}

const byName = (rules: readonly AclEntry[]): ReadonlyMap<string, AclEntry> =>
  new Map(
    rules.map((rule) => {
      const { principal, host, permissionType, operation, resourceType, resourcePatternType, resourceName } = rule;
      const name = [principal, host, permissionType, operation, resourceType, resourcePatternType, resourceName];
      return [name.join(' '), rule];
    }),
  );
