import { Duplicate, VersionConflict, type Collection, type Database, type Kept, type Page } from '@chuanyu/collections';
import { canonical, Refusal, type JsonObject } from '@chuanyu/contracts';
import { queryTokens, tokens, type Clock } from '@chuanyu/reference';
import {
  importsOf,
  pastRecordsOf,
  recordId,
  recordsOf,
  type KeptImport,
  type KeptRecord,
  type PastRecord,
} from './collections';
import { RegisterImports } from './imports';

/** Which record, of which unit's register. */
export interface Place {
  readonly register: string;
  readonly unit: string;
  readonly key: string;
}
export interface Wanted {
  readonly register: string;
  readonly units: readonly string[];
  readonly q?: string;
  readonly limit: number;
  readonly after?: string;
}
/** Undefined: it is to stay as it is. */
type Make = (before: KeptRecord | undefined) => Omit<KeptRecord, 'id' | 'at' | 'revision' | 'words'> | undefined;

/** The registers of one domain: each unit's own records, with every earlier version of each. */
export class RegisterBook {
  readonly imports: RegisterImports;
  private constructor(
    private readonly records: Collection<KeptRecord>,
    private readonly past: Collection<PastRecord>,
    imports: Collection<KeptImport>,
    private readonly clock: Clock,
  ) {
    this.imports = new RegisterImports(this, imports, clock);
  }
  static async open(database: Database, domain: string, clock: Clock): Promise<RegisterBook> {
    return new RegisterBook(
      await database.collection<KeptRecord>(recordsOf(domain)),
      await database.collection<PastRecord>(pastRecordsOf(domain)),
      await database.collection<KeptImport>(importsOf(domain)),
      clock,
    );
  }

  /** What rules look up. */
  async find({ register, unit, key }: Place): Promise<JsonObject | undefined> {
    await this.imports.finish(register, unit);
    const kept = await this.records.get(recordId(register, unit, key));
    return kept && !kept.document.removed ? kept.document.record : undefined;
  }
  /** By its id; a removed one too. */
  async get(id: string): Promise<Kept<KeptRecord> | undefined> {
    const kept = await this.records.get(id);
    if (!kept) return undefined;
    await this.imports.finish(kept.document.register, kept.document.unit);
    return this.records.get(id);
  }
  /** By key; never half of an import: one that came while the page was read is finished, and the page read again. */
  async list({ register, units, q = '', limit, after }: Wanted): Promise<Page<KeptRecord>> {
    const words = queryTokens(q);
    if (q.trim() !== '' && words.length === 0) return { items: [] };
    for (;;) {
      for (const unit of units) await this.imports.finish(register, unit);
      const page = await this.records.find({
        filter: { where: { register, unit: { in: units }, removed: false, words: { all: words } } },
        sort: { by: 'key', order: 'ascending' },
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const waiting = await Promise.all(units.map((unit) => this.imports.isWaiting(register, unit)));
      if (!waiting.includes(true)) return page;
    }
  }
  /** Those of these keys that a unit's register has, by key. */
  async known(register: string, unit: string, keys: readonly string[]): Promise<ReadonlyMap<string, KeptRecord>> {
    const found = new Map<string, KeptRecord>();
    for (let at = 0; at < keys.length; at += 500) {
      const key = { in: keys.slice(at, at + 500) };
      const { items } = await this.records.find({ filter: { where: { register, unit, key } }, limit: 500 });
      for (const { document } of items) if (!document.removed) found.set(document.key, document);
    }
    return found;
  }
  /** How many records each of these units keeps in a register; units that keep none are left out. */
  async count(register: string): Promise<ReadonlyMap<string, number>> {
    const counted = await this.records.tally(['unit'], { where: { register, removed: false } });
    return new Map(counted.map(({ values: [unit], count }) => [String(unit), count]));
  }
  /** Earlier versions, the latest first; at most so many. */
  async history(id: string, limit: number): Promise<readonly KeptRecord[]> {
    const page = await this.past.find({
      filter: { where: { of: id } },
      sort: { by: 'revision', order: 'descending' },
      limit,
    });
    return page.items.map(({ document }) => document.was);
  }

  /** Keeps a record where there is none under its key; the same again is no change. */
  async add(place: Place, record: JsonObject, by: string): Promise<Kept<KeptRecord>> {
    await this.imports.finish(place.register, place.unit);
    return this.change(place, undefined, (before) => {
      if (before && !before.removed) {
        if (canonical(before.record) === canonical(record)) return undefined;
        throw new Refusal(
          'not-possible',
          '台账中已有这一条，请在原有记录上修改',
          { possible: [{ id: before.id }] },
          'There is such a record already',
        );
      }
      return { ...place, record, by, removed: false, change: 'put', imported: before?.imported ?? 0 };
    });
  }
  /** Replaces a record that the officer has read at this version. */
  async put(place: Place, version: string, record: JsonObject, by: string): Promise<Kept<KeptRecord>> {
    await this.imports.finish(place.register, place.unit);
    return this.change(place, version, (before) => {
      if (before && canonical(before.record) === canonical(record)) return undefined;
      return { ...place, record, by, removed: false, change: 'put', imported: before?.imported ?? 0 };
    });
  }
  async remove(place: Place, version: string, by: string): Promise<Kept<KeptRecord>> {
    await this.imports.finish(place.register, place.unit);
    return this.change(place, version, (before) =>
      before && !before.removed ? { ...before, by, removed: true, change: 'remove' } : undefined,
    );
  }
  /** One row of an import; done before, or overtaken by a later import, it changes nothing. */
  async apply(place: Place, record: JsonObject, { n, by }: Pick<KeptImport, 'n' | 'by'>): Promise<void> {
    await this.change(place, undefined, (before) =>
      (before?.imported ?? 0) >= n
        ? undefined
        : { ...place, record, by, removed: false, change: 'import', imported: n },
    );
  }

  /** First into the history, then in its place: a crash in between loses nothing. */
  private async change(place: Place, version: string | undefined, make: Make): Promise<Kept<KeptRecord>> {
    const id = recordId(place.register, place.unit, place.key);
    for (;;) {
      const kept = await this.records.get(id);
      if (version !== undefined && kept?.version !== version) throw stale(kept?.version);
      const made = make(kept?.document);
      if (!made && kept) return kept;
      if (!made) throw new Error(`${id} is not there`);
      const next: KeptRecord = {
        ...made,
        id,
        at: this.clock.now(),
        revision: (kept?.document.revision ?? 0) + 1,
        words: wordsOf(made.record),
      };
      try {
        if (!kept) return await this.records.insert(next);
        await this.remember(kept.document);
        return await this.records.replace(next, kept.version);
      } catch (error) {
        if (!(error instanceof VersionConflict) && !(error instanceof Duplicate)) throw error;
      }
    }
  }
  private async remember(was: KeptRecord): Promise<void> {
    try {
      await this.past.insert({ id: `${was.id}/${was.revision}`, of: was.id, revision: was.revision, was });
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
  }
}

const stale = (version: string | undefined): Refusal =>
  new Refusal(
    'stale-version',
    '您打开之后该记录已有变化，请核对最新内容后再改',
    { version },
    'The record has changed since it was read',
  );
const wordsOf = (record: JsonObject): readonly string[] => tokens(JSON.stringify(Object.values(record)));
