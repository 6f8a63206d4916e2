import type { CaseRow } from '@chuanyu/contracts';
import { tokens } from '@chuanyu/reference';
import { marksOf } from '../form/marks';
import type { Workflow } from '../workflow/workflow';
import type { CaseDocument } from './document';
import { hasTurn, isOpen, isWarned, unitInCharge } from './document';
import { signersOf } from './possible';
import { isToTakeIn } from './receipts';

/** The line that an officer's lists show of a case. */
export const rowOf = (document: CaseDocument, workflow: Workflow, now: string): CaseRow => {
  const { head } = document;
  const state = head.state === null ? undefined : workflow.states.get(head.state);
  const names = identityOf(document, workflow);
  const number = document.opening?.number ?? null;
  const acted = [...new Set([...document.acted, ...document.local.map((note) => note.officer)])];
  return {
    id: document.id,
    revision: document.revision,
    domain: document.domain,
    workflow: document.workflow,
    title: workflow.title,
    number,
    side: document.side,
    peer: document.peer,
    state: head.state ?? document.status,
    stateTitle: state?.title ?? (document.status === 'draft' ? '待签发' : '待接收'),
    turn: head.turn,
    due: head.due,
    openedAt: document.recent[0]?.event.casesequence === 1 ? document.recent[0].event.time : document.createdAt,
    changedAt: document.changedAt,
    unit: unitInCharge(document),
    peerUnit: document.side === 'origin' ? head.units.counterpart : head.units.origin || null,
    officer: document.charge.officer,
    deputies: document.charge.deputies,
    sealed: document.sealed,
    toTakeIn: isToTakeIn(document),
    mine: document.status === 'live' && hasTurn(document),
    closed: document.status === 'live' && !isOpen(document),
    frozen: document.status === 'frozen',
    drafts: document.drafts.map((draft) => {
      const step = workflow.steps.get(draft.step);
      return {
        id: draft.id,
        step: draft.step,
        title: step?.title ?? draft.step,
        by: draft.officer,
        signers: step ? signersOf(document, workflow, step) : [],
        status: draft.status,
      };
    }),
    acted,
    subject: names[0] ?? null,
    tokens: tokens([number ?? '', workflow.title, ...names].join(' ')),
    urged: document.urges.filter((each) => each.by !== document.side && each.time >= head.since).length,
    overdueReceipts: isOverdue(document, now),
    warned: isWarned(document),
  };
};
/** Not delivered an hour after it was written: a warning, never a final word. */
export const isOverdue = (document: CaseDocument, now: string): boolean => {
  const oldest = document.recent.find(
    (link) => link.event.casesequence > document.delivered && document.marks[link.event.casesequence],
  );
  return document.peer !== null && oldest !== undefined && Date.parse(now) - Date.parse(oldest.at) > 3_600_000;
};
/** Names and numbers of persons in forms that this side holds, and while a case is not opened yet in its draft: for the list and for search, masked wherever they are shown. */
const identityOf = (document: CaseDocument, workflow: Workflow): string[] =>
  [...workflow.forms].flatMap(([name, form]) => {
    const fact = document.facts[name];
    const drafted =
      document.status === 'draft'
        ? document.drafts.find((draft) => workflow.steps.get(draft.step)?.form === form)?.form
        : null;
    const held = { ...drafted, ...fact?.shared, ...fact?.private };
    return [...marksOf(form)].flatMap(([field, mark]) => {
      const value: unknown = held[field];
      return mark.data === 'identity' && typeof value === 'string' ? [value] : [];
    });
  });
