import { Refusal } from '@chuanyu/contracts';
import { carryOut } from './carry-out';
import { check } from './check';
import type { Command, Taken } from './command';
import type { Context, Work } from './context';
import type { CaseDocument } from './document';
import { keepDraft } from './drafts';
import { mustBelong } from './member';
import { permitted } from './permit';
import { signersOf } from './possible';

/** load → *may this officer take this step now? → validate → rules → settle what crosses* → save. Throws `Refusal`; then nothing is saved. */
export const takeStep = (work: Work, context: Context, command: Command): Taken => {
  const before = priorAnswer(work.case, context, command);
  if (before) return before;
  const step = permitted(work.case, context.workflow, command);
  if (step.opens !== undefined) mustBelong(work.case, context);
  const checked = check(work.case, context, step, command);
  const signers = signersOf(work.case, context.workflow, step);
  if (signers.length > 0) return keepDraft(work, context, step, checked, command);
  return carryOut(work, context, step, { ...checked, command, signed: null });
};

/** The same key again gives the first answer; with another body it is refused. */
export const priorAnswer = (
  document: CaseDocument,
  context: Context,
  command: Pick<Command, 'key' | 'fingerprint'>,
): Taken | undefined => {
  if (context.without.has(2)) return undefined;
  const kept = document.keys.find((each) => each.key === command.key);
  if (kept === undefined) return undefined;
  if (kept.fingerprint !== null && kept.fingerprint !== command.fingerprint)
    throw new Refusal('key-reused', '此幂等键已用于另一请求，请换用新的键');
  return { as: kept.as, what: kept.what };
};
