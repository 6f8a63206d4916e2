import { otherSide, type JsonObject, type Side } from '@chuanyu/contracts';
import { Calendar } from '@chuanyu/reference';
import { defaultLimits, type Context } from '../case/context';
import { newCase, type CaseDocument, type Fact } from '../case/document';
import { factsOf } from '../case/facts';
import { privatePart, sharedPart } from '../form/disclosure';
import { fieldsOf } from '../form/fields';
import type { Class } from '../form/marks';
import { anyParent, formsAlwaysTaken } from '../workflow/faults';
import type { Facts } from '../workflow/notation';
import type { Step, Workflow } from '../workflow/workflow';
import { movesOf, ownSteps, takersOn } from './moves';

/**
 * What a rule, a term, a claim or a yield reads although the side that works it out does not hold it there: the other
 * side's private field, or a form that some way to that state has not brought. Found by working everything out, on
 * the side that does, over many forms; one sentence per fault.
 */
export const heldFaults = (workflow: Workflow): readonly string[] => {
  const context = bareContext(workflow);
  return [...new Set([...rulesAndYields(context), ...terms(context), ...claims(context)])];
};

const sides: readonly Side[] = ['origin', 'counterpart'];
const rulesAndYields = (context: Context, workflow = context.workflow): readonly string[] =>
  ownSteps(workflow).flatMap((step) => {
    const worked = [
      ...step.rules.map((rule) => ({ what: `the rule «${rule.text}» of ${step.name}`, of: rule.holds })),
      ...(step.yields ? [{ what: `what ${step.name} yields`, of: step.yields.of }] : []),
    ];
    const from = step.opens === undefined ? step.from : [null];
    return sides
      .filter((side) => takersOn(workflow, step, side).length > 0)
      .flatMap((side) =>
        from.flatMap((state) =>
          worked.flatMap(({ what, of }) =>
            variants(step.form).flatMap((form, at) =>
              tryOut(context, what, side, brought(workflow, state), form, at, of),
            ),
          ),
        ),
      );
  });

/** A term is worked out by the side with the turn as it enters the state, with what it holds of the form that brings it. */
const terms = (context: Context, workflow = context.workflow): readonly string[] =>
  ownSteps(workflow).flatMap((step) =>
    movesOf(workflow, step).flatMap(({ from, state, actor, asked }) => {
      const due = workflow.states.get(state)?.due;
      if (!due || 'unit' in due || typeof due.after !== 'function' || actor === 'engine') return [];
      const writer = asked ? otherSide(actor) : actor;
      const forms = new Set([...brought(workflow, from), ...formsOf(step)]);
      const start = due.after;
      return variants(step.form).flatMap((form, at) =>
        tryOut(context, `the due time of ${state}`, writer, forms, form, at, start),
      );
    }),
  );
const claims = (context: Context, workflow = context.workflow): readonly string[] =>
  workflow.claims.flatMap((claim) =>
    claim.during.flatMap((state) =>
      variants(undefined).flatMap((form, at) =>
        tryOut(context, `the claim «${claim.title}»`, claim.side, brought(workflow, state), form, at, claim.keys),
      ),
    ),
  );

const formsOf = (step: Step): readonly Class[] => [step.form, step.yields?.form].filter((form) => form !== undefined);
const brought = (workflow: Workflow, state: string | null): ReadonlySet<Class> =>
  state === null ? new Set() : (formsAlwaysTaken(workflow).get(state) ?? new Set());

/** Works it out on this side, once as if the origin had brought what both can bring, once the counterpart. */
const tryOut = (
  context: Context,
  what: string,
  side: Side,
  forms: ReadonlySet<Class>,
  form: JsonObject,
  variant: number,
  of: (facts: Facts) => unknown,
): readonly string[] =>
  sides.flatMap((giver) => {
    const document = caseWith(context.workflow, side, forms, giver, variant);
    try {
      of(factsOf<unknown>(document, context, form));
      return [];
    } catch (error) {
      return [`${what}, worked out by the ${side}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });

const caseWith = (
  workflow: Workflow,
  side: Side,
  forms: ReadonlySet<Class>,
  giver: Side,
  variant: number,
): CaseDocument => ({
  ...newCase({
    id: 'case',
    workflow: workflow.id,
    domain: workflow.domain,
    definition: workflow.version,
    province: side,
    peer: otherSide(side),
    side,
    status: 'live',
    alias: 'alias',
    createdAt: now,
    // The parent is read where the member was opened, and nowhere else.
    ...(workflow.under !== undefined && side === 'origin' ? { under: 'the parent' } : {}),
  }),
  facts: Object.fromEntries([...forms].map((form) => [form.name, factOf(workflow, form, side, giver, variant)])),
});
const factOf = (workflow: Workflow, form: Class, side: Side, giver: Side, variant: number): Fact => {
  const givers = ownSteps(workflow)
    .filter((step) => formsOf(step).includes(form))
    .flatMap((step) => sides.filter((each) => takersOn(workflow, step, each).length > 0));
  const by = givers.includes(giver) ? giver : (givers[0] ?? giver);
  const all = variants(form);
  const value = all[variant % all.length] ?? {};
  return { shared: sharedPart(form, value), private: by === side ? privatePart(form, value) : null, by, sequence: 1 };
};

/** Forms with optional fields and without, every yes and no, every choice: so that a rule's shortcuts are taken and not taken. */
const variants = (form: Class | undefined): readonly JsonObject[] => {
  if (!form) return [{}, {}, {}, {}];
  const fields = [...fieldsOf(form)];
  const choices = Math.max(2, ...fields.map(([, field]) => choicesOf(field.schema).length));
  return [true, false].flatMap((optional) =>
    Array.from({ length: choices }, (_, at) =>
      Object.fromEntries(
        fields
          .filter(([, field]) => optional || !field.optional)
          .map(([name, field]) => {
            const values = choicesOf(field.schema);
            const items = field.of ? variants(field.of).slice(0, at) : undefined;
            return [name, (items ?? (values.length > 0 ? values[at % values.length] : field.example)) as JsonObject];
          }),
      ),
    ),
  );
};
const choicesOf = (schema: Readonly<Record<string, unknown>> | undefined): readonly unknown[] => {
  if (schema?.['type'] === 'boolean') return [true, false];
  return Array.isArray(schema?.['enum']) ? (schema['enum'] as readonly unknown[]) : [];
};

const now = '2026-11-20T02:00:00.000Z';
/** Nothing but the date, registers that know nobody, and no parts: rules must bear all of that. */
const bareContext = (workflow: Workflow): Context => ({
  province: 'origin',
  abbreviation: '',
  workflow,
  now,
  calendar: new Calendar(),
  units: { get: () => undefined },
  clauses: { covering: () => ({ missing: '' }) },
  find: () => undefined,
  file: () => undefined,
  under: () => ({ count: 0, of: 0 }),
  parent: (id) => (id === 'the parent' ? { ...anyParent, workflow: '', title: '', isOpen: true } : undefined),
  epoch: 1,
  mayWrite: true,
  uuid: () => 'uuid',
  taken: new Set(),
  held: () => new Set(),
  serial: 1,
  limits: defaultLimits,
  archivedHash: () => undefined,
  without: new Set(),
});
