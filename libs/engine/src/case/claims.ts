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
const stringOf = (context: Context, index: number, key: string): string =>
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

/**
 * Claims after a step of this side: what is held and still wanted stays; otherwise the first free key is taken, or the
 * step refused. A right, and what the engine provides for every case, is not refused for a claim: then what is held stays.
 */
export const takeClaims = (document: CaseDocument, context: Context, step: Step, facts: Facts): string[] => {
  const { workflow } = context;
  const claims = document.claims.filter(isNumber);
  workflow.claims.forEach((claim, index) => {
    if (claim.side !== document.side || !isDuring(document, claim.during)) return;
    const keys = claim.keys(facts).map((key) => stringOf(context, index, key));
    const held = document.claims.filter((each) => each.startsWith(stringOf(context, index, '')));
    const chosen = keys.find((key) => held.includes(key)) ?? keys.find((key) => !context.taken.has(key));
    if (chosen !== undefined) claims.push(chosen);
    else if (step.byRight || step.everyday) claims.push(...held);
    else throw new Refusal('claim-taken', claim.title, { claim: claim.title }, 'Someone else holds it');
  });
  return claims;
};
