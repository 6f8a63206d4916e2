import type { Side } from '@chuanyu/contracts';
import { isOpen, isPending, type CaseDocument, type Link, type Workflow } from '@chuanyu/engine';
import type { Directory } from '@chuanyu/reference';
import { partyOf, type Party } from './party';

/** A case under another, as the other's page and `…/members` show it. */
export interface MemberView {
  readonly case: string;
  readonly workflow: { readonly id: string; readonly title: string };
  readonly number: string | null;
  readonly side: Side;
  readonly status: CaseDocument['status'];
  /** The unit in charge on the other side; null for a domestic case, or one that is not signed yet. */
  readonly with: Party | null;
  readonly state: {
    readonly name: string | null;
    readonly title: string;
    readonly since: string;
    readonly due: string | null;
    readonly overdue: boolean;
  };
  readonly closed: boolean;
  /** All that stands in it here has arrived on the other side. */
  readonly delivered: boolean;
  /** Rights in force here that do not stand in the chain yet, in order: what the other side may not know. */
  readonly pending: readonly { readonly step: string; readonly title: string; readonly since: string }[];
  /** Its own steps, oldest first: who relied on the parent, and whether they have acted since. */
  readonly took: readonly (Party & { readonly step: string; readonly title: string; readonly time: string })[];
}

export const memberView = (
  document: CaseDocument,
  workflow: Workflow,
  chain: readonly Link[],
  { directory, now }: { readonly directory: Directory; readonly now: string },
): MemberView => {
  const { head, opening } = document;
  const state = head.state === null ? undefined : workflow.states.get(head.state);
  const unit = document.side === 'origin' ? head.units.counterpart : head.units.origin;
  return {
    case: document.id,
    workflow: { id: workflow.id, title: workflow.title },
    number: opening?.number ?? null,
    side: document.side,
    status: document.status,
    with: document.peer !== null && unit ? partyOf(directory, document.peer, unit) : null,
    state: {
      name: head.state,
      title: state?.title ?? '待签发',
      since: head.since || document.createdAt,
      due: head.due,
      overdue: head.due !== null && head.turn !== null && head.due < now,
    },
    closed: document.status === 'live' && !isOpen(document),
    delivered: document.peer === null || (head.sequence > 0 && document.delivered >= head.sequence),
    pending: document.asks
      .filter((own) => isPending(own) && own.ask.byright)
      .map(({ ask }) => ({ step: ask.step, title: workflow.steps.get(ask.step)?.title ?? ask.step, since: ask.time })),
    took: chain.flatMap(({ event }) => {
      const step = workflow.steps.get(event.type.split('.').at(2) ?? '');
      if (!step || step.everyday) return [];
      const { province, unit: by } = event.data.by;
      return [{ step: step.name, title: step.title, time: event.time, ...partyOf(directory, province, by) }];
    }),
  };
};
