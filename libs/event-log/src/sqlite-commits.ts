import { randomUUID } from 'node:crypto';
import { number, string, type LogFile } from './sqlite-file';
import type { Records, Topic } from './sqlite-records';

/** Offsets begin with it. */
const FIRST = 1;

/** One partition as this subscriber holds it. */
export interface Place {
  readonly topic: Topic;
  readonly partition: number;
  /** The next offset to fetch. */
  next: number;
  committed: number;
  /** False once a newer subscriber of the group has taken it. */
  ours: boolean;
}
/** A group's offsets as one subscriber keeps them: with its own token, so that one whose partition was taken can move nothing any more. */
export class SqliteCommits {
  private readonly owner = randomUUID();

  constructor(
    private readonly file: LogFile,
    private readonly records: Records,
    private readonly group: string,
  ) {}

  /** Takes the partitions, and finds where the group is in each. */
  join(topics: readonly Topic[], from: 'beginning' | 'end'): readonly Place[] {
    const { database, generation } = this.file;
    const known = database.prepare(
      'SELECT next, generation FROM commits WHERE grp = ? AND topic = ? AND partition = ?',
    );
    const take = database.prepare(
      `INSERT INTO commits(grp, topic, partition, next, owner, generation) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET next = excluded.next, owner = excluded.owner, generation = excluded.generation`,
    );
    const places = topics.flatMap((topic) =>
      Array.from({ length: topic.partitions }, (_, partition) => ({ topic, partition })),
    );
    return this.file.write(
      () =>
        places.map(({ topic, partition }) => {
          const row = known.get(this.group, topic.id, partition);
          const begin = from === 'beginning' ? FIRST : this.records.end(topic, partition) + 1;
          // Offsets of another log say nothing about this one: it is read from its beginning (protocol, rule 25).
          const next = !row ? begin : string(row, 'generation') === generation ? number(row, 'next') : FIRST;
          take.run(this.group, topic.id, partition, next, this.owner, generation);
          return { topic, partition, next, committed: next, ours: true };
        }),
      { durable: true },
    );
  }

  /** Commits, and returns the places that turn out to be another's. */
  move(moved: readonly { readonly place: Place; readonly position: number }[]): readonly Place[] {
    const statement = this.file.database.prepare(
      'UPDATE commits SET next = ? WHERE grp = ? AND topic = ? AND partition = ? AND owner = ?',
    );
    const owned = this.file.write(
      () =>
        moved.map(({ place: { topic, partition }, position }) =>
          Number(statement.run(position, this.group, topic.id, partition, this.owner).changes),
        ),
      { durable: false },
    );
    for (const [n, { place, position }] of moved.entries()) if (owned[n] !== 0) place.committed = position;
    return moved.flatMap(({ place }, n) => (owned[n] === 0 ? [place] : []));
  }

  /** The places that another subscriber has taken. */
  taken(places: readonly Place[]): readonly Place[] {
    const owners = new Map(
      this.file.database
        .prepare('SELECT topic, partition, owner FROM commits WHERE grp = ?')
        .all(this.group)
        .map((row) => [`${number(row, 'topic')}/${number(row, 'partition')}`, string(row, 'owner')]),
    );
    return places.filter(({ topic, partition, ours }) => ours && owners.get(`${topic.id}/${partition}`) !== this.owner);
  }

  /** Where the group is, whoever has the partition. */
  next({ topic, partition }: Place): number {
    const row = this.file.database
      .prepare('SELECT next FROM commits WHERE grp = ? AND topic = ? AND partition = ?')
      .get(this.group, topic.id, partition);
    return number(row, 'next');
  }
}
