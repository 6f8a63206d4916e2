import { NotPrepared, prepareCluster, type KafkaConnection } from '@chuanyu/event-log/kafka';
import { readSettings } from '@chuanyu/service';
import { workflows } from '@chuanyu/workflows';
import { ProvinceFiles } from './province-files';
import { isUserOf, rightsOf, type RightsOptions } from './rights';

/**
 * Makes a province's cluster ready, as a user who may do everything there: its topics and tables, and the rules of who may
 * read and write what. Says what it did. Twice is harmless; rules that are not derived any more go, those of users that are
 * none of ours stay.
 */
export async function prepare(
  connection: KafkaConnection,
  options: RightsOptions,
  say: (line: string) => void,
): Promise<void> {
  const rights = rightsOf(options);
  const { created, changed, allowed } = await prepareCluster(connection, {
    ...rights,
    isOurs: (user) => isUserOf(rights, user),
  });
  const { topics, tables, grants } = rights;
  say(`topics: ${topics.length}, tables of dead letters: ${tables.length}`);
  if (created.length > 0) say(`  made ${created.join(', ')}`);
  if (changed.length > 0) say(`  changed the settings of ${changed.join(', ')}`);
  say(`rules: ${allowed.rules} for ${grants.length} users, ${allowed.added} new, ${allowed.removed} taken away`);
  for (const { user, writes, reads, groups } of grants)
    say(`  ${user}: writes ${writes.length} topics, reads ${reads.length}; groups: ${groups.join(', ')}`);
}

/** A process that makes the cluster ready before services start, with their settings and the operator's user, and ends. */
export const runPrepare = async (): Promise<void> => {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const { province, engine, data, pairing } = readSettings();
    if (engine.kind === 'embedded') return say('The embedded engine needs no preparing.');
    const paired = await new ProvinceFiles(data).pairing(pairing);
    if (!paired) say(`${pairing} is missing: nothing is opened to a peer until the provinces are paired`);
    const peers = paired?.peers.map((peer) => peer.province) ?? [];
    await prepare(engine.kafka, { province, peers, workflows }, say);
  } catch (error) {
    process.stderr.write(`prepare: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
};

/** With what stands behind it: that the log does not answer says too little to whoever typed a wrong password. */
const messageOf = (error: unknown): string => {
  if (error instanceof NotPrepared) return 'this user may make no topics: prepare is run as the operator.';
  if (!(error instanceof Error)) return String(error);
  return [error.message, ...(error.cause === undefined ? [] : [messageOf(error.cause)])].join(': ');
};
