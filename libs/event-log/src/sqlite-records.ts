import { PARTITIONS, type LogRecord, type NewRecord, type TopicDefinition } from './port';
import type { Incoming } from './lane-ports';
import { partitionOf } from './partition';
import { number, string, type LogFile, type Row } from './sqlite-file';

const RETENTION_DAYS = 400;

export interface Topic {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly days: number;
}
/** A record checked and serialised, before it has an offset. */
export interface Prepared {
  readonly topic: Topic;
  readonly partition: number;
  readonly key: string;
  readonly headers: string;
  readonly value: string;
}

/** Topics and records of one file. */
export class Records {
  private readonly known = new Map<string, Topic>();
  private readonly insert;
  private readonly following;
  private readonly offsets;
  private readonly one;
  private readonly last;

  constructor(private readonly file: LogFile) {
    const { database } = file;
    this.insert = database.prepare(
      'INSERT INTO records(topic, partition, time, key, headers, value) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.following = database.prepare(
      'SELECT * FROM records WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
    );
    this.offsets = database.prepare(
      'SELECT offset FROM records WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
    );
    this.one = database.prepare('SELECT * FROM records WHERE offset = ?');
    this.last = database.prepare('SELECT max(offset) AS last FROM records WHERE topic = ? AND partition = ?');
  }

  /** A topic that exists keeps its partitions (records would change places); its retention may change. */
  declare(definitions: readonly TopicDefinition[]): void {
    const add = this.file.database.prepare(
      `INSERT INTO topics(name, partitions, days) VALUES (?, ?, ?) ON CONFLICT(name) DO UPDATE SET days = excluded.days`,
    );
    this.file.write(
      () => {
        for (const { name, partitions = PARTITIONS, retentionDays = RETENTION_DAYS } of definitions)
          add.run(name, partitions, retentionDays);
      },
      { durable: true },
    );
    this.known.clear();
  }

  topics(): readonly Topic[] {
    return this.file.database.prepare('SELECT * FROM topics ORDER BY id').all().map(topicOf);
  }

  topic(name: string): Topic {
    const known = this.known.get(name);
    if (known) return known;
    const row = this.file.database.prepare('SELECT * FROM topics WHERE name = ?').get(name);
    if (!row) throw new RangeError(`no topic ${name}: it was not declared`);
    const topic = topicOf(row);
    this.known.set(name, topic);
    return topic;
  }

  prepare(record: NewRecord): Prepared {
    const topic = this.topic(record.topic);
    const partition = record.partition ?? partitionOf(record.key, topic.partitions);
    if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions)
      throw new RangeError(`${topic.name} has no partition ${partition}`);
    const value: unknown = JSON.stringify(record.value);
    if (typeof value !== 'string') throw new TypeError(`a record of ${topic.name} is not JSON`);
    return { topic, partition, key: record.key, headers: JSON.stringify(record.headers ?? {}), value };
  }

  /** Within a transaction. Returns the offset given. */
  add({ topic, partition, key, headers, value }: Prepared, time: string): number {
    return Number(this.insert.run(topic.id, partition, time, key, headers, value).lastInsertRowid);
  }

  /** From an offset on, until so many records or bytes are together. */
  from(topic: Topic, partition: number, offset: number, limit: number, bytes: number): readonly Incoming[] {
    const items: Incoming[] = [];
    let size = 0;
    for (const row of this.following.iterate(topic.id, partition, offset, limit)) {
      const item = incoming(row, topic.name);
      items.push(item);
      size += item.bytes;
      if (size >= bytes) break;
    }
    return items;
  }

  /** Of all partitions, in the order in which they were appended. */
  after(topic: Topic, offset: number, limit: number): readonly LogRecord[] {
    // Offsets come from the index alone, so that only the records returned are read.
    const offsets = Array.from({ length: topic.partitions }, (_, partition) =>
      this.offsets.all(topic.id, partition, offset + 1, limit).map((row) => number(row, 'offset')),
    );
    return offsets
      .flat()
      .sort((a, b) => a - b)
      .slice(0, limit)
      .flatMap((each) => {
        const row = this.one.get(each);
        return row ? [incoming(row, topic.name).record] : [];
      });
  }

  /** The last offset of the file. */
  lastOffset(): number {
    const last = this.file.database.prepare('SELECT max(offset) AS last FROM records').get()?.['last'];
    return typeof last === 'number' ? last : 0;
  }

  /** The last offset of a partition, 0 where it has none. */
  end(topic: Topic, partition: number): number {
    const last = this.last.get(topic.id, partition)?.['last'];
    return typeof last === 'number' ? last : 0;
  }
}

function topicOf(row: Row): Topic {
  return {
    id: number(row, 'id'),
    name: string(row, 'name'),
    partitions: number(row, 'partitions'),
    days: number(row, 'days'),
  };
}

/** A row of `records` or `letters`. What cannot be read keeps its text as value. */
export function incoming(row: Row, topic: string): Incoming {
  const value = string(row, 'value');
  const headers = read(string(row, 'headers'));
  const parsed = read(value);
  return {
    record: {
      topic,
      partition: number(row, 'partition'),
      offset: number(row, 'offset'),
      key: string(row, 'key'),
      headers: isHeaders(headers.value) ? headers.value : {},
      value: parsed.value,
      time: string(row, 'time'),
    },
    bytes: value.length,
    ...(parsed.fault !== undefined && { broken: parsed.fault }),
  };
}

function read(text: string): { readonly value: unknown; readonly fault?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { value: text, fault: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isHeaders(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string');
}
