import { Refusal, type Fault, type JsonObject, type Opening, uuidOf } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import { fieldsOf } from '../form/fields';
import { privatePart, sharedPart, textIn } from '../form/disclosure';
import type { Class } from '../form/marks';
import { readForm } from '../form/schema';
import { Correction, Readdress, PassOn } from '../workflow/everyday';
import type { Rule } from '../workflow/notation';
import type { Step, Workflow } from '../workflow/workflow';
import { askFor } from './asks';
import { append, recentLink } from './chain';
import { numberClaim } from './claims';
import type { Context, Who, Work } from './context';
import { clauseFor, partsOf } from './crossing';
import { ownUnit, type CaseDocument, type Draft, type KeptKey } from './document';
import { factsOf } from './facts';
import { judge, possibilities, signersOf, takersOf } from './possible';

/** What an officer asks for: one command path, whatever the step. */
export interface Command {
  readonly step: string;
  readonly form: unknown;
  /** The caller's idempotency key, and a fingerprint of the body it came with. */
  readonly key: string;
  readonly fingerprint: string;
  readonly who: Who;
  /** Advice that the officer goes on against, with the reason. */
  readonly overrides: readonly { readonly advice: string; readonly reason: string }[];
  /** Only when a case is opened. */
  readonly to?: { readonly province: string; readonly unit: string };
  readonly under?: string;
}
/** What became of it: it stands in the chain, was asked of the other side, or awaits a signature. */
export type Taken = { readonly as: KeptKey['as']; readonly what: string };

