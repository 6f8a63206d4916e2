import { Mistake, type OperatorGround, type ReadLog } from './ground';

/** Of every group how far it is behind and what is dead; of one that is named each letter. No content: a value may hold personal data. */
export async function listLetters(ground: OperatorGround, [named]: readonly string[]): Promise<void> {
  if (named !== undefined) {
    const { log } = groupAmong(await ground.logs(), named);
    for (const { time, record, parked, reason } of await log.deadLetters(named))
      ground.say(`${time} ${record.topic} ${record.key} ${parked ? '(parked behind it)' : reason}`);
    return;
  }
  for (const { province, log, groups } of await ground.logs())
    for (const { group } of groups) {
      const letters = await log.deadLetters(group);
      const parked = letters.filter((letter) => letter.parked).length;
      const lags = await log.lag(group);
      const behind = lags.reduce((sum, lag) => sum + lag.behind, 0);
      const oldest = lags.flatMap((lag) => lag.oldest ?? []).sort()[0];
      ground.say(
        `${group} on the log of ${province}: behind ${behind}${oldest === undefined ? '' : ` since ${oldest}`}, ` +
          `dead ${letters.length - parked}, parked ${parked}`,
      );
    }
}

/** Hands the dead of a key and those parked behind it to the group's service again; it does so within a second, or when it starts. */
export async function redrive(ground: OperatorGround, [group, key]: readonly string[]): Promise<void> {
  if (group === undefined || key === undefined) throw new Mistake('redrive needs a group and a key');
  const { log } = groupAmong(await ground.logs(), group);
  const letters = (await log.deadLetters(group)).filter(({ record }) => record.key === key);
  if (letters.length === 0) throw new Mistake(`${group} has no dead letters of ${key}`);
  await log.redrive(group, key);
  ground.say(`${letters.length} records of ${key} are handed to ${group} again`);
}

const groupAmong = (logs: readonly ReadLog[], named: string): ReadLog => {
  const found = logs.find(({ groups }) => groups.some(({ group }) => group === named));
  if (found) return found;
  const known = logs.flatMap(({ groups }) => groups.map(({ group }) => group));
  throw new Mistake(`there is no group ${named}; there are: ${known.join(', ')}`);
};
