import type { Clock } from '@chuanyu/reference';
import type { Incoming, Letters } from './lane-ports';
import type { DeadLetter, LetterCount, LogRecord } from './port';
import { number, string, type LogFile } from './sqlite-file';
import { incoming, type Records, type Topic } from './sqlite-records';

/** The dead and the parked of one group, with the requests to hand them out again. They outlive retention, so each holds its whole record. */
export class SqliteLetters implements Letters {
  constructor(
    private readonly file: LogFile,
    private readonly records: Records,
    private readonly clock: Clock,
    private readonly group: string,
  ) {}

  async bury(record: LogRecord, reason: string, parked: boolean): Promise<void> {
    const { database } = this.file;
    const { id } = this.records.topic(record.topic);
    const place = [this.group, id, record.partition];
    this.file.write(
      () => {
        database
          .prepare(
            `INSERT INTO letters(grp, topic, partition, offset, time, key, headers, value, reason, parked, buried)
             SELECT ?, topic, partition, offset, time, key, headers, value, ?, ?, ? FROM records WHERE offset = ?
             ON CONFLICT DO NOTHING`,
          )
          .run(this.group, reason, parked ? 1 : 0, this.clock.now(), record.offset);
        if (parked) return;
        database
          .prepare(
            'UPDATE letters SET reason = ?, parked = 0, buried = ? WHERE grp = ? AND topic = ? AND partition = ? AND offset = ?',
          )
          .run(reason, this.clock.now(), ...place, record.offset);
        // A death ends a redrive under way.
        database
          .prepare('UPDATE letters SET requested = 0 WHERE grp = ? AND topic = ? AND partition = ? AND key = ?')
          .run(...place, record.key);
      },
      { durable: false },
    );
  }

  async of(topic: string, partition: number, key: string, limit: number): Promise<readonly Incoming[]> {
    return this.file.database
      .prepare(
        'SELECT * FROM letters WHERE grp = ? AND topic = ? AND partition = ? AND key = ? ORDER BY offset LIMIT ?',
      )
      .all(this.group, this.records.topic(topic).id, partition, key, limit)
      .map((row) => incoming(row, topic));
  }

  async release(record: LogRecord): Promise<void> {
    this.file.write(
      () =>
        this.file.database
          .prepare('DELETE FROM letters WHERE grp = ? AND topic = ? AND partition = ? AND offset = ?')
          .run(this.group, this.records.topic(record.topic).id, record.partition, record.offset),
      { durable: false },
    );
  }

  /** Keys of a partition that have letters, with the lowest offset of each. */
  blocked(topic: Topic, partition: number): readonly (readonly [string, number])[] {
    return this.file.database
      .prepare(
        'SELECT key, min(offset) AS first FROM letters WHERE grp = ? AND topic = ? AND partition = ? GROUP BY key',
      )
      .all(this.group, topic.id, partition)
      .map((row) => [string(row, 'key'), number(row, 'first')]);
  }

  list(limit: number): readonly DeadLetter[] {
    return this.file.database
      .prepare(
        `SELECT letters.*, topics.name FROM letters JOIN topics ON topics.id = letters.topic
         WHERE grp = ? ORDER BY letters.id LIMIT ?`,
      )
      .all(this.group, limit)
      .map((row) => ({
        id: String(number(row, 'id')),
        group: this.group,
        record: incoming(row, string(row, 'name')).record,
        reason: string(row, 'reason'),
        parked: number(row, 'parked') === 1,
        time: string(row, 'buried'),
      }));
  }

  count(): LetterCount {
    const row = this.file.database
      .prepare('SELECT count(*) AS all_of_them, coalesce(sum(parked), 0) AS parked FROM letters WHERE grp = ?')
      .get(this.group);
    const parked = number(row, 'parked');
    return { dead: number(row, 'all_of_them') - parked, parked };
  }

  /** Kept until the group's subscriber has carried it out, which may be another process or a later one. */
  request(key: string): void {
    this.file.write(
      () =>
        this.file.database.prepare('UPDATE letters SET requested = 1 WHERE grp = ? AND key = ?').run(this.group, key),
      { durable: true },
    );
  }

  requests(): readonly { readonly topic: number; readonly partition: number; readonly key: string }[] {
    return this.file.database
      .prepare('SELECT DISTINCT topic, partition, key FROM letters WHERE grp = ? AND requested = 1')
      .all(this.group)
      .map((row) => ({ topic: number(row, 'topic'), partition: number(row, 'partition'), key: string(row, 'key') }));
  }
}
