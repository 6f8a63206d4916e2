import type { SQLInputValue } from 'node:sqlite';
import type { Bound, CheckedFilter, Term } from '../filter';
import { toText } from '../text';
import type { Statements } from './connection';
import { fieldColumn, setOf, tableOf } from './names';
import { toColumn } from './values';

/** A piece of SQL with the values of its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

/**
 * Up to so many documents it is cheaper to fetch all that hold a word (or any of some) and sort them than to walk the sort order
 * until a page is full; beyond, the word is so common that the page fills soon.
 */
const RARE = 5000;

/** `FROM … WHERE …`, the documents being `t`. */
export function fromWhere(statements: Statements, collection: string, filter: CheckedFilter): Sql {
  const rarest = rarestWords(statements, collection, filter.all);
  const parts = filter.all.map((term) => termSql(collection, term === rarest?.term ? rarest.rest : term));
  if (filter.or !== undefined)
    parts.push(either(filter.or.map((terms) => both(terms.map((term) => termSql(collection, term))))));
  const where = both(parts);
  if (rarest === undefined)
    return { text: `FROM ${tableOf(collection)} AS t WHERE ${where.text}`, values: where.values };
  // CROSS JOIN is how SQLite is told the order; the engine keeps no statistics of single words.
  const lead = `(SELECT DISTINCT doc FROM ${setOf(collection, rarest.term.path)} WHERE ${rarest.held.text}) AS lead`;
  return {
    text: `FROM ${lead} CROSS JOIN ${tableOf(collection)} AS t ON t.doc = lead.doc WHERE ${where.text}`,
    values: [...rarest.held.values, ...where.values],
  };
}

export function both(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? { text: '1', values: [] } : joined(parts, ' AND ');
}

function either(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? { text: '0', values: [] } : joined(parts, ' OR ');
}

function joined(parts: readonly Sql[], by: string): Sql {
  return { text: parts.map(({ text }) => `(${text})`).join(by), values: parts.flatMap(({ values }) => values) };
}

function termSql(collection: string, term: Term): Sql {
  switch (term.is) {
    case 'in':
      return oneOf(`t.${fieldColumn(term.path)}`, term.values.map(toColumn));
    case 'not':
      return { text: `t.${fieldColumn(term.path)} <> ?`, values: [toColumn(term.value)] };
    case 'range':
      return range(`t.${fieldColumn(term.path)}`, term.bounds);
    case 'all':
      return both([...new Set(term.values)].map((value) => holds(collection, term.path, [value])));
    case 'any':
      return holds(collection, term.path, term.values);
  }
}

/** Any of these, looked up for each document that is met. */
function holds(collection: string, path: string, words: readonly string[]): Sql {
  const { text, values } = oneOf('s.value', words.map(toText));
  return { text: `EXISTS (SELECT 1 FROM ${setOf(collection, path)} AS s WHERE ${text} AND s.doc = t.doc)`, values };
}

/** The list is filled up to a power of two with its last value, so that lists of all lengths share few statements. */
function oneOf(column: string, values: readonly SQLInputValue[]): Sql {
  const last = values.at(-1);
  if (last === undefined) return { text: '0', values: [] };
  if (values.length === 1) return { text: `${column} = ?`, values };
  const length = 2 ** Math.ceil(Math.log2(values.length));
  const filled = [...values, ...Array.from({ length: length - values.length }, () => last)];
  return { text: `${column} IN (${filled.map(() => '?').join(',')})`, values: filled };
}

const OPERATOR = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** A range of numbers holds numbers only and one of strings strings only, though a column may hold both: see `toColumn`. */
function range(column: string, bounds: readonly Bound[]): Sql {
  const strings = bounds.filter(({ value }) => typeof value === 'string').length;
  if (strings > 0 && strings < bounds.length) return { text: '0', values: [] };
  const parts = bounds.map(({ than, value }) => ({ text: `${column} ${OPERATOR[than]} ?`, values: [toColumn(value)] }));
  const fence = (text: string) => parts.push({ text: `${column} ${text}`, values: [] });
  // Only on the open side: beside a real bound, the engine might take the fence as the place to begin.
  if (!bounds.some(({ than }) => than === 'gt' || than === 'gte')) fence(strings > 0 ? `>= ''` : '> -9e999');
  if (!bounds.some(({ than }) => than === 'lt' || than === 'lte')) fence(strings > 0 ? `< x''` : `< ''`);
  return both(parts);
}

interface Rarest {
  readonly term: Words;
  readonly held: Sql;
  readonly documents: number;
  /** What is left to be asked of the documents that hold them. */
  readonly rest: Words;
}
type Words = Extract<Term, { readonly is: 'all' | 'any' }>;

const others = ({ values }: Words, words: readonly string[]): readonly string[] =>
  values.filter((word) => !words.includes(word));

/** What the fewest documents hold, of all that is asked for, where they are few. */
function rarestWords(statements: Statements, collection: string, terms: readonly Term[]) {
  let rarest: Rarest | undefined;
  for (const term of terms) {
    if (term.is !== 'all' && term.is !== 'any') continue;
    for (const words of term.is === 'any' ? [term.values] : term.values.map((word) => [word])) {
      const held = oneOf('value', words.map(toText));
      const sql = `SELECT count(*) AS documents FROM (SELECT 1 FROM ${setOf(collection, term.path)} WHERE ${held.text} LIMIT ?)`;
      const row = statements.get(sql, ...held.values, (rarest?.documents ?? RARE) + 1);
      const documents = Number(row?.documents);
      if (documents <= RARE && documents < (rarest?.documents ?? Infinity))
        rarest = { term, held, documents, rest: { ...term, is: 'all', values: others(term, words) } };
    }
  }
  return rarest;
}
