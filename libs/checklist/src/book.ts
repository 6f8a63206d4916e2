import {
  change,
  each,
  type Collection,
  type CollectionDefinition,
  type Database,
  type Document,
} from '@chuanyu/collections';
import { topics } from '@chuanyu/contracts';
import type { CaseDocument } from '@chuanyu/engine';
import { eachRecord, type EventLog } from '@chuanyu/event-log';
import type { CountsStatement } from '@chuanyu/service';
import type { KeptCounts } from './counts';
import { entryOf, type Entry } from './entry';

const entries: CollectionDefinition = { name: 'coordination.checklist', fields: ['workflow'], sets: {} };
const counts: CollectionDefinition = { name: 'coordination.checklist-counts', fields: [], sets: {} };
const PAGE = 500;

/**
 * The read model of the checklist: an entry of each case that it is made of, and the latest counts of each province and
 * domain. Both can be made again from nothing, from the cases and from the log, and then are what they were.
 */
export class ChecklistBook {
  private constructor(
    readonly entries: Collection<Entry>,
    readonly counts: Collection<KeptCounts>,
    /** The cases that entries are made of. */
    private readonly cases: Collection<CaseDocument>,
    private readonly log: Pick<EventLog, 'read'>,
  ) {}

  static async open(
    database: Database,
    cases: Collection<CaseDocument>,
    log: Pick<EventLog, 'read'>,
  ): Promise<ChecklistBook> {
    return new ChecklistBook(
      await database.collection<Entry>(entries),
      await database.collection<KeptCounts>(counts),
      cases,
      log,
    );
  }

  /** A case was saved: looks at it as it is now. `again` also where its chain has not grown since. */
  async look(id: string, again = false): Promise<boolean> {
    const kept = await this.cases.get(id);
    const entry = kept && entryOf(kept.document);
    if (entry)
      await put(
        this.entries,
        entry,
        ({ sequence }) => sequence < entry.sequence || (again && sequence === entry.sequence),
      );
    return entry !== undefined;
  }
  /** The latest statement of a province and domain replaces the one before; an earlier one that comes again changes nothing. */
  async hear(statement: CountsStatement): Promise<void> {
    const { province, domain, time, counts: rows } = statement;
    const made: KeptCounts = { id: `${province} ${domain}`, statement: { province, domain, time, counts: rows } };
    await put(this.counts, made, (known) => known.statement.time <= time);
  }

  async all(): Promise<{ readonly entries: readonly Entry[]; readonly statements: readonly CountsStatement[] }> {
    const [cases, said] = await Promise.all([everything(this.entries), everything(this.counts)]);
    return { entries: cases, statements: said.map(({ statement }) => statement) };
  }

  /**
   * Makes everything again, from whatever is there or from nothing, while it is read and written: entries from the cases,
   * counts from the beginning of the topic.
   */
  async rebuild(): Promise<{ readonly entries: number; readonly statements: number }> {
    const made = new Set<string>();
    for await (const { document } of each(this.cases, { limit: PAGE }))
      if (await this.look(document.id, true)) made.add(document.id);
    for await (const { document } of each(this.entries, { limit: PAGE }))
      if (!made.has(document.id)) await this.forget(document.id);
    let heard = 0;
    for await (const { value } of eachRecord(this.log, topics.counts)) {
      if (isStatement(value)) await this.hear(value);
      heard += 1;
    }
    return { entries: made.size, statements: heard };
  }
  /** An entry whose case is no longer one of the checklist, or never was. */
  private async forget(id: string): Promise<void> {
    const [kept, source] = [await this.entries.get(id), await this.cases.get(id)];
    if (kept && !(source && entryOf(source.document))) await this.entries.remove(id, kept.version);
  }
}
export const isStatement = (value: unknown): value is CountsStatement =>
  typeof value === 'object' &&
  value !== null &&
  'province' in value &&
  typeof value.province === 'string' &&
  'domain' in value &&
  typeof value.domain === 'string' &&
  'time' in value &&
  typeof value.time === 'string' &&
  'counts' in value &&
  Array.isArray(value.counts);

/** Safe twice and at once: what is newer stays. */
const put = async <T extends Document>(
  into: Collection<T>,
  made: T,
  replaces: (known: T) => boolean,
): Promise<void> => {
  await change(into, made.id, (known) => (known && !replaces(known) ? undefined : made));
};
const everything = async <T extends Document>(of: Collection<T>): Promise<readonly T[]> =>
  Array.fromAsync(each(of, { limit: PAGE }), ({ document }) => document);
