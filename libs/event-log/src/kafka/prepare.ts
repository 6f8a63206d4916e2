import type { TopicDefinition } from '../port';
import { allow, type Allowed, type Grant } from './access';
import { asking, type KafkaConnection } from './connection';
import { LastingAdmin } from './lasting-admin';
import { TABLE_ROW_BYTES } from './letters';
import { Topics, type Made } from './topics';

/** All that a cluster holds for one province. */
export interface Wanted {
  readonly topics: readonly TopicDefinition[];
  /** Names of tables of dead letters. */
  readonly tables: readonly string[];
  readonly grants: readonly Grant[];
  /** Of a user who is granted nothing: whether that is to be so. */
  readonly isOurs?: (user: string) => boolean;
}
export interface Prepared extends Made {
  readonly allowed: Allowed;
}

/** Makes topics and tables that are missing, mends settings that differ, and makes the access rules what they are to be. */
export async function prepareCluster(connection: KafkaConnection, wanted: Wanted): Promise<Prepared> {
  const admin = LastingAdmin.of(connection);
  const made = await asking(async () => {
    try {
      const topics = new Topics(admin);
      const parts = [await topics.declare(wanted.topics), await topics.declareTables(wanted.tables, TABLE_ROW_BYTES)];
      return {
        created: parts.flatMap(({ created }) => created),
        changed: parts.flatMap(({ changed }) => changed),
      };
    } finally {
      await admin.disconnect();
    }
  });
  return { ...made, allowed: await allow(connection, wanted.grants, wanted.isOurs) };
}
