import type { Side } from '@chuanyu/contracts';
import { typeOf } from '../case/chain';
import type { Schema } from '../form/fields';
import { versionOf, type Class, type DataClass } from '../form/marks';
import { schemaOf } from '../form/schema';
import type { Workflows } from '../workflow/registry';
import { sideOfRole, type State, type Step, type Workflow } from '../workflow/workflow';
import { checkEntry, documentEntries, type CatalogueCheck, type CatalogueDocument } from './documents';
import { publicStates } from './event-schemas';
import { everydayStepsOf, isEngineStep, ownSteps } from './moves';
import { isPublic, markedFields, type MarkedField } from './parts';
import { dueInWords, ownForms, roleTitle, stateTitle, termInWords } from './words';

/** A workflow as screens, integrators and `script/workflows` read it; plain JSON. */
export interface CatalogueEntry {
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  readonly title: string;
  readonly english: string;
  readonly version: number;
  readonly docket: string;
  /** Items of the cooperation list. */
  readonly serves: readonly string[];
  readonly basis: readonly string[];
  readonly domestic: boolean;
  /** The workflow whose case a case of this one is a part of. */
  readonly under: string | null;
  readonly restsOn: 'pairing' | 'clause';
  /** Who names the unit that receives it: the officer who opens it, or the form itself; null for a domestic one. */
  readonly addressedBy: 'officer' | 'form' | null;
  readonly roles: readonly CatalogueRole[];
  readonly states: readonly CatalogueState[];
  readonly steps: readonly CatalogueStep[];
  /** What every case has, whatever its workflow; without the steps that the engine takes itself. */
  readonly everyday: readonly CatalogueStep[];
  /** What rules look into: records that units of one side keep. */
  readonly registers: readonly CatalogueRegister[];
  readonly claims: readonly { readonly title: string; readonly side: Side; readonly during: readonly Named[] }[];
  /** What can be printed. */
  readonly documents: readonly CatalogueDocument[];
  /** What anybody may learn by number and code; null where nothing. */
  readonly check: CatalogueCheck | null;
  /** Fields that cross the border. */
  readonly leaves: readonly CatalogueField[];
  /** Fields that some public event carries. */
  readonly publishes: readonly CatalogueField[];
  /** Fields that never leave the province. */
  readonly stays: readonly CatalogueField[];
  /** Public events: what integrators can subscribe to. */
  readonly events: readonly { readonly type: string; readonly title: string; readonly states: readonly Named[] }[];
}
export interface Named {
  readonly name: string;
  readonly title: string;
}
export interface CatalogueRole {
  readonly role: string;
  readonly title: string;
  readonly side: Side | null;
}
export interface CatalogueState extends Named {
  /** `other`: the side that did not have it before. Null where the case has ended. */
  readonly turn: Side | 'other' | null;
  /** In words: 「10 个工作日」. */
  readonly due: string | null;
  /** How long before it is due both sides are told, in words; null where they are not. */
  readonly warn: string | null;
  /** The state that it falls into when the due time has passed; null: it only turns red. */
  readonly late: Named | null;
  readonly public: boolean;
  readonly everyday: boolean;
}
export interface CatalogueForm {
  readonly name: string;
  readonly version: number;
  readonly schema: Schema;
}
export interface CatalogueStep extends Named {
  readonly type: string;
  readonly opens: boolean;
  readonly by: readonly CatalogueRole[];
  readonly from: readonly Named[];
  /** A state · `stays` · `before`: where the case was before · by the state it is in. */
  readonly to: Named | 'stays' | 'before' | readonly { readonly from: Named; readonly to: Named }[];
  readonly form: CatalogueForm | null;
  /** What the engine works out and writes beside the form. */
  readonly yields: CatalogueForm | null;
  readonly signedBy: readonly CatalogueRole[];
  readonly byRight: boolean;
  /** The parent's step with which the engine takes it. */
  readonly follows: string | null;
  readonly rules: readonly string[];
  readonly advice: readonly string[];
}
export interface CatalogueRegister extends Named {
  readonly english: string;
  /** The field that tells a record from the others. */
  readonly key: string;
  readonly keptBy: readonly CatalogueRole[];
  readonly schema: Schema;
}
export interface CatalogueField {
  readonly form: string;
  readonly field: string;
  readonly title: string;
  readonly audience: MarkedField['audience'];
  readonly data: DataClass;
}

/** Every workflow of the deployment, newest versions, in the order of registration. */
export const catalogue = (workflows: Workflows): readonly CatalogueEntry[] => workflows.all().map(catalogueEntry);

