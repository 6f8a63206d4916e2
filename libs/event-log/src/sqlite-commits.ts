import { randomUUID } from 'node:crypto';
import { number, string, type LogFile } from './sqlite-file';
import type { Records, Topic } from './sqlite-records';

/** Offsets begin with it. */
const FIRST = 1;
/** Owns what its last owner gave back. */
const NOBODY = '';

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

  /** The places that another subscriber has taken, and those that one has given back when it ended: both, where it was quick. */
  changed(places: readonly Place[]): { readonly taken: readonly Place[]; readonly free: readonly Place[] } {
    const owners = new Map(
      this.file.database
        .prepare('SELECT topic, partition, owner FROM commits WHERE grp = ?')
        .all(this.group)
        .map((row) => [`${number(row, 'topic')}/${number(row, 'partition')}`, string(row, 'owner')]),
    );
    const ownerOf = ({ topic, partition }: Place) => owners.get(`${topic.id}/${partition}`);
    return {
      taken: places.filter((place) => place.ours && ownerOf(place) !== this.owner),
      free: places.filter((place) => ownerOf(place) === NOBODY),
    };
  }

  /** Gives back what is ours, so that an older subscriber may go on from here. */
  release(): void {
    this.file.write(
      () =>
        this.file.database
          .prepare('UPDATE commits SET owner = ? WHERE grp = ? AND owner = ?')
          .run(NOBODY, this.group, this.owner),
      { durable: false },
    );
  }

  /** Takes up what was given back; of several who try, one gets it. Returns the places that are ours now. */
  takeUp(free: readonly Place[]): readonly Place[] {
    const take = this.file.database.prepare(
      'UPDATE commits SET owner = ? WHERE grp = ? AND topic = ? AND partition = ? AND owner = ?',
    );
    return this.file.write(
      () =>
        free.filter((place) => {
          const { topic, partition } = place;
          if (Number(take.run(this.owner, this.group, topic.id, partition, NOBODY).changes) === 0) return false;
          place.next = place.committed = this.next(place);
          place.ours = true;
          return true;
        }),
      { durable: false },
    );
  }

  /** Where the group is, whoever has the partition. */
  next({ topic, partition }: Place): number {
    const row = this.file.database
      .prepare('SELECT next FROM commits WHERE grp = ? AND topic = ? AND partition = ?')
      .get(this.group, topic.id, partition);
    return number(row, 'next');
  }
}
