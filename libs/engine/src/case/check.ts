import { otherSide, Refusal, type Fault, type JsonObject, type Side } from '@chuanyu/contracts';
import { privatePart, sharedPart, textIn } from '../form/disclosure';
import { fieldsOf } from '../form/fields';
import type { Class } from '../form/marks';
import { readForm } from '../form/schema';
import { Correction, PassOn, Readdress } from '../workflow/everyday';
import type { Rule } from '../workflow/notation';
import { takesUnit, type Step, type Workflow } from '../workflow/workflow';
import { mustBeHere } from './attachments';
import { changedClaim, keysHeld } from './claims';
import type { Command } from './command';
import type { Context } from './context';
import { innerOf } from './crossing';
import type { CaseDocument } from './document';
import { factsOf } from './facts';
import { takersOf } from './possible';

/** What was submitted, found in order. */
export interface Checked {
  readonly form: JsonObject | null;
  readonly overrides: Command['overrides'];
}
/** Validates the form and asks the rules. */
export const check = (
  document: CaseDocument,
  context: Context,
  step: Step,
  command: Pick<Command, 'form' | 'overrides' | 'who'>,
): Checked => {
  const form = formOf(context.workflow, document, step, command.form);
  if (form) checkFiles(document, context, step, form, command.who.unit);
  if (step.form === Correction) leavesClaims(document, context, form);
  addressed(document, context, step, form);
  if (step.form && form && !step.everyday) mustKnow(context, step.form, form);
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
const checkFiles = (document: CaseDocument, context: Context, step: Step, form: JsonObject, unit: string): void => {
  if (!step.form) return;
  if (step.form !== Correction)
    return mustBeHere(document, context, { form: step.form, value: form, unit, at: '/form' });
  const corrected = innerOf(context.workflow, form);
  if (corrected.form && corrected.value)
    mustBeHere(document, context, { form: corrected.form, value: corrected.value, unit, at: '/form/form' });
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
  // Several steps may bring one form: named is one that this side takes.
  const own = step !== undefined && takersOf(document, workflow, step).length > 0;
  if (!step?.form || !own || step.everyday || fact?.by !== document.side || fact.sequence !== read1['sequence']) {
    throw new Refusal(
      'bad-form',
      '只能更正本方最近一次提交的该项内容',
      { errors: [{ pointer: '/form/sequence', rule: 'own-latest', detail: '应为本方最近一次该操作的记录序号' }] },
      'Only the latest form of this kind that this side gave can be corrected',
    );
  }
  return { ...read1, form: read(step.form, form, '/form/form') };
};
/** A correction is a right and cannot be refused later: so it may not turn what is held into something that another case holds. */
const leavesClaims = (document: CaseDocument, context: Context, form: JsonObject | null): void => {
  const { form: of, value } = innerOf(context.workflow, form);
  const known = of && document.facts[of.name];
  if (!of || !known) return;
  const fact = { ...known, shared: sharedPart(of, value), private: privatePart(of, value) };
  const corrected = { ...document, facts: { ...document.facts, [of.name]: fact } };
  const claim = changedClaim(
    context,
    keysHeld(document, context, factsOf<unknown>(document, context, null)),
    keysHeld(corrected, context, factsOf<unknown>(corrected, context, null)),
  );
  if (claim)
    throw new Refusal(
      'rule-refused',
      `更正不能改变已占用的内容（${claim.title}），请撤销后重新办理`,
      { claim: claim.title },
      'A correction cannot change what is claimed',
    );
};
/** Units that a form names stand in the directory, which both provinces have. */
const mustKnow = (context: Context, form: Class, value: JsonObject): void => {
  const errors = strangers(context, form, value, '/form');
  if (errors.length > 0)
    throw new Refusal('bad-form', '名录中没有这个单位', { errors }, 'No such unit in the directory');
};
const strangers = (context: Context, form: Class, value: object, at: string): Fault[] =>
  [...fieldsOf(form)].flatMap(([name, { schema, of }]): Fault[] => {
    const held: unknown = Reflect.get(value, name);
    const pointer = `${at}/${name}`;
    if (of && Array.isArray(held))
      return held.flatMap((item: unknown, n) =>
        typeof item === 'object' && item !== null ? strangers(context, of, item, `${pointer}/${n}`) : [],
      );
    const strange = schema?.['format'] === 'unit' && typeof held === 'string' && !context.units.get(held);
    return strange ? [{ pointer, rule: 'unit', detail: '应为名录中的单位编码' }] : [];
  });
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
  mustTake(context, step.form === PassOn ? document.side : otherSide(document.side), unit, '/form/unit');
};
/** A case sent to a unit that cannot act on it would be stranded there. */
export const mustTake = (context: Context, side: Side, unit: string, pointer: string): void => {
  const kinds = context.workflow.units[side];
  if (takesUnit(context.workflow, side, context.units.get(unit)?.kind ?? '')) return;
  throw new Refusal(
    'bad-form',
    `该单位不办理「${context.workflow.title}」，请另选受理单位`,
    { errors: [{ pointer, rule: 'unit-kind', detail: `可选的单位类别：${kinds.join('、')}` }] },
    'A unit of this kind does not take such cases',
  );
};
