import { Refusal, type JsonObject } from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import { dataClasses, excess, privatePart, publicPart, sharedPart, textIn } from '../form/disclosure';
import type { Class, DataClass } from '../form/marks';
import type { Step, Workflow } from '../workflow/workflow';
import type { Context } from './context';
import type { CaseDocument } from './document';

/** The class of the form that a correction replaces, and the one that it puts in its place. */
const correctedForm = (workflow: Workflow, form: JsonObject | null): Class | undefined =>
  workflow.steps.get(textIn(form, 'step') ?? '')?.form;
const inner = (form: JsonObject | null): JsonObject | null => {
  const value = form?.['form'];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
};
export const innerOf = (
  workflow: Workflow,
  form: JsonObject | null,
): { readonly form: Class | undefined; readonly value: JsonObject | null } => ({
  form: correctedForm(workflow, form),
  value: inner(form),
});

export interface Parts {
  readonly shared: JsonObject | null;
  readonly private: JsonObject | null;
  readonly public: JsonObject | null;
  readonly classes: readonly DataClass[];
  /** Fields of `shared` that may not cross: only where the exchange looks at what somebody else settled. */
  readonly excess: readonly string[];
}

/** What of a step's form goes where: settled when the step is taken, computed again by the exchange. */
export const partsOf = (workflow: Workflow, step: Step, form: JsonObject | null): Parts => {
  if (step.name === 'correct') {
    const { form: _, ...outer } = form ?? {};
    const of = correctedForm(workflow, form);
    const value = inner(form);
    return {
      shared: { ...outer, form: sharedPart(of, value) },
      private: privatePart(of, value),
      public: null,
      classes: [...new Set<DataClass>(['business', ...dataClasses(of, value)])],
      excess: excess(of, value),
    };
  }
  return {
    shared: sharedPart(step.form, form),
    private: privatePart(step.form, form),
    public: publicPart(step.form, form),
    classes: dataClasses(step.form, form),
    excess: excess(step.form, form),
  };
};

/** The clause that the step rests on; null for a domestic case or one that rests on the pairing. Throws `no-clause` naming what is missing. */
export const clauseFor = (
  document: CaseDocument,
  context: Context,
  peer: string | null,
  classes: readonly DataClass[],
): string | null => {
  const { workflow } = context;
  if (peer === null || workflow.restsOn === 'pairing') return null;
  const origin = document.side === 'origin' ? context.province : peer;
  const found = context.clauses.covering({
    workflow: workflow.id,
    title: workflow.title,
    provinces: [origin, origin === peer ? context.province : peer],
    classes: classes.length > 0 ? classes : ['business'],
    date: dateOf(context.now),
  });
  if ('missing' in found)
    throw new Refusal(
      'no-clause',
      found.missing,
      { classes },
      'No live clause of an agreement lets this class of data flow',
    );
  return found.clause;
};

/** An event that could not cross is refused to the officer, not at the border. Canonical JSON is as long as any: it only orders the keys. */
export const withinLimit = (value: object, limit: number): void => {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > limit)
    throw new Refusal('too-large', `内容共 ${bytes} 字节，超过 ${limit} 字节的上限，请精简后再办`, { limit });
};
