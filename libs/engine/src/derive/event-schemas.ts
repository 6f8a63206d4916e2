import type { JsonObject, StepData } from '@chuanyu/contracts';
import { typeOf } from '../case/chain';
import { publicPart } from '../form/disclosure';
import type { Schema } from '../form/fields';
import { Correction } from '../workflow/everyday';
import { stateOf, type Step, type Workflow } from '../workflow/workflow';
import { canBeAsked, correctable, correctableBy, engineRoles, movesOf, signersOn, takersOn, type Move } from './moves';
import { crosses, isPublic, markedFields, partSchema } from './parts';

const draft = 'https://json-schema.org/draft/2020-12/schema';
const none: Schema = { type: 'null' };
const exact = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});
const oneOf = (values: readonly (string | null)[]): Schema =>
  values.length === 1 ? { const: values[0] ?? null } : { enum: values };

const id: Schema = { type: 'string', pattern: '^[0-9A-Za-z][0-9A-Za-z-]{0,63}$' };
const province: Schema = { type: 'string', pattern: '^[a-z][a-z-]{1,31}$' };
const unit: Schema = { type: 'string', pattern: '^[a-z][a-z0-9-]{1,63}$' };
const instant: Schema = { type: 'string', format: 'date-time' };
const actor: Schema = exact({ province, unit, role: { type: 'string', maxLength: 64 } });
const clause: Schema = { type: ['string', 'null'], maxLength: 128 };
const opening = (domestic: boolean): Schema =>
  exact({
    number: { type: 'string', minLength: 1, maxLength: 64 },
    origin: exact({ province, unit }),
    counterpart: domestic ? none : exact({ province, unit }),
    under: { type: ['string', 'null'], pattern: '^[0-9A-Za-z-]{1,64}$' },
    secrecy: { enum: ['none', 'work'] },
  });

/** The part of a step's form that crosses. A correction carries the part of the form that it replaces. */
const sharedForm = (workflow: Workflow, step: Step): Schema => {
  if (step.name !== 'correct') return step.form ? partSchema(step.form, crosses) : none;
  const { properties } = partSchema(Correction, crosses);
  return {
    type: 'object',
    anyOf: correctable(workflow).flatMap((each) =>
      each.form
        ? exact({
            ...properties,
            step: { ...properties['step'], const: each.name },
            form: partSchema(each.form, crosses),
          })
        : [],
    ),
  };
};
const sharedYields = (step: Step): Schema => (step.yields ? partSchema(step.yields.form, crosses) : none);

/** What an ask says of its step and who asks: told apart from the rest, which is alike in every ask. */
interface Asked {
  readonly step: Schema;
  readonly role: Schema;
  readonly signed: Schema;
  readonly form: Schema;
  readonly yields: Schema;
  readonly byright: Schema;
}
const askOf = (step: Step, form: Schema): Asked => ({
  step: { const: step.name },
  role: oneOf(step.by),
  // Whether it needs a signature depends on the asker's side; the case's service looks.
  signed: oneOf([...step.signedBy, null]),
  form,
  yields: sharedYields(step),
  byright: { const: step.byRight },
});
const askBody = ({ step, role, signed, form, yields, byright }: Asked): Schema =>
  exact(
    {
      ask: id,
      case: id,
      step,
      tenure: { type: 'integer', minimum: 1 },
      basis: { type: 'integer', minimum: 1 },
      stepkey: { type: 'string', minLength: 1, maxLength: 256 },
      time: instant,
      by: exact({ province, unit, role }),
      signed,
      form,
      yields,
      clause,
      salt: id,
      byright,
      signature: exact({
        kid: { type: 'string', minLength: 1, maxLength: 128 },
        signature: { type: 'string', minLength: 1, maxLength: 2048 },
        epoch: { type: 'integer', minimum: 0 },
      }),
    },
    ['signature'],
  );
const named = (type: string, title: string, schema: Schema): Schema => ({
  $schema: draft,
  $id: `urn:chuanyu:${type}`,
  title,
  ...schema,
});

/** What may cross as an ask for this step; undefined where nobody can ask for it. */
export const askSchema = (workflow: Workflow, step: Step): Schema | undefined =>
  isAsked(workflow, step)
    ? named(
        `${typeOf(workflow, step)}:ask`,
        `${workflow.title} · 提请${step.title}`,
        askBody(askOf(step, sharedForm(workflow, step))),
      )
    : undefined;
/** Is there a state in which a side that may take the step has no turn? */
const isAsked = (workflow: Workflow, step: Step): boolean =>
  canBeAsked(workflow, step) && movesOf(workflow, step).some((move) => move.asked);

/** The asks that an event of this step may embed: its own, or any where it answers that it cannot be. */
const embedded = (workflow: Workflow, step: Step): Schema => {
  if (step.name !== 'refuse-ask') return askBody(askOf(step, sharedRef));
  const asked = [...workflow.steps.values()].filter((each) => isAsked(workflow, each));
  const any: Asked = {
    step: { type: 'string' },
    role: { type: 'string' },
    signed: { type: ['string', 'null'] },
    form: { type: ['object', 'null'] },
    yields: { type: ['object', 'null'] },
    byright: { type: 'boolean' },
  };
  return {
    ...askBody(any),
    anyOf: asked.map((each) => {
      const { role, ...own } = askOf(each, sharedForm(workflow, each));
      return { properties: { ...own, by: { type: 'object', properties: { role } } } };
    }),
  };
};
const sharedRef: Schema = { $ref: '#/$defs/form' };

