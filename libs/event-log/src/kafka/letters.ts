import type { Incoming, Letters } from '../lane-ports';
import type { DeadLetter, LetterCount, LogRecord } from '../port';
import { deadLettersOf } from '../use';
import type { Appender, Placed } from './appender';
import type { ClusterView } from './cluster';
import { protocolError } from './connection';
import { LetterIndex, type Entry, type Request } from './letter-index';
import { has, type FetchedMessage } from './message';
import type { Topics } from './topics';

/** A record of a megabyte, as JSON within JSON, with what was said of it. */
export const TABLE_ROW_BYTES = 4_000_000;
const FETCHED_AT_ONCE = 16_000_000;

/** The cluster that keeps a group's letters: its own, or, for a peer's log, the reader's. */
export interface Archive {
  readonly topics: Topics;
  readonly view: ClusterView;
  readonly appender: Appender;
}

interface Letter {
  readonly record: LogRecord;
  readonly reason: string;
  readonly parked: boolean;
  readonly time: string;
  /** Why the value cannot be read. */
  readonly broken?: string;
  /** Where it was first, of one that was buried again. */
  readonly first?: number;
}

/**
 * The dead and the parked of one group on one log: a table (a compacted topic of one partition, `<group>.dead-letters`) with
 * a row for each letter and each request for a redrive. They outlive retention, so each holds its whole record.
 * Read from the beginning once, then as it grows; letters themselves are read when they are asked for.
 */
export class KafkaLetters implements Letters {
  private readonly table: string;
  private readonly index = new LetterIndex();
  private next = 0;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly archive: Archive,
    private readonly group: string,
    /** Of the log whose records these are; what another one's letters say means nothing for its offsets. */
    private readonly generation: string,
    /** Why a record cannot be read, of those that cannot. */
    private readonly broken: WeakMap<LogRecord, string>,
    private readonly now: () => string,
  ) {
    this.table = deadLettersOf(group);
  }

  async bury(record: LogRecord, reason: string, parked: boolean): Promise<void> {
    const before = this.index.get(this.idOf(record));
    if (parked && before) return;
    const broken = this.broken.get(record);
    const letter: Letter = {
      ...{ record, reason, parked, time: this.now() },
      ...(broken !== undefined && { broken }),
      ...(before && { first: before.first }),
    };
    await this.archive.topics.declareTables([this.table], TABLE_ROW_BYTES);
    await this.write([[this.idOf(record), JSON.stringify(letter)]]);
  }

  async of(topic: string, partition: number, key: string, limit: number): Promise<readonly Incoming[]> {
    await this.catchUp();
    const letters = await this.read(this.index.of({ topic, partition, key }).slice(0, limit));
    return letters.map(({ record, broken }) => {
      if (broken !== undefined) this.broken.set(record, broken);
      return { record, bytes: JSON.stringify(record.value).length, ...(broken !== undefined && { broken }) };
    });
  }

  async release(record: LogRecord): Promise<void> {
    const { topic, partition, key } = record;
    await this.catchUp();
    const isLast = this.index.of(record).length === 1;
    // With its last letter a key's request has no meaning any more.
    await this.write([
      [this.idOf(record), null],
      ...(isLast ? [[this.nameOf({ topic, partition, key }), null] as const] : []),
    ]);
  }

  blocked(topic: string, partition: number): readonly (readonly [string, number])[] {
    return this.index.blocked(topic, partition);
  }

  /** Not carried out yet, as of the last `catchUp`. */
  get requests(): readonly Request[] {
    return this.index.requests;
  }

  /** Kept until the group's subscriber has carried it out, which may be another process or a later one. */
  async request(key: string): Promise<void> {
    await this.catchUp();
    await this.write(this.index.placesOf(key).map((place) => [this.nameOf(place), JSON.stringify(place)] as const));
    await this.catchUp();
  }

  async list(limit: number): Promise<readonly DeadLetter[]> {
    await this.catchUp();
    const entries = this.index.list(limit);
    const letters = await this.read(entries);
    return letters.map(({ record, reason, parked, time }) => ({
      id: `${record.topic}/${record.partition}/${record.offset}`,
      ...{ group: this.group, record, reason, parked, time },
    }));
  }

  async count(): Promise<LetterCount> {
    await this.catchUp();
    return this.index.count();
  }

  /** Knows afterwards all that was written before. */
  catchUp(): Promise<void> {
    return (this.reading = this.reading.catch(() => undefined).then(() => this.readOn()));
  }

  private async readOn(): Promise<void> {
    const { topics, view } = this.archive;
    if (!(await topics.exists(this.table))) return;
    for (let end = Infinity; this.next < end;) {
      try {
        const fetched = await view.fetch(this.table, 0, this.next, FETCHED_AT_ONCE);
        for (const message of fetched.messages) this.note(message);
        const last = fetched.messages.at(-1);
        end = fetched.end;
        // Compaction may leave nothing of the last offsets.
        this.next = last ? Number(last.offset) + 1 : end;
      } catch (error) {
        if (protocolError(error) !== 'OFFSET_OUT_OF_RANGE') throw error;
        // The table was made anew.
        this.index.clear();
        this.next = (await view.starts(this.table, 1)).get(0) ?? 0;
      }
    }
  }

  private note(message: FetchedMessage): void {
    const id = message.key?.toString() ?? '';
    if (message.value === null) return this.index.release(id);
    const row: unknown = JSON.parse(message.value.toString());
    if (id.startsWith(`letter ${this.generation} `) && isLetter(row)) {
      const { topic, partition, key, offset } = row.record;
      const at = Number(message.offset);
      this.index.bury({ ...{ id, topic, partition, key, offset, at }, parked: row.parked, first: row.first ?? at });
    }
    if (id.startsWith(`request ${this.generation} `) && isRequest(row)) this.index.request(row);
  }

  /** The letters themselves. Most lie side by side, so one fetch brings many. */
  private async read(entries: readonly Entry[]): Promise<readonly Letter[]> {
    const found = new Map<number, Letter>();
    for (const at of entries.map((entry) => entry.at).sort((a, b) => a - b)) {
      if (found.has(at)) continue;
      const { messages } = await this.archive.view.fetch(this.table, 0, at, TABLE_ROW_BYTES);
      for (const { offset, value } of messages) {
        const row: unknown = value && JSON.parse(value.toString());
        if (isLetter(row)) found.set(Number(offset), row);
      }
    }
    // One that was released or buried again meanwhile is left out.
    return entries.flatMap(({ at }) => found.get(at) ?? []);
  }

  private async write(rows: readonly (readonly [id: string, value: string | null])[]): Promise<void> {
    if (rows.length === 0) return;
    await this.archive.appender.append(
      rows.map(([key, value]): Placed => ({ topic: this.table, partition: 0, key, headers: {}, value })),
    );
  }

  private idOf({ topic, partition, offset }: LogRecord): string {
    return `letter ${this.generation} ${topic} ${partition} ${offset}`;
  }
  private nameOf({ topic, partition, key }: Request): string {
    return `request ${this.generation} ${topic} ${partition} ${key}`;
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

const isRequest = (row: unknown): row is Request =>
  has(row, 'topic', isText) && has(row, 'partition', isNumber) && has(row, 'key', isText);
const isRecord = (value: unknown): value is LogRecord => isRequest(value) && has(value, 'offset', isNumber);
const isLetter = (row: unknown): row is Letter =>
  has(row, 'record', isRecord) && has(row, 'reason', isText) && has(row, 'parked', isFlag) && has(row, 'time', isText);