/** load → *may this officer take this step now? → validate → rules → settle what crosses* → save. Throws `Refusal`; then nothing is saved. */
export const takeStep = (work: Work, context: Context, command: Command): Taken => {
  const before = priorAnswer(work.case, context, command);
  if (before) return before;
  const step = permitted(work.case, context.workflow, command);
  const checked = check(work.case, context, step, command);
  const signers = signersOf(work.case, context.workflow, step);
  if (signers.length > 0) return draft(work, context, step, checked, command);
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

const permitted = (document: CaseDocument, workflow: Workflow, command: Command): Step => {
  const step = workflow.steps.get(command.step);
  const possible = () => possibilities(document, workflow, command.who).filter((each) => each.how !== null);
  if (!step)
    throw new Refusal('not-found', `「${workflow.title}」没有此操作`, { possible: possible() }, 'No such step');
  if (document.head.sequence === 0 && step.opens !== undefined) {
    if (!command.who.roles.some((role) => step.by.includes(role)))
      throw new Refusal(
        'not-allowed',
        `须由${step.by.map((role) => `「${workflow.roles.origin[role] ?? role}」`).join('或')}办理`,
        {},
        'Another role opens such a case',
      );
    return step;
  }
  const answer = judge(document, workflow, step, command.who);
  if ('how' in answer) return step;
  const takers = takersOf(document, workflow, step);
  const wrongRole = takers.length > 0 && !command.who.roles.some((role) => takers.includes(role));
  throw new Refusal(
    wrongRole ? 'not-allowed' : 'not-possible',
    answer.why,
    { possible: possible() },
    wrongRole ? 'Another role takes this step' : 'Not possible in the present state',
  );
};

interface Checked {
  readonly form: JsonObject | null;
  readonly overrides: Command['overrides'];
}
/** Validates the form and asks the rules. */
const check = (
  document: CaseDocument,
  context: Context,
  step: Step,
  command: Pick<Command, 'form' | 'overrides'>,
): Checked => {
  const form = formOf(context.workflow, document, step, command.form);
  addressed(document, context, step, form);
  const facts = factsOf<unknown>(document, context, form);
  const broken = step.rules.filter((rule) => !holds(rule, facts));
  const refused = broken.filter((rule) => !rule.advice);
  if (refused.length > 0)
    throw new Refusal(
      'rule-refused',
      refused.map((rule) => rule.text).join('；'),
      { errors: refused.map(asFault) },
      'A rule of the workflow refuses the step',
    );
  const unanswered = broken.filter(
    (rule) => !command.overrides.some(({ advice, reason }) => advice === rule.text && reason.trim() !== ''),
  );
  if (unanswered.length > 0)
    throw new Refusal(
      'advice-unanswered',
      unanswered.map((rule) => rule.text).join('；'),
      { errors: unanswered.map(asFault) },
      'Going on against this advice needs a written reason in `overrides`',
    );
  const broke = new Set(broken.map((rule) => rule.text));
  return { form, overrides: command.overrides.filter(({ advice }) => broke.has(advice)) };
};
const holds = (rule: Rule<unknown>, facts: Parameters<Rule<unknown>['holds']>[0]): boolean => rule.holds(facts);
const asFault = (rule: Rule<unknown>): Fault => ({
  pointer: '/form',
  rule: rule.advice ? 'advice' : 'rule',
  detail: rule.text,
});

const formOf = (workflow: Workflow, document: CaseDocument, step: Step, value: unknown): JsonObject | null => {
  if (!step.form) {
    if (value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0))
      return null;
    throw new Refusal(
      'bad-form',
      '此操作不需要表单',
      { errors: [{ pointer: '/form', rule: 'no-form', detail: '请留空' }] },
      'This step takes no form',
    );
  }
  if (step.form === Correction) return correction(workflow, document, value);
  return read(step.form, value, '/form');
};
const read = (form: Class, value: unknown, at: string): JsonObject => {
  const result = readForm(form, value ?? {});
  if ('form' in result) return result.form;
  const titles = [...fieldsOf(form).keys()];
  throw new Refusal(
    'bad-form',
    `表单有 ${result.faults.length} 处需要修改`,
    { errors: result.faults.map((fault) => ({ ...fault, pointer: at + fault.pointer })), fields: titles },
    'The form has faults',
  );
};
/** The side that gave a form replaces it, with a reason. */
const correction = (workflow: Workflow, document: CaseDocument, value: unknown): JsonObject => {
  const { form, ...outer } = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const read1 = read(Correction, outer, '/form');
  const step = workflow.steps.get(textIn(read1, 'step') ?? '');
  const fact = step?.form && document.facts[step.form.name];
  if (!step?.form || step.everyday || !fact || fact.by !== document.side || fact.sequence !== read1['sequence']) {
    throw new Refusal(
      'bad-form',
      '只能更正本方最近一次提交的该项内容',
      { errors: [{ pointer: '/form/sequence', rule: 'own-latest', detail: '应为本方最近一次该操作的记录序号' }] },
      'Only the latest form of this kind that this side gave can be corrected',
    );
  }
  return { ...read1, form: read(step.form, form, '/form/form') };
};
/** A unit named in an everyday step must exist, and on the right side. */
const addressed = (document: CaseDocument, context: Context, step: Step, form: JsonObject | null): void => {
  const unit = form?.['unit'];
  const province = step.form === PassOn ? context.province : step.form === Readdress ? document.peer : undefined;
  if (province === undefined || typeof unit !== 'string') {
    if (step.name === 'complete' && document.head.points.includes(textIn(form, 'point') ?? ''))
      throw new Refusal('rule-refused', '同一事项只能要求补正一次', {}, 'Completion of one point is asked for once');
    return;
  }
  if (context.units.get(unit)?.province !== province)
    throw new Refusal(
      'bad-form',
      '没有这个单位',
      { errors: [{ pointer: '/form/unit', rule: 'unit', detail: '应为名录中该省（市）的单位编码' }] },
      'No such unit there',
    );
};