export const catalogueEntry = (workflow: Workflow): CatalogueEntry => {
  const fields = ownForms(workflow).flatMap((form) => markedFields(form).map((field) => fieldEntry(form, field)));
  const publishing = new Set(
    ownSteps(workflow)
      .filter((step) => publicStates(workflow, step).length > 0)
      .flatMap((step) => [step.form, step.yields?.form]),
  );
  return {
    id: workflow.id,
    domain: workflow.domain,
    name: workflow.name,
    title: workflow.title,
    english: workflow.english,
    version: workflow.version,
    docket: workflow.docket,
    serves: workflow.serves,
    basis: workflow.basis,
    domestic: workflow.domestic,
    under: workflow.under ?? null,
    restsOn: workflow.restsOn,
    addressedBy: workflow.domestic ? null : workflow.sentTo ? 'form' : 'officer',
    roles: [...Object.keys(workflow.roles.origin), ...Object.keys(workflow.roles.counterpart)].map((role) =>
      roleEntry(workflow, role),
    ),
    states: [...workflow.states.values()].map((state) => stateEntry(workflow, state)),
    steps: ownSteps(workflow).map((step) => stepEntry(workflow, step)),
    everyday: everydayStepsOf(workflow)
      .filter((step) => !isEngineStep(step))
      .map((step) => stepEntry(workflow, step)),
    registers: workflow.registers.map(({ name, title, english, key, keptBy, of }) => ({
      name,
      title,
      english,
      key,
      keptBy: keptBy.map((role) => roleEntry(workflow, role)),
      schema: schemaOf(of),
    })),
    claims: workflow.claims.map(({ title, side, during }) => ({
      title,
      side,
      during: during.map((state) => named(workflow, state)),
    })),
    documents: documentEntries(workflow),
    check: checkEntry(workflow),
    leaves: workflow.domestic ? [] : fields.filter((field) => field.audience !== 'private'),
    publishes: ownForms(workflow)
      .filter((form) => publishing.has(form))
      .flatMap((form) => markedFields(form).map((field) => fieldEntry(form, field)))
      .filter((field) => isPublic(field.audience)),
    stays: workflow.domestic
      ? fields.filter((field) => !isPublic(field.audience))
      : fields.filter((field) => field.audience === 'private'),
    events: [...workflow.steps.values()].flatMap((step) => {
      const states = publicStates(workflow, step).map((state) => named(workflow, state));
      return states.length === 0 ? [] : { type: typeOf(workflow, step), title: step.title, states };
    }),
  };
};

const named = (workflow: Workflow, state: string): Named => ({ name: state, title: stateTitle(workflow, state) });
const roleEntry = (workflow: Workflow, role: string): CatalogueRole => ({
  role,
  title: roleTitle(workflow, role),
  side: sideOfRole(workflow, role) ?? null,
});
const stateEntry = (workflow: Workflow, state: State): CatalogueState => ({
  name: state.name,
  title: state.title,
  turn: state.turn ?? null,
  due: dueInWords(state.due) ?? null,
  late: state.late === undefined ? null : named(workflow, state.late),
  warn: state.warn === undefined ? null : termInWords(state.warn),
  public: state.public,
  everyday: state.everyday,
});
const formEntry = (form: Class | undefined): CatalogueForm | null =>
  form ? { name: form.name, version: versionOf(form), schema: schemaOf(form) } : null;
const stepEntry = (workflow: Workflow, step: Step): CatalogueStep => ({
  name: step.name,
  title: step.title,
  type: typeOf(workflow, step),
  opens: step.opens !== undefined,
  by: step.by.map((role) => roleEntry(workflow, role)),
  from: step.from.map((state) => named(workflow, state)),
  to: step.opens === undefined ? leadEntry(workflow, step) : named(workflow, step.opens),
  form: formEntry(step.form),
  yields: formEntry(step.yields?.form),
  signedBy: step.signedBy.map((role) => roleEntry(workflow, role)),
  byRight: step.byRight,
  follows: step.follows ?? null,
  rules: step.rules.filter((rule) => !rule.advice).map((rule) => rule.text),
  advice: step.rules.filter((rule) => rule.advice).map((rule) => rule.text),
});
const leadEntry = (workflow: Workflow, { to }: Step): CatalogueStep['to'] => {
  if (to === undefined) return 'stays';
  if (typeof to === 'string') return named(workflow, to);
  if (!('by' in to)) return 'before';
  return Object.entries(to.by).map(([from, target]) => ({ from: named(workflow, from), to: named(workflow, target) }));
};
const fieldEntry = (form: Class, { path, title, audience, data }: MarkedField): CatalogueField => ({
  form: form.name,
  field: path,
  title,
  audience,
  data,
});