/** Moves that differ only in the state they leave. */
const grouped = (moves: readonly Move[]): readonly (readonly [Move, readonly (string | null)[]])[] => {
  const groups = new Map<string, [Move, (string | null)[]]>();
  for (const move of moves) {
    const key = JSON.stringify([move.state, move.turn, move.actor, move.asked]);
    const group = groups.get(key) ?? [move, []];
    groups.set(key, group);
    if (!group[1].includes(move.from)) group[1].push(move.from);
  }
  return [...groups.values()];
};
const variant = (workflow: Workflow, step: Step, move: Move, from: readonly (string | null)[]): Schema => {
  const side = move.actor === 'engine' ? undefined : move.actor;
  const signers = side ? signersOn(workflow, step, side) : [];
  return {
    properties: {
      from: oneOf(from),
      state: { const: move.state },
      turn: { const: move.turn },
      ...(mayBeDue(workflow, move) ? {} : { due: none }),
      by: {
        type: 'object',
        properties: { role: side ? oneOf(takersOn(workflow, step, side)) : { const: engineRoles[step.name] } },
      },
      signed: oneOf(signers.length === 0 ? [null] : signers),
      ask: { type: move.asked ? 'object' : 'null' },
      ...(side && step.name === 'correct'
        ? { form: { type: 'object', properties: { step: oneOf(correctableBy(workflow, side)) } } }
        : {}),
    },
  };
};
/** While a case rests (sent back, being completed) it keeps the due time that rests. */
const mayBeDue = (workflow: Workflow, { state: name, turn }: Move): boolean => {
  const state = stateOf(workflow, name);
  return turn !== null && (state.everyday || state.due !== undefined);
};

/**
 * What an event of this step carries across the border, as `data`: every field exactly, only what may cross, only to
 * where the step leads, only the roles that take and sign it. An event of a step that never happens fits nothing.
 */
export const eventSchema = (workflow: Workflow, step: Step): Schema => {
  const moves = movesOf(workflow, step);
  const title = `${workflow.title} · ${step.title}`;
  if (moves.length === 0) return named(typeOf(workflow, step), title, { not: {} });
  const asked = moves.some((move) => move.asked);
  return named(typeOf(workflow, step), title, {
    $defs: { form: sharedForm(workflow, step) },
    ...exact({
      from: { type: ['string', 'null'] },
      state: { type: 'string' },
      turn: { enum: ['origin', 'counterpart', null] },
      due: { type: ['string', 'null'], format: 'date-time' },
      by: actor,
      signed: { type: ['string', 'null'] },
      form: sharedRef,
      yields: sharedYields(step),
      ask: asked ? { anyOf: [none, embedded(workflow, step)] } : none,
      opening: step.opens === undefined ? none : opening(workflow.domestic),
      salt: id,
    }),
    anyOf: grouped(moves).map(([move, from]) => variant(workflow, step, move, from)),
  });
};
/** Steps of which events can stand in the chain. */
export const eventSteps = (workflow: Workflow): readonly Step[] =>
  [...workflow.steps.values()].filter((step) => movesOf(workflow, step).length > 0);

const hasPublicFields = (step: Step): boolean =>
  [step.form, step.yields?.form].some((form) => markedFields(form).some((field) => isPublic(field.audience)));
/**
 * The public states that integrators learn of through this step. Everyday steps tell them nothing, but for time
 * passing; nor does a step that only stays where the case is, unless a field of it is public.
 */
export const publicStates = (workflow: Workflow, step: Step): readonly string[] => {
  if (step.everyday && step.name !== 'lapse') return [];
  const enters = step.opens !== undefined || step.to !== undefined || step.name === 'lapse';
  if (!enters && !hasPublicFields(step)) return [];
  return [...new Set(movesOf(workflow, step).map((move) => move.state))].filter(
    (state) => stateOf(workflow, state).public,
  );
};

/** What integrators may know of an event; undefined where nothing. */
export const publicOf = (
  workflow: Workflow,
  step: Step,
  data: Pick<StepData, 'state' | 'form' | 'yields'>,
): { readonly state: string; readonly fields: JsonObject } | undefined =>
  publicStates(workflow, step).includes(data.state)
    ? {
        state: data.state,
        fields: { ...publicPart(step.form, data.form), ...publicPart(step.yields?.form, data.yields) },
      }
    : undefined;

/** An event on `<province>.public.<domain>`: this and nothing else. Undefined where the step publishes nothing. */
export const publicEventSchema = (workflow: Workflow, step: Step): Schema | undefined => {
  const states = publicStates(workflow, step);
  if (states.length === 0) return undefined;
  const parts = [step.form, step.yields?.form]
    .filter((form) => form !== undefined)
    .map((form) => partSchema(form, isPublic));
  const type = typeOf(workflow, step);
  return named(`${type}:public`, `${workflow.title} · ${step.title}（公开）`, {
    ...exact({
      id: { type: 'string', pattern: '^[0-9A-Za-z_-]{16,128}$', description: '事件编号，不可据以推知办件' },
      type: { const: type },
      date: { type: 'string', format: 'date', description: '日期（北京时间）' },
      province: { ...province, description: '办理该操作的省（市）' },
      state: {
        ...oneOf(states),
        description: states.map((state) => `${state}：${stateOf(workflow, state).title}`).join('；'),
      },
      fields: {
        type: 'object',
        properties: Object.fromEntries(parts.flatMap((part) => Object.entries(part.properties))),
        required: parts.flatMap((part) => part.required),
        additionalProperties: false,
      },
      alias: { type: 'string', pattern: '^[0-9A-Za-z_-]{16,64}$', description: '办件的公开代号，两地一致' },
      prefecture: {
        type: ['string', 'null'],
        pattern: '^[0-9]{4}00$',
        description: '市（州）行政区划代码（GB/T 2260）',
      },
    }),
  });
};
