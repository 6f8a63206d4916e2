import type { Step } from '../workflow/workflow';
import { askFor } from './asks';
import { append } from './chain';
import type { Checked } from './check';
import type { Command, Taken } from './command';
import type { Context, Work } from './context';
import type { CaseDocument } from './document';
import { madeOf } from './made';
import { catchUp } from './member';
import { openingOf } from './opening';
import { roleIn } from './permit';
import { judge } from './possible';

/** A command that may be carried out. */
export interface Ready extends Checked {
  readonly command: Command;
  readonly signed: { readonly role: string; readonly officer: string } | null;
}
/** Settles what crosses, then writes the event, or asks the other side for it. */
export const carryOut = (work: Work, context: Context, step: Step, ready: Ready): Taken => {
  const { case: document } = work;
  const { command } = ready;
  const opening = step.opens === undefined ? undefined : openingOf(work, context, ready.form, command);
  const by = {
    province: context.province,
    unit: command.who.unit,
    role: roleIn(document, context.workflow, step, command.who),
  };
  const made = {
    ...madeOf(work, context, step, ready.form),
    by,
    signed: ready.signed?.role ?? null,
    key: command.key,
    officer: command.who.officer,
    signer: ready.signed?.officer ?? null,
    overrides: ready.overrides,
    ...(opening ? { opening } : {}),
  };
  const how = opening ? 'take' : (judged(document, context, step, command) ?? 'take');
  const taken: Taken =
    how === 'take'
      ? { as: 'step', what: String(append(work, context, made).event.casesequence) }
      : { as: 'ask', what: askFor(work, context, { ...made, byright: how === 'right' }).ask };
  document.keys = [
    ...document.keys.filter((each) => each.key !== command.key),
    { key: command.key, fingerprint: command.fingerprint, ...taken },
  ];
  if (opening) catchUp(work, context);
  return taken;
};
const judged = (document: CaseDocument, context: Context, step: Step, command: Command) => {
  const answer = judge(document, context.workflow, step, command.who);
  return 'how' in answer ? answer.how : undefined;
};
