import type { Clock } from '@chuanyu/reference';
import { number, type LogFile } from './sqlite-file';
import type { Topic } from './sqlite-records';

const DAY = 86_400_000;
/** Deleted in one transaction: few enough that an append never waits noticeably. */
const AT_ONCE = 2000;

/** Deletes records older than their topic's days, but none that a group has not committed yet (a group that never comes back keeps them for ever). */
export function retain(file: LogFile, topics: readonly Topic[], clock: Clock): void {
  // Only the oldest are looked at: a partition's records lie in the order of their time.
  const oldest = file.database.prepare(
    `SELECT offset FROM (
       SELECT offset, time FROM records
       WHERE topic = ?1 AND partition = ?2 AND offset < coalesce(
         (SELECT min(next) FROM commits WHERE topic = ?1 AND partition = ?2), 9223372036854775807)
       ORDER BY offset LIMIT ${AT_ONCE})
     WHERE time < ?3`,
  );
  const remove = file.database.prepare('DELETE FROM records WHERE offset = ?');
  for (const topic of topics) {
    const before = new Date(clock.millis() - topic.days * DAY).toISOString();
    for (let partition = 0; partition < topic.partitions; partition++) {
      for (let old = AT_ONCE; old === AT_ONCE;) {
        const offsets = oldest.all(topic.id, partition, before).map((row) => number(row, 'offset'));
        old = offsets.length;
        if (old > 0) file.write(() => offsets.forEach((offset) => remove.run(offset)), { durable: false });
      }
    }
  }
}
