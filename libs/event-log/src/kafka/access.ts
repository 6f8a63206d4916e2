import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes, type AclEntry } from 'kafkajs';
import { asking, clientOf, type KafkaConnection } from './connection';

/** What a user may do at a cluster that allows nothing by itself. */
export type Grant =
  /** A province's own services. */
  | { readonly user: string; readonly may: 'everything' }
  /** A peer's exchange: the topics that begin so, in these groups, and nothing else. */
  | { readonly user: string; readonly may: 'read'; readonly topics: string; readonly groups: readonly string[] };

/** Writes access rules, as a user who may. Twice is harmless. */
export async function allow(connection: KafkaConnection, grants: readonly Grant[]): Promise<void> {
  const admin = clientOf(connection).admin();
  try {
    await asking(async () => {
      await admin.connect();
      await admin.createAcls({ acl: grants.flatMap(rules) });
    });
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

const { TOPIC, GROUP, CLUSTER } = AclResourceTypes;
const { LITERAL, PREFIXED } = ResourcePatternTypes;
const { ALL, READ } = AclOperationTypes;

function rules(grant: Grant): AclEntry[] {
  const rule = (
    operation: AclOperationTypes,
    resourceType: AclResourceTypes,
    resourceName: string,
    resourcePatternType: ResourcePatternTypes = LITERAL,
  ): AclEntry => ({
    principal: `User:${grant.user}`,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    ...{ operation, resourceType, resourceName, resourcePatternType },
  });
  if (grant.may === 'everything')
    return [rule(ALL, TOPIC, '*'), rule(ALL, GROUP, '*'), rule(ALL, CLUSTER, 'kafka-cluster')];
  return [rule(READ, TOPIC, grant.topics, PREFIXED), ...grant.groups.map((group) => rule(READ, GROUP, group))];
}
