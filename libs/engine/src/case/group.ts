import { parseType, Refusal } from '@chuanyu/contracts';
import type { Workflow } from '../workflow/workflow';
import { later } from './chain';
import type { Command } from './command';
import type { Context, Work } from './context';
import { isOpen, type CaseDocument, type Link } from './document';
import { errandOf } from './errands';
import type { Errand, Member } from './kept-group';
import { hasFollowed } from './rights';

/**
 * Cases under a case (`docs/protocol.md` 23). The parent records a member before it is opened, and what follows from a
 * step of its own in the save of that step; whoever carries that out may die at any moment, and another does it again:
 * so each of these functions may run twice.
 */

/** In the parent, before the member is opened. */
export const recordMember = (
  work: Work,
  context: Context,
  made: { readonly case: string; readonly workflow: Workflow; readonly command: Command; readonly alias: string },
): void => {
  const { case: parent } = work;
  const group = (parent.group ??= { members: [], errands: [] });
  if (group.members.some((each) => each.case === made.case)) return;
  if (parent.status !== 'live' || !isOpen(parent))
    throw new Refusal('not-possible', '上级办件已办结，不能再在其下发起', { possible: [] }, 'The parent has ended');
  group.members.push({
    case: made.case,
    workflow: made.workflow.id,
    follows: followsOf(made.workflow),
    opening: { command: made.command, definition: made.workflow.version, alias: made.alias },
    next: later(context.now, context.limits.resend),
    tries: 0,
  });
};
/**
 * In the parent, after a restore: who is under it, by what the members say, and what they have not followed yet, by the
 * parent's own chain. What is known already stays as it is.
 */
export const recount = (
  work: Work,
  context: Context,
  chain: readonly Link[],
  members: readonly { readonly document: CaseDocument; readonly workflow: Workflow; readonly openedAt: string }[],
): void => {
  const { case: parent } = work;
  const group = (parent.group ??= { members: [], errands: [] });
  for (const { document, workflow, openedAt } of members) {
    let member = group.members.find((each) => each.case === document.id);
    if (!member) {
      const follows = followsOf(workflow);
      member = { case: document.id, workflow: workflow.id, follows, opening: null, next: context.now, tries: 0 };
      group.members.push(member);
    }
    for (const { event } of chain) {
      const step = parseType(event.type)?.step;
      if (step === undefined || event.data.by.province !== context.province || event.time < openedAt) continue;
      const errand = errandOf(parent, member, { name: step }, event, context.now);
      const known =
        errand && (hasFollowed(document, errand.key) || group.errands.some(({ key }) => key === errand.key));
      if (errand && !known) group.errands.push(errand);
    }
  }
};
const followsOf = (workflow: Workflow): Member['follows'] =>
  Object.fromEntries(
    [...workflow.steps.values()].flatMap(({ follows, name }) => (follows === undefined ? [] : [[follows, name]])),
  );
/** In the parent: the member is open, or waits for its signature; or it may never be opened. */
export const settleMember = (work: Work, id: string, outcome: 'opened' | 'refused'): void => {
  const { group } = work.case;
  const member = group?.members.find((each) => each.case === id);
  if (!group || !member) return;
  member.opening = null;
  if (outcome === 'opened') return;
  group.members = group.members.filter((each) => each !== member);
  group.errands = group.errands.filter((each) => each.member !== id);
};
/** In the parent: done, or to be tried again later. */
export const settleErrand = (work: Work, key: string): void => {
  const { group } = work.case;
  if (group) group.errands = group.errands.filter((each) => each.key !== key);
};
export const postpone = (
  work: Work,
  context: Context,
  what: { readonly member: string; readonly key?: string },
): void => {
  const { group } = work.case;
  const found =
    what.key === undefined
      ? group?.members.find((each) => each.case === what.member)
      : group?.errands.find((each) => each.key === what.key);
  if (!found) return;
  found.tries += 1;
  found.next = later(context.now, Math.min(context.limits.resend * 2 ** found.tries, context.limits.resendMost));
};

/** What is to be done next, at this instant: members are opened before they follow, and each follows in order. */
export const nextOfGroup = (
  { group }: CaseDocument,
  now: string,
): { readonly open: Member } | { readonly errand: Errand } | undefined => {
  const open = group?.members.find((each) => each.opening !== null && each.next <= now);
  if (open) return { open };
  const errand = firstErrands(group).find((each) => each.next <= now);
  return errand && { errand };
};
/** The moments at which a group has something to do. */
export const groupMoments = ({ group }: CaseDocument): readonly string[] => [
  ...(group?.members ?? []).filter((each) => each.opening !== null).map((each) => each.next),
  ...firstErrands(group).map((each) => each.next),
];
const firstErrands = (group: CaseDocument['group']): readonly Errand[] => {
  const opening = new Set(group?.members.filter((each) => each.opening !== null).map((each) => each.case));
  return (group?.errands ?? []).filter(
    (each, at, all) => !opening.has(each.member) && all.findIndex(({ member }) => member === each.member) === at,
  );
};
