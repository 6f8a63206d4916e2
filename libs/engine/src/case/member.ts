import { Refusal } from '@chuanyu/contracts';
import { readForm } from '../form/schema';
import type { Step } from '../workflow/workflow';
import { askFor } from './asks';
import { append } from './chain';
import type { Context, Work } from './context';
import { hasTurn, isOpen, type CaseDocument } from './document';
import type { Errand } from './kept-group';
import { madeOf } from './made';
import { hasFollowed, openRights } from './rights';

/** A case that is a part of another is opened under one that stands open here; any other under none. */
export const mustBelong = (document: CaseDocument, context: Context): void => {
  const { workflow } = context;
  const { membership } = document;
  if (workflow.under === undefined) {
    if (membership) refuseUnder(`「${workflow.title}」不开在其他办件之下`, 'Such a case is no part of another');
    return;
  }
  if (!membership) return refuseUnder(`「${workflow.title}」须在上级办件之下发起`, 'Such a case is a part of another');
  const parent = context.parent(membership.under);
  if (parent?.workflow !== workflow.under)
    return refuseUnder('没有找到这个上级办件，或其事项不符', 'No such case, or of another workflow');
  const why = membership.barred ?? (parent.isOpen ? undefined : `上级办件${parent.number}已办结，不能再在其下发起`);
  if (why !== undefined) throw new Refusal('not-possible', why, { possible: [] }, 'The parent has ended');
};
const refuseUnder = (detail: string, english: string): void => {
  throw new Refusal('bad-form', detail, { errors: [{ pointer: '/under', rule: 'under', detail }] }, english);
};

/** In the member, which was not opened: whoever is still about to open it finds it barred. */
export const bar = (work: Work, why: string): void => {
  const { membership, head, drafts } = work.case;
  if (membership && head.sequence === 0 && drafts.length === 0) membership.barred = why;
};

/** In the member: takes the step that follows the parent's, once. One that waits for its signature takes it when it is opened. */
export const follow = (work: Work, context: Context, errand: Errand): void => {
  const { case: document } = work;
  if (hasFollowed(document, errand.key)) return;
  if (document.status === 'placeholder' || document.status === 'frozen')
    throw new Refusal('not-possible', '成员办件暂不能办理', { possible: [] }, 'The member cannot move now');
  if (document.head.sequence > 0) carryErrand(work, context, errand);
  // Saved even so: who is about to sign it has read the parent as it was, and must read it again.
  else document.membership?.toFollow.push(errand);
};
/** In the save that opens the member. */
export const catchUp = (work: Work, context: Context): void => {
  const { membership } = work.case;
  for (const errand of membership?.toFollow.splice(0) ?? []) carryErrand(work, context, errand);
};

const carryErrand = (work: Work, context: Context, errand: Errand): void => {
  const { case: document } = work;
  const step = context.workflow.steps.get(errand.step);
  if (!step || !isOpen(document)) return;
  const made = {
    ...madeOf(work, context, step, formOf(step, errand)),
    by: errand.by,
    signed: step.signedBy.length > 0 ? errand.signed : null,
    key: errand.key,
    officer: errand.officer,
    signer: errand.signer,
  };
  if (step.byRight) {
    if (hasTurn(document) && openRights(document).length === 0) append(work, context, made);
    else askFor(work, context, { ...made, byright: true });
  } else if (step.from.includes(document.head.state ?? '')) {
    if (hasTurn(document)) append(work, context, made);
    else askFor(work, context, { ...made, byright: false });
  }
};
const formOf = (step: Step, { form }: Errand) => {
  if (!step.form) return null;
  const read = readForm(step.form, form ?? {});
  if ('form' in read) return read.form;
  throw new Refusal('bad-form', `随上级办件办理「${step.title}」的表单有误`, { errors: read.faults });
};
