import { Refusal } from '@chuanyu/contracts';
import type { Claim, Facts } from '../workflow/notation';
import type { Step } from '../workflow/workflow';
import type { Context } from './context';
import type { CaseDocument } from './document';

/**
 * What only one case may hold, as strings in the case document under one unique index. Claims live in the province that
 * owns what is claimed and follow from its own steps; an event of the other side lets go of them, and never takes one.
 */
const prefix = (index: number) => `${index}`;
export const claimOf = (context: Context, index: number, key: string): string =>
  `${context.workflow.id}#${prefix(index)} ${key}`;
export const numberClaim = (number: string): string => `number ${number}`;
const isNumber = (claim: string): boolean => claim.startsWith('number ');

/** A case that rests keeps what it holds: it comes back to it. */
const isDuring = ({ head }: CaseDocument, during: Claim<string>['during']): boolean =>
  during.includes(head.resting?.state ?? head.state ?? '');

/** Claims still held where the case stands now. */
export const keepClaims = (document: CaseDocument, context: Context): string[] => {
  const { workflow } = context;
  const held = (claim: string) =>
    isNumber(claim) ||
    workflow.claims.some(
      ({ during, side }, index) =>
        side === document.side && claim.startsWith(`${workflow.id}#${prefix(index)} `) && isDuring(document, during),
    );
  return document.claims.filter(held);
};

/** What each claim that this side holds is made of as the case stands; undefined where it holds nothing of it. */
export const keysHeld = (
  document: CaseDocument,
  context: Context,
  facts: Facts,
): readonly (readonly string[] | undefined)[] =>
  context.workflow.claims.map((claim, index) =>
    claim.side === document.side && isDuring(document, claim.during) && heldOf(document, context, index).length > 0
      ? claim.keys(facts)
      : undefined,
  );
/** The first claim that is made of something else in the one than in the other. */
export const changedClaim = (
  context: Context,
  before: ReturnType<typeof keysHeld>,
  after: ReturnType<typeof keysHeld>,
): Claim<string> | undefined =>
  context.workflow.claims.find((_, index) => {
    const keys = before[index];
    return keys !== undefined && !isSame(after[index], keys);
  });
const heldOf = (document: CaseDocument, context: Context, index: number): readonly string[] =>
  document.claims.filter((each) => each.startsWith(claimOf(context, index, '')));
const isSame = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
  a?.length === b.length && a.every((key, at) => key === b[at]);

/**
 * Claims after a step of this side: where it changes nothing of what is claimed (`before` tells), what is held stays,
 * even where it could not be taken anew; what is held and still wanted stays too; otherwise the first free key is taken,
 * or the step refused, with what would be free. A right, and what the engine provides for every case, is not refused for
 * a claim: then what is held stays.
 */
export const takeClaims = (
  document: CaseDocument,
  context: Context,
  step: Step,
  facts: Facts,
  before: ReturnType<typeof keysHeld> = [],
): string[] => {
  const { workflow } = context;
  const claims = document.claims.filter(isNumber);
  workflow.claims.forEach((claim, index) => {
    if (claim.side !== document.side || !isDuring(document, claim.during)) return;
    const wanted = claim.keys(facts);
    const keys = wanted.map((key) => claimOf(context, index, key));
    const held = heldOf(document, context, index);
    if (held.length > 0 && isSame(before[index], wanted)) return void claims.push(...held);
    const chosen = keys.find((key) => held.includes(key)) ?? keys.find((key) => !context.taken.has(key));
    if (chosen !== undefined) claims.push(chosen);
    else if (step.byRight || step.everyday) claims.push(...held);
    else throw taken(claim, step, facts);
  });
  return claims;
};
/** Refused with the first forms that would be free, where the step says which to look at. */
const taken = ({ title }: Claim<string>, { form, instead }: Step, facts: Facts): Refusal => {
  const free = form && instead ? { free: facts.free(form, instead(facts)) } : {};
  return new Refusal('claim-taken', title, { claim: title, ...free }, 'Someone else holds it');
};
