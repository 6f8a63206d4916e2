import type { Lag } from './port';
import { number, string, type LogFile } from './sqlite-file';

/** For every partition that the group has ever held. */
export function lagOf(file: LogFile, group: string): readonly Lag[] {
  const behind = file.database.prepare(
    'SELECT count(*) AS behind, min(offset) AS first FROM records WHERE topic = ? AND partition = ? AND offset >= ?',
  );
  const one = file.database.prepare('SELECT time FROM records WHERE offset = ?');
  return file.database
    .prepare(
      `SELECT commits.*, topics.name FROM commits JOIN topics ON topics.id = commits.topic
       WHERE grp = ? ORDER BY topic, partition`,
    )
    .all(group)
    .map((row) => {
      const left = behind.get(number(row, 'topic'), number(row, 'partition'), number(row, 'next'));
      const first = left?.['first'];
      return {
        topic: string(row, 'name'),
        partition: number(row, 'partition'),
        behind: number(left, 'behind'),
        ...(typeof first === 'number' && { oldest: string(one.get(first), 'time') }),
      };
    });
}
