import type { Position } from '../cursor';
import type { Bound, CheckedFilter, Term } from '../filter';
import type { Query } from '../port';
import { toText } from '../text';
import { fieldKey, setKey, toStored } from './record';

/** A filter of MongoDB. Only terms that were checked become one, their values always below an operator of ours. */
export interface Conditions {
  readonly [column: `f:${string}` | `s:${string}`]: Readonly<Record<`$${string}`, unknown>>;
  readonly _id?: string | { readonly $gt: string } | { readonly $lt: string } | { readonly $in: string[] };
  readonly version?: { readonly $exists: true };
  readonly $and?: Conditions[];
  readonly $or?: Conditions[];
}

const NOTHING: Conditions = { _id: { $in: [] } };

/** The records of the documents that fit. */
export function conditionsOf(filter: CheckedFilter): Conditions {
  const parts = filter.all.flatMap(termConditions);
  // What a removed document left has no fields and no sets, so a term on one passes over it by the index alone.
  if (parts.length === 0) parts.push({ version: { $exists: true } });
  if (filter.or !== undefined) parts.push(either(filter.or.map((terms) => both(terms.flatMap(termConditions)))));
  return both(parts);
}

/** What comes after a position, in the order null < numbers < strings < booleans; equal ones by id. */
export function beyond(sort: Query['sort'], { value, id }: Position): Conditions {
  const falls = sort?.order === 'descending';
  const later = { _id: falls ? { $lt: toText(id) } : { $gt: toText(id) } };
  if (sort === undefined) return later;
  const key = fieldKey(sort.by);
  const stored = toStored(value);
  const own = TYPES.findIndex(({ type }) => type === typeof stored);
  // MongoDB compares within one type only.
  const types = falls ? TYPES.slice(0, own) : TYPES.slice(own + 1);
  return either([
    { [key]: falls ? { $lt: stored } : { $gt: stored } },
    ...types.map(({ from }) => ({ [key]: { $gte: from } })),
    { [key]: { $eq: stored }, ...later },
  ]);
}

export function both(parts: Conditions[]): Conditions {
  const [only, ...others] = parts;
  if (only === undefined) return {};
  return others.length === 0 ? only : { $and: parts };
}

function either(parts: Conditions[]): Conditions {
  return parts.length === 0 ? NOTHING : { $or: parts };
}

/** The types of stored fields in their order, each with its first value. */
const TYPES = [
  { type: 'number', from: -Infinity },
  { type: 'string', from: '' },
  { type: 'boolean', from: false },
] as const;

function termConditions(term: Term): Conditions[] {
  switch (term.is) {
    case 'in':
      return [{ [fieldKey(term.path)]: { $in: term.values.map(toStored) } }];
    case 'not':
      // Null, to MongoDB, is what is not there.
      return [{ [fieldKey(term.path)]: { $nin: [toStored(term.value), null] } }];
    case 'range':
      return [range(fieldKey(term.path), term.bounds)];
    case 'all':
      return term.values.length === 0 ? [] : [{ [setKey(term.path)]: { $all: [...new Set(term.values)].map(toText) } }];
    case 'any':
      return [{ [setKey(term.path)]: { $in: term.values.map(toText) } }];
  }
}

/** A range of numbers holds numbers only and one of strings strings only, as MongoDB has it too; but null is no number. */
function range(key: string, bounds: readonly Bound[]): Conditions {
  const strings = bounds.filter(({ value }) => typeof value === 'string').length;
  if (strings > 0 && strings < bounds.length) return NOTHING;
  const limits = Object.fromEntries(bounds.map(({ than, value }) => [`$${than}`, toStored(value)]));
  const open = strings === 0 && !bounds.some(({ than }) => than === 'gt' || than === 'gte');
  return { [key]: open ? { ...limits, $gt: -Infinity } : limits };
}
