import type { Shape } from './definition';
import { isScalar } from './document';
import type { Condition, Filter, Query, Scalar } from './port';

/** A condition that was checked against the definition, in the few forms that an adapter must translate. */
export type Term =
  | { readonly is: 'in'; readonly path: string; readonly values: readonly Scalar[] }
  | { readonly is: 'not'; readonly path: string; readonly value: Scalar }
  | { readonly is: 'range'; readonly path: string; readonly bounds: readonly Bound[] }
  | { readonly is: 'all' | 'any'; readonly path: string; readonly values: readonly string[] };
export interface Bound {
  readonly than: 'gt' | 'gte' | 'lt' | 'lte';
  readonly value: string | number;
}
/** Every term of `all` holds and, where `or` is given, every term of at least one of its lists. */
export interface CheckedFilter {
  readonly all: readonly Term[];
  readonly or?: readonly (readonly Term[])[];
}

/** Throws `TypeError` where the filter names what is not declared or says something else than a condition. */
export function checkFilter(shape: Shape, filter: Filter | undefined): CheckedFilter {
  if (filter === undefined) return { all: [] };
  const all = terms(shape, filter.where);
  return filter.or === undefined ? { all } : { all, or: filter.or.map((where) => terms(shape, where)) };
}

/** Throws `RangeError` for a limit outside of 1 to 1000, `TypeError` for an undeclared sort. */
export function checkPage(shape: Shape, query: Query): void {
  checkLimit(query);
  if (query.sort === undefined) return;
  checkFields(shape, [query.sort.by]);
  if (query.sort.order !== 'ascending' && query.sort.order !== 'descending') {
    throw new TypeError('order must be ascending or descending');
  }
}

/** Throws `RangeError` for a limit outside of 1 to 1000. */
export function checkLimit({ limit }: { readonly limit: number }): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new RangeError('limit must be a whole number from 1 to 1000');
  }
}

export function checkFields(shape: Shape, paths: readonly string[]): void {
  for (const path of paths) {
    if (!shape.fields.has(path)) throw new TypeError(`not a declared field of ${shape.name}: ${path}`);
  }
}

function terms(shape: Shape, where: Readonly<Record<string, Condition>>): Term[] {
  return Object.entries(where).map(([path, condition]) => {
    if (shape.fields.has(path)) return fieldTerm(path, condition);
    if (shape.sets.has(path)) return setTerm(path, condition);
    throw new TypeError(`neither a declared field nor a set of ${shape.name}: ${path}`);
  });
}

function fieldTerm(path: string, condition: Condition): Term {
  if (isScalar(condition)) return { is: 'in', path, values: [comparable(path, condition)] };
  const [form, ...others] = operators(path, condition);
  if (others.length === 0 && form?.[0] === 'in' && Array.isArray(form[1])) {
    return { is: 'in', path, values: form[1].map((value) => comparable(path, value)) };
  }
  if (others.length === 0 && form?.[0] === 'not') return { is: 'not', path, value: comparable(path, form[1]) };
  return { is: 'range', path, bounds: operators(path, condition).map(([than, value]) => bound(path, than, value)) };
}

function setTerm(path: string, condition: Condition): Term {
  const [form, ...others] = isScalar(condition) ? [] : operators(path, condition);
  if (form === undefined || others.length > 0) throw unclear(path);
  const [is, values] = form;
  if ((is !== 'all' && is !== 'any') || !Array.isArray(values)) throw unclear(path);
  return {
    is,
    path,
    values: values.map((value: unknown) => {
      if (typeof value !== 'string') throw unclear(path);
      return value;
    }),
  };
}

/** An empty or undefined condition is refused: dropping it would silently show more than was asked for. */
function operators(path: string, condition: unknown): [string, unknown][] {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) throw unclear(path);
  const found: [string, unknown][] = Object.entries(condition);
  if (found.length === 0) throw unclear(path);
  return found;
}

function bound(path: string, than: string, value: unknown): Bound {
  if (than !== 'gt' && than !== 'gte' && than !== 'lt' && than !== 'lte') throw unclear(path);
  if (typeof value === 'string') return { than, value };
  if (typeof value === 'number' && Number.isFinite(value)) return { than, value };
  throw unclear(path);
}

/** No document holds NaN or infinity (JSON has neither), so asking for one is a mistake. */
function comparable(path: string, value: unknown): Scalar {
  if (!isScalar(value) || (typeof value === 'number' && !Number.isFinite(value))) throw unclear(path);
  return value;
}

function unclear(path: string): TypeError {
  return new TypeError(`not a condition on ${path}`);
}
