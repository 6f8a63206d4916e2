import { Refusal, uuidOf } from '@chuanyu/contracts';
import type { Step } from '../workflow/workflow';
import { carryOut } from './carry-out';
import { recentLink } from './chain';
import { check, type Checked } from './check';
import type { Command, Taken } from './command';
import type { Context, Who, Work } from './context';
import type { CaseDocument, Draft } from './document';
import { mustBelong } from './member';
import { addressee } from './opening';
import { permitted, roleIn } from './permit';
import { signersOf } from './possible';

/** A step that needs a signature is kept as a draft until the leader signs. */
export const keepDraft = (work: Work, context: Context, step: Step, checked: Checked, command: Command): Taken => {
  const { case: document } = work;
  const replaced = document.drafts.find(
    (each) => each.step === step.name && each.officer === command.who.officer && each.status === 'returned',
  );
  // Drafted again after it was returned, it goes to the same unit unless another is named.
  const to = command.to ?? replaced?.to ?? null;
  if (step.opens !== undefined) addressee(document, context, checked.form, to ? { ...command, to } : command);
  rehearse(work, context, step, checked, to ? { ...command, to } : command);
  const made: Draft = {
    id: draftId(document, command.key),
    step: step.name,
    form: checked.form,
    key: command.key,
    fingerprint: command.fingerprint,
    overrides: checked.overrides,
    officer: command.who.officer,
    unit: command.who.unit,
    role: roleIn(document, context.workflow, step, command.who),
    at: context.now,
    status: 'sent',
    returns: replaced?.returns ?? [],
    to,
    under: command.under ?? replaced?.under ?? null,
    secrecy: command.secrecy ?? replaced?.secrecy ?? 'none',
  };
  document.drafts = [...document.drafts.filter((each) => each !== replaced), made];
  document.keys.push({ key: command.key, fingerprint: command.fingerprint, as: 'draft', what: made.id });
  document.local.push({ at: context.now, officer: command.who.officer, act: 'draft', detail: step.title });
  return { as: 'draft', what: made.id };
};
/**
 * The step is tried in full on a copy, and its claims looked up as the save would find them: whoever drafts learns of a
 * taken slot, a suspended clause or too long a text, and not the leader. Nothing of it is kept, no number is used up, and
 * all is asked again at the signature.
 */
const rehearse = (work: Work, context: Context, step: Step, checked: Checked, command: Command): void => {
  const [role = ''] = signersOf(work.case, context.workflow, step);
  for (let taken = context.taken; ;) {
    const copy: Work = { case: structuredClone(work.case), send: [] };
    carryOut(copy, rehearsing(context, taken), step, { ...checked, command, signed: { role, officer: '' } });
    const claims = copy.case.claims.filter((claim) => !work.case.claims.includes(claim));
    const held = claims.length === 0 ? new Set<string>() : context.held(claims);
    if (held.size === 0) return;
    taken = new Set([...taken, ...held]);
  }
};
/** Neither a number nor an id is used up. */
const rehearsing = (context: Context, taken: ReadonlySet<string>): Context =>
  Object.create(context, {
    taken: { value: taken },
    serial: { value: 0 },
    uuid: { value: () => '00000000-0000-4000-8000-000000000000' },
  }) as Context;

/** The leader signs: everything is asked again, since the case may have moved, and the step is taken. */
export const signDraft = (work: Work, context: Context, id: string, signer: Who): Taken => {
  const { case: document } = work;
  const found = document.drafts.find((each) => each.id === id);
  const before = signedBefore(document, id, signer);
  if (before) return before;
  if (!found || found.status !== 'sent')
    throw new Refusal(
      'not-possible',
      '此稿已签发或已退回',
      { possible: [] },
      'The draft is signed or returned already',
    );
  const step = context.workflow.steps.get(found.step);
  if (!step) throw new Refusal('not-possible', '此操作已不存在');
  const role = signer.roles.find((each) => signersOf(document, context.workflow, step).includes(each));
  if (role === undefined)
    throw new Refusal(
      'not-allowed',
      `须由${signersOf(document, context.workflow, step)
        .map((each) => `「${context.workflow.roles[document.side][each] ?? each}」`)
        .join('或')}签发`,
      {},
      'Another role signs',
    );
  if (signer.officer === found.officer)
    throw new Refusal('not-allowed', '拟稿人不能签发自己的稿件', {}, 'A drafter does not sign the own draft');
  const command: Command = {
    step: found.step,
    form: found.form,
    key: found.key,
    fingerprint: found.fingerprint,
    who: { officer: found.officer, unit: found.unit, roles: [found.role] },
    overrides: found.overrides,
    ...(found.to ? { to: found.to } : {}),
    ...(found.under === null ? {} : { under: found.under }),
    secrecy: found.secrecy,
  };
  const permittedStep = permitted(document, context.workflow, command);
  if (permittedStep.opens !== undefined) mustBelong(document, context);
  const checked = check(document, context, permittedStep, command);
  document.drafts = document.drafts.filter((each) => each !== found);
  return carryOut(work, context, permittedStep, { ...checked, command, signed: { role, officer: signer.officer } });
};
/** Whoever signed and got no reply signs again, and gets the first answer. */
const signedBefore = (document: CaseDocument, id: string, signer: Who): Taken | undefined => {
  const kept = document.keys.find((each) => each.as !== 'draft' && draftId(document, each.key) === id);
  if (!kept || document.drafts.some((each) => each.id === id)) return undefined;
  const by =
    kept.as === 'ask'
      ? document.asks.find(({ ask }) => ask.ask === kept.what)?.signer
      : recentLink(document, Number(kept.what))?.event.private?.signer;
  return by === signer.officer ? { as: kept.as, what: kept.what } : undefined;
};
const draftId = (document: CaseDocument, key: string): string => uuidOf(`${document.id} draft ${key}`);
/** The leader returns it to the drafter, or the drafter takes it back, with a reason. */
export const returnDraft = (work: Work, context: Context, id: string, signer: Who, reason: string): void => {
  const { case: document } = work;
  const found = document.drafts.find((each) => each.id === id);
  if (!found || found.status !== 'sent') throw new Refusal('not-possible', '此稿已签发或已退回', { possible: [] });
  const step = context.workflow.steps.get(found.step);
  const maySign = step && signer.roles.some((role) => signersOf(document, context.workflow, step).includes(role));
  if (!maySign && signer.officer !== found.officer)
    throw new Refusal('not-allowed', '此稿不由您签发', {}, 'Another role signs');
  found.status = 'returned';
  found.returns = [...found.returns, { by: signer.officer, at: context.now, reason }];
  document.local.push({ at: context.now, officer: signer.officer, act: 'return', detail: reason });
};
