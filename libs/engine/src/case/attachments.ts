import { Refusal, type Fault, type JsonObject, type StepEvent } from '@chuanyu/contracts';
import type { Attached } from '../form/attached';
import { attachmentsIn } from '../form/attachments';
import type { Class } from '../form/marks';
import type { Step, Workflow } from '../workflow/workflow';
import type { Context } from './context';
import { innerOf } from './crossing';
import type { CaseDocument } from './document';

/** The files that a step brings, in its form or beside it; a correction, in the form that it puts in another's place. */
export const attachmentsOf = (
  workflow: Workflow,
  step: Step,
  { form, yields = null }: { readonly form: JsonObject | null; readonly yields?: JsonObject | null },
): readonly Attached[] => {
  const corrected = step.name === 'correct' ? innerOf(workflow, form) : undefined;
  return [
    ...attachmentsIn(corrected?.form ?? step.form, corrected?.value ?? form),
    ...attachmentsIn(step.yields?.form, yields),
  ].map(({ attached }) => attached);
};
const ofEvent = (workflow: Workflow, { type, data, private: kept }: StepEvent): readonly Attached[] => {
  const step = workflow.steps.get(type.split('.').at(2) ?? '');
  if (!step) return [];
  const inner =
    kept?.form && step.name === 'correct' ? { ...data.form, form: kept.form } : { ...data.form, ...kept?.form };
  return [
    ...attachmentsOf(workflow, step, data),
    ...attachmentsOf(workflow, step, { form: inner, yields: kept?.yields ?? null }),
  ];
};

/** Every file that the case names on this side: in its chain, its drafts, what it asks, and what waits for earlier events. */
export const filesOf = (document: CaseDocument, workflow: Workflow): readonly string[] => {
  const ofStep = (name: string, form: JsonObject | null, yields: JsonObject | null = null) => {
    const step = workflow.steps.get(name);
    return step ? attachmentsOf(workflow, step, { form, yields }) : [];
  };
  const found = [
    ...document.recent.flatMap(({ event }) => ofEvent(workflow, event)),
    ...document.parked.flatMap(({ event }) => ofEvent(workflow, event)),
    ...document.drafts.flatMap((draft) => ofStep(draft.step, draft.form)),
    ...document.asks.flatMap((own) => [
      ...ofStep(own.ask.step, own.ask.form, own.ask.yields),
      ...ofStep(own.ask.step, own.private, own.privateYields),
    ]),
    ...document.waiting.flatMap((ask) => ofStep(ask.step, ask.form, ask.yields)),
  ];
  return [...new Set([...(document.files ?? []), ...found.map(({ hash }) => hash)])];
};

/** A form may name only what its unit has uploaded here, or what its side's own forms in this case name already: to know a hash gives no right to the file. */
export const mustBeHere = (
  document: CaseDocument,
  context: Context,
  {
    form,
    value,
    unit,
    at,
  }: { readonly form: Class; readonly value: JsonObject; readonly unit: string; readonly at: string },
): void => {
  const faults = attachmentsIn(form, value, at).flatMap(({ pointer, attached }): Fault[] => {
    const known = ownFile(document, context, attached.hash) ?? context.file(attached.hash, unit);
    if (!known) return [{ pointer, rule: 'not-uploaded', detail: '没有找到这个附件，请先上传，再填写上传所得的内容' }];
    return known.size === attached.size && known.type === attached.type
      ? []
      : [{ pointer, rule: 'other-file', detail: `所存附件为 ${known.type}，${known.size} 字节，与所填不符` }];
  });
  if (faults.length > 0)
    throw new Refusal(
      'bad-form',
      `表单有 ${faults.length} 处附件不能采用`,
      { errors: faults },
      'A file that the form names is not here, or is another one',
    );
};
const ownFile = (document: CaseDocument, { workflow }: Context, hash: string): Attached | undefined =>
  [...workflow.forms]
    .flatMap(([name, form]) => {
      const fact = document.facts[name];
      return fact?.by === document.side ? attachmentsIn(form, { ...fact.shared, ...fact.private }) : [];
    })
    .find(({ attached }) => attached.hash === hash)?.attached;
