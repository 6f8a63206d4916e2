import { readField, readSet, sealed } from '../document';
import { Duplicate, type Document, type Outgoing, type Scalar } from '../port';
import { fromText, toText } from '../text';

/**
 * How a document is kept. Its JSON is opaque text, so that every key, number and order in it comes back as it was;
 * beside it stand the declared fields and sets, which is all that MongoDB is asked about (ADR 0017).
 */
export interface Stored {
  /** The document's id. */
  readonly _id: string;
  readonly version?: string;
  readonly body?: string;
  /** For which layout the fields and sets were filled. */
  readonly layout?: string;
  /** Messages not yet settled, in the order in which they leave. Absent, never empty: unique indexes may count an empty list. */
  readonly outgoing?: readonly Waiting[];
  /** The document was removed; its record stays until its messages are settled. Then it has no other key than these. */
  readonly gone?: true;
  readonly [field: `f:${string}`]: string | number | boolean;
  readonly [set: `s:${string}`]: readonly string[];
}
/** What is read of it to give the document back. */
export type Shown = Pick<Stored, '_id' | 'version' | 'body'>;
export interface Waiting {
  readonly id: string;
  readonly place: string;
  readonly message: string;
}

/** Keys of the record. No path holds a slash, and MongoDB takes a dot for a step into an object. */
export const fieldKey = (path: string): `f:${string}` => `f:${path.replaceAll('.', '/')}`;
export const setKey = (path: string): `s:${string}` => `s:${path.replaceAll('.', '/')}`;

/** The path that a key of a unique index is for, as `Duplicate` names it. */
export function pathOf(key: string): string {
  if (key === '_id') return 'id';
  if (key.startsWith('s:')) return key.slice(2).replaceAll('/', '.');
  return key.replace(/\..*/, '');
}

/**
 * MongoDB's order is ours: numbers < strings (by code point) < booleans. Null is -infinity, which no JSON number can be:
 * MongoDB's own null is also what a removed document's record has where it has nothing.
 */
export function toStored(value: Scalar): string | number | boolean {
  if (value === null) return -Infinity;
  return typeof value === 'string' ? toText(value) : value;
}

export function fromStored(value: unknown): Scalar {
  if (typeof value === 'string') return fromText(value);
  if (typeof value === 'boolean' || (typeof value === 'number' && value !== -Infinity)) return value;
  return null;
}

/** Which fields and sets a record has beside its text; `token` is another one for every change of that. */
export interface Layout {
  readonly token: string;
  readonly fields: readonly string[];
  readonly sets: readonly string[];
}

/** What is found of a document, and which keys it has not. A set without strings has no key: sparse indexes pass over it. */
export function columnsOf(layout: Layout, document: Document) {
  const sets = layout.sets.map((path) => [setKey(path), readSet(document, path).map(toText)] as const);
  const columns: Partial<Stored> = {
    ...Object.fromEntries(layout.fields.map((path) => [fieldKey(path), toStored(readField(document, path))])),
    ...Object.fromEntries(sets.filter(([, strings]) => strings.length > 0)),
    layout: layout.token,
  };
  const absent = sets.filter(([, strings]) => strings.length === 0).map(([key]) => [key, ''] as const);
  return { columns, absent: Object.fromEntries(absent) };
}

/** The messages of one save. */
export function waitingFrom(outgoing: readonly Outgoing[], place: string): readonly Waiting[] {
  const ids = new Set<string>();
  return outgoing.map((one) => {
    const { id, message } = sealed(one);
    if (ids.has(id)) throw new Duplicate('outgoing', id);
    ids.add(id);
    return { id: toText(id), place, message };
  });
}
