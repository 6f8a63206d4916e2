import type { JsonObject } from '@chuanyu/contracts';
import { privatePart, sharedPart } from '../form/disclosure';
import type { Step } from '../workflow/workflow';
import { askFor } from './asks';
import { append } from './chain';
import type { Checked } from './check';
import type { Command, Taken } from './command';
import type { Context, Work } from './context';
import { clauseFor, partsOf } from './crossing';
import type { CaseDocument } from './document';
import { factsOf } from './facts';
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
  const parts = partsOf(context.workflow, step, ready.form);
  const yielded = step.yields ? (step.yields.of(factsOf<unknown>(document, context, ready.form)) as JsonObject) : null;
  const classes = yielded
    ? [
        ...new Set([
          ...parts.classes,
          ...partsOf(context.workflow, { ...step, form: step.yields?.form }, yielded).classes,
        ]),
      ]
    : parts.classes;
  const clause = clauseFor(document, context, document.peer, classes);
  const by = {
    province: context.province,
    unit: command.who.unit,
    role: roleIn(document, context.workflow, step, command.who),
  };
  const made = {
    step,
    by,
    signed: ready.signed?.role ?? null,
    form: { shared: parts.shared, private: parts.private },
    yields: { shared: sharedPart(step.yields?.form, yielded), private: privatePart(step.yields?.form, yielded) },
    key: command.key,
    clause,
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
  return taken;
};
const judged = (document: CaseDocument, context: Context, step: Step, command: Command) => {
  const answer = judge(document, context.workflow, step, command.who);
  return 'how' in answer ? answer.how : undefined;
};
