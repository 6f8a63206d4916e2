/**
 * The Collection port: documents with a version, found by declared fields, and messages that leave in the order
 * in which their documents were saved. It is as small as the platform needs; SQLite and MongoDB both stand behind it.
 */

/** A JSON document with an id of its own choosing. */
export interface Document {
  readonly id: string;
}
export type Scalar = string | number | boolean | null;

/** What a collection is called and what may be asked of it. Paths are dotted; everything else in a document is opaque. */
export interface CollectionDefinition {
  /** e.g. `prison.cases`; letters, digits, `.` and `-`. */
  readonly name: string;
  /** Paths of scalars that filters and sorts may name; each is indexed unless said below. Absent counts as null. */
  readonly fields: readonly string[];
  /** Fields that are only compared beside others: an index of their own would cost every save and find nothing. */
  readonly unindexed?: readonly string[];
  /** Paths of string arrays that filters may name. In a unique one no two documents may hold the same string. */
  readonly sets: Readonly<Record<string, { readonly unique: boolean }>>;
  /** Compound indexes, each a list of declared fields. */
  readonly indexes?: readonly (readonly string[])[];
}

/** On a field: a scalar, one of several, not, or a range. On a set: all of, or any of. */
export type Condition =
  | Scalar
  | { readonly in: readonly Scalar[] }
  | { readonly not: Scalar }
  | {
      readonly gt?: string | number;
      readonly gte?: string | number;
      readonly lt?: string | number;
      readonly lte?: string | number;
    }
  | { readonly all: readonly string[] }
  | { readonly any: readonly string[] };
/** All conditions hold, and, where `or` is given, at least one of its filters. An undeclared field throws. */
export interface Filter {
  readonly where: Readonly<Record<string, Condition>>;
  readonly or?: readonly Readonly<Record<string, Condition>>[];
}

export interface Query {
  readonly filter?: Filter;
  /** By a declared field, ties broken by id; by id where absent. */
  readonly sort?: { readonly by: string; readonly order: 'ascending' | 'descending' };
  /** 1 to 1000. */
  readonly limit: number;
  /** The `next` of the page before; opaque. One that was not made by this collection throws `BadCursor`. */
  readonly after?: string;
}
export interface Page<T> {
  readonly items: readonly Kept<T>[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface ValuesQuery {
  readonly filter?: Filter;
  /** 1 to 1000. */
  readonly limit: number;
  /** The `next` of the page before: its last id. */
  readonly after?: string;
}
export interface ValuesPage {
  /** `values` in the order of the paths asked for. */
  readonly items: readonly { readonly id: string; readonly values: readonly Scalar[] }[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A document as it is kept, with the unique token of this very version (never a counter). */
export interface Kept<T> {
  readonly document: T;
  readonly version: string;
}

/** A message saved in the same single write as its document, for the relay to put on the log. */
export interface Outgoing {
  /** Unique; settling names it. */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  /** Only where a message must go to a partition of its own (a fence); otherwise the key decides. */
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly value: unknown;
}

export interface Collection<T extends Document> {
  readonly definition: CollectionDefinition;
  /** Throws `Duplicate` where the id or a unique string is taken, `TooLarge` above 15 MB at the least. Durable when resolved. */
  insert(document: T, outgoing?: readonly Outgoing[]): Promise<Kept<T>>;
  get(id: string): Promise<Kept<T> | undefined>;
  /** Throws `VersionConflict` where the stored version is another one (or gone), `Duplicate` as insert does; then nothing is written. */
  replace(document: T, version: string, outgoing?: readonly Outgoing[]): Promise<Kept<T>>;
  /** Removes the document at this version; messages not yet settled still leave. */
  remove(id: string, version: string): Promise<void>;
  find(query: Query): Promise<Page<T>>;
  /** Of each document that the filter finds, by id, its id and these declared fields; the document itself is not read. */
  values(paths: readonly string[], query: ValuesQuery): Promise<ValuesPage>;
  count(filter?: Filter): Promise<number>;
  /** How many documents have each combination of values of these declared fields. */
  tally(
    by: readonly string[],
    filter?: Filter,
  ): Promise<readonly { readonly values: readonly Scalar[]; readonly count: number }[]>;
  /** Messages not yet settled, oldest save first and in order within a document; at most `limit`. */
  pending(limit: number): Promise<readonly Outgoing[]>;
  /** Forgets messages that the log has; unknown ids are ignored. A power cut may bring the last of them back: they leave twice. */
  settle(ids: readonly string[]): Promise<void>;
  /** Calls back (in this process) soon after a save that brought messages. Returns how to stop. */
  onOutgoing(listener: () => void): () => void;
}

/** One database: a set of collections that are opened and closed together. */
export interface Database {
  /** Creates what is missing (tables, indexes). The same definition may be opened again. */
  collection<T extends Document>(definition: CollectionDefinition): Promise<Collection<T>>;
  /** Drops the collection and its messages. */
  drop(name: string): Promise<void>;
  /** Throws `Unavailable` when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The id or one of the unique strings is held by another document. */
export class Duplicate extends Error {
  constructor(
    /** `id`, or the path of the unique set. */
    readonly path: string,
    /** The string that is taken, where the engine says it. */
    readonly value?: string,
  ) {
    super(`duplicate ${path}`);
    this.name = 'Duplicate';
  }
}
/** Someone else saved the document first, or it is gone. */
export class VersionConflict extends Error {
  constructor(readonly id: string) {
    super('the document has another version');
    this.name = 'VersionConflict';
  }
}
export class BadCursor extends Error {
  constructor() {
    super('not a cursor of this list');
    this.name = 'BadCursor';
  }
}
/** The store does not answer; the same call may succeed later. */
export class Unavailable extends Error {
  constructor(cause: unknown) {
    super('the database does not answer', { cause });
    this.name = 'Unavailable';
  }
}
/** The document, with its messages that still wait, is more than the engine keeps in one piece. Nothing was saved. */
export class TooLarge extends Error {
  constructor(options?: ErrorOptions) {
    super('the document is larger than the database keeps', options);
    this.name = 'TooLarge';
  }
}
