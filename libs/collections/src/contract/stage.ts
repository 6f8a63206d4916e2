import { eachPage } from '../each';
import type { Collection, CollectionDefinition, Database, Filter, Outgoing, Page, Query, Scalar } from '../port';

/** What an adapter gives the suite. */
export interface Opened {
  readonly database: Database;
  /** Closes the database and opens the same data again. */
  reopen?(): Promise<Database>;
  /** Closes what is open and removes the data. */
  dispose(): Promise<void>;
}

export interface CaseFile {
  readonly id: string;
  readonly state?: Scalar;
  readonly unit?: Scalar;
  readonly rank?: Scalar;
  readonly person?: { readonly name?: Scalar };
  readonly claims?: readonly string[];
  readonly words?: readonly string[];
  readonly note?: unknown;
}

export const CASES: Omit<CollectionDefinition, 'name'> = {
  fields: ['state', 'unit', 'rank', 'person.name'],
  sets: { claims: { unique: true }, words: { unique: false } },
  indexes: [['unit', 'state', 'rank']],
};

/** One database for all tests of a suite, a collection of its own for each. */
export class Stage {
  private opened: Opened | undefined;
  private made = 0;

  constructor(readonly open: () => Promise<Opened>) {}

  async begin(): Promise<void> {
    this.opened = await this.open();
  }
  async end(): Promise<void> {
    await this.opened?.dispose();
  }
  get database(): Database {
    if (this.opened === undefined) throw new Error('the stage is not open');
    return this.opened.database;
  }
  collection(definition: Partial<CollectionDefinition> = {}): Promise<Collection<CaseFile>> {
    this.made += 1;
    return this.database.collection<CaseFile>({ name: `contract.case-${this.made}`, ...CASES, ...definition });
  }
}

export function aMessage(id: string, more: Partial<Outgoing> = {}): Outgoing {
  return { id, topic: 'prison.events', key: `case of ${id}`, value: { says: id }, ...more };
}

export const idsOf = (page: Page<CaseFile>): string[] => page.items.map(({ document }) => document.id);

/** The ids that a filter finds, in the order of ids. */
export async function found(
  cases: Collection<CaseFile>,
  filter: Filter['where'],
  or?: Filter['or'],
): Promise<string[]> {
  const page = await cases.find({ filter: or === undefined ? { where: filter } : { where: filter, or }, limit: 1000 });
  return idsOf(page);
}

/** Every page of a list, from the first to the last. */
export async function pages(
  cases: Collection<CaseFile>,
  query: Query,
  between: () => Promise<unknown> = async () => undefined,
) {
  const all: string[][] = [];
  for await (const page of eachPage((from) => cases.find({ ...query, ...from }))) {
    all.push(idsOf(page));
    await between();
  }
  return all;
}

export async function fill(cases: Collection<CaseFile>, files: readonly CaseFile[]): Promise<void> {
  await Promise.all(files.map((file) => cases.insert(file)));
}
