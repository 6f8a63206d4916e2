import type { Claim, Facts } from '../workflow/notation';
import { claimOf } from './claims';
import { NotHeld, type Context } from './context';
import type { CaseDocument } from './document';

/** So many are offered. */
const OFFERED = 3;
/** So many are looked at first: they are mostly enough, and what comes after them need not be worked out. Then four times as many, and so on. */
const AT_FIRST = 32;

/**
 * The first three of these forms with which every claim of this side would find a key that no other case holds. One look
 * per claim for them all, or for as many as it takes. A hint: whoever saves first wins, whatever was offered to others.
 */
export const freeForms = <T extends object>(
  document: CaseDocument,
  context: Context,
  candidates: Iterable<T>,
  factsWith: (candidate: T) => Facts,
): readonly T[] => {
  const found: T[] = [];
  for (const some of inPortions(candidates)) {
    found.push(...freeAmong(document, context, some, factsWith));
    if (found.length >= OFFERED) break;
  }
  return found.slice(0, OFFERED);
};
function* inPortions<T>(all: Iterable<T>): Generator<readonly T[]> {
  let some: T[] = [];
  let size = AT_FIRST;
  for (const each of all) {
    some.push(each);
    if (some.length < size) continue;
    yield some;
    some = [];
    size *= 4;
  }
  if (some.length > 0) yield some;
}
const freeAmong = <T extends object>(
  document: CaseDocument,
  context: Context,
  candidates: readonly T[],
  factsWith: (candidate: T) => Facts,
): readonly T[] => {
  let left = candidates.map((form) => ({ form, facts: factsWith(form) }));
  for (const [index, claim] of context.workflow.claims.entries()) {
    if (claim.side !== document.side || left.length === 0) continue;
    const wanted = left.map((each) => ({
      each,
      keys: keysIn(claim, each.facts)?.map((key) => claimOf(context, index, key)),
    }));
    const held = context.held([...new Set(wanted.flatMap(({ keys }) => keys ?? []))]);
    const isFree = (key: string) => !held.has(key) && !context.taken.has(key);
    left = wanted.filter(({ keys }) => keys === undefined || keys.some(isFree)).map(({ each }) => each);
  }
  return left.map(({ form }) => form);
};
/** Undefined where the case has not brought yet what the claim is made of. */
const keysIn = (claim: Claim<string>, facts: Facts): readonly string[] | undefined => {
  try {
    return claim.keys(facts);
  } catch (error) {
    if (error instanceof NotHeld) return undefined;
    throw error;
  }
};