/** A step that needs a signature is kept as a draft until the leader signs. */
const draft = (work: Work, context: Context, step: Step, checked: Checked, command: Command): Taken => {
  const { case: document } = work;
  const replaced = document.drafts.find(
    (each) => each.step === step.name && each.officer === command.who.officer && each.status === 'returned',
  );
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
    to: command.to ?? replaced?.to ?? null,
    under: command.under ?? replaced?.under ?? null,
  };
  document.drafts = [...document.drafts.filter((each) => each !== replaced), made];
  document.keys.push({ key: command.key, fingerprint: command.fingerprint, as: 'draft', what: made.id });
  document.local.push({ at: context.now, officer: command.who.officer, act: 'draft', detail: step.title });
  return { as: 'draft', what: made.id };
};
const roleIn = (document: CaseDocument, workflow: Workflow, step: Step, who: Who): string =>
  who.roles.find((role) => takersOf(document, workflow, step).includes(role)) ?? '';

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
  };
  const permittedStep = permitted(document, context.workflow, command);
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
/** The leader returns it to the drafter, with a reason. */
export const returnDraft = (work: Work, context: Context, id: string, signer: Who, reason: string): void => {
  const { case: document } = work;
  const found = document.drafts.find((each) => each.id === id);
  if (!found || found.status !== 'sent') throw new Refusal('not-possible', '此稿已签发或已退回', { possible: [] });
  const step = context.workflow.steps.get(found.step);
  if (!step || !signer.roles.some((role) => signersOf(document, context.workflow, step).includes(role)))
    throw new Refusal('not-allowed', '此稿不由您签发', {}, 'Another role signs');
  found.status = 'returned';
  found.returns = [...found.returns, { by: signer.officer, at: context.now, reason }];
  document.local.push({ at: context.now, officer: signer.officer, act: 'return', detail: reason });
};

interface Ready extends Checked {
  readonly command: Command;
  readonly signed: { readonly role: string; readonly officer: string } | null;
}
/** Settles what crosses, then writes the event, or asks the other side for it. */
const carryOut = (work: Work, context: Context, step: Step, ready: Ready): Taken => {
  const { case: document } = work;
  const { command } = ready;
  const opening = step.opens === undefined ? undefined : openingOf(work, context, ready);
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

/** To whom the case is addressed, and the number it gets: minted with its opening event, so that none is skipped. */
const openingOf = (work: Work, context: Context, ready: Ready): Opening => {
  const { case: document } = work;
  const { workflow } = context;
  const chosen = workflow.sentTo
    ? {
        unit: workflow.sentTo(
          factsOf<unknown>({ ...document, facts: openingFacts(workflow, ready.form) }, context, ready.form),
        ),
      }
    : ready.command.to;
  const unit = chosen?.unit;
  const peer = unit === undefined ? undefined : context.units.get(unit)?.province;
  if (!workflow.domestic && (unit === undefined || peer === undefined || peer === context.province)) {
    throw new Refusal(
      'bad-form',
      '请选择对方省（市）的受理单位',
      { errors: [{ pointer: '/to/unit', rule: 'unit', detail: '应为名录中另一省（市）的单位编码' }] },
      'Choose a unit of the other province',
    );
  }
  if (!workflow.domestic && ready.command.to !== undefined && ready.command.to.province !== peer) {
    throw new Refusal(
      'bad-form',
      '受理单位不属于所选省（市）',
      { errors: [{ pointer: '/to/province', rule: 'province', detail: `应为 ${String(peer)}` }] },
      'The unit belongs to another province',
    );
  }
  const docket = `${context.abbreviation}${workflow.docket}〔${dateOf(context.now).slice(0, 4)}〕`;
  const number = `${docket}${context.serial}号`;
  document.serial = { docket, n: context.serial };
  document.claims = [...document.claims, numberClaim(number)];
  document.peer = workflow.domestic ? null : (peer ?? null);
  return {
    number,
    origin: { province: context.province, unit: ready.command.who.unit },
    counterpart: workflow.domestic || peer === undefined || unit === undefined ? null : { province: peer, unit },
    under: ready.command.under ?? null,
  };
};
const openingFacts = (workflow: Workflow, form: JsonObject | null): CaseDocument['facts'] =>
  workflow.opening.form
    ? { [workflow.opening.form.name]: { shared: form, private: null, by: 'origin', sequence: 1 } }
    : {};

/** The unit in charge on this side, for a case not opened yet the drafter's. */
export const unitInCharge = (document: CaseDocument): string => ownUnit(document) || (document.drafts[0]?.unit ?? '');
