import type { Side } from '@chuanyu/contracts';
import type { Class } from '../form/marks';
import type { Check, Printout } from './documents';
import { everydayStates, everydaySteps } from './everyday';
import { faultsOf } from './faults';
import type { back, Claim, Facts, Rule, WorkflowFile, Yields } from './notation';
import type { Register } from './register';
import type { State, Step, Workflow } from './workflow';

/** A workflow file that cannot be: every fault is named. */
export class WorkflowFaults extends Error {
  constructor(
    readonly workflow: string,
    readonly faults: readonly string[],
  ) {
    super(`${workflow}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'WorkflowFaults';
  }
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** Two keys that are one name on the wire: the later would silently take the place of the earlier. */
const sameNames = (what: string, keys: readonly string[]): string[] =>
  keys
    .filter((key, at) => keys.findIndex((each) => kebab(each) === kebab(key)) !== at)
    .map((key) => `${what} ${key} is called ${kebab(key)} like another`);
const many = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** What a file may say of any step, with the types of its own names forgotten. */
interface LooseStep {
  readonly title: string;
  readonly by: string | readonly string[];
  readonly form?: Class;
  readonly rules?: readonly Rule<unknown>[];
  readonly signedBy?: string;
  readonly byRight?: true;
  readonly follows?: string;
  readonly yields?: Yields<unknown>;
  readonly instead?: (facts: Facts) => Iterable<object>;
  readonly opens?: string;
  readonly from?: string | readonly string[];
  readonly to?: string | typeof back | Readonly<Record<string, string>>;
  readonly stays?: true;
}
interface LooseFile {
  readonly title: string;
  readonly english: string;
  readonly version?: number;
  readonly docket: string;
  readonly serves: readonly string[];
  readonly basis: readonly string[];
  readonly under?: string;
  readonly restsOn?: 'pairing';
  readonly roles: {
    readonly origin: Readonly<Record<string, string>>;
    readonly counterpart?: Readonly<Record<string, string>>;
  };
  readonly units?: { readonly [side in Side]?: readonly string[] };
  readonly sentTo?: (facts: Facts) => string;
  readonly registers?: readonly Register[];
  readonly claims?: readonly Claim<string>[];
  readonly documents?: Readonly<Record<string, Printout<string>>>;
  readonly check?: Check<string>;
  readonly states: Readonly<
    Record<string, Omit<Partial<State>, 'public'> & { readonly title: string; readonly public?: true }>
  >;
  readonly steps: Readonly<Record<string, LooseStep>>;
}

/**
 * Makes a workflow of what a file says: adds the everyday steps, and checks that every state is reachable and none
 * stuck, that roles, forms, terms and names are in order. Throws `WorkflowFaults` naming every fault.
 */
export const defineWorkflow = <const S extends string, const O extends string, const C extends string, F>(
  id: string,
  file: WorkflowFile<S, O, C, F>,
): Workflow => {
  const workflow = compile(id, file as unknown as LooseFile);
  const faults = [
    ...sameNames('step', Object.keys(file.steps)),
    ...sameNames('state', Object.keys(file.states)),
    ...faultsOf(workflow),
  ];
  if (faults.length > 0) throw new WorkflowFaults(id, faults);
  return workflow;
};

const compile = (id: string, file: LooseFile): Workflow => {
  const [domain = '', name = ''] = id.split('.');
  const domestic = file.roles.counterpart === undefined;
  const states = new Map<string, State>(
    Object.entries(file.states).map(([key, state]) => [
      kebab(key),
      {
        name: kebab(key),
        title: state.title,
        turn: state.turn,
        due: state.due,
        late: state.late === undefined ? undefined : kebab(state.late),
        warn: state.warn,
        public: state.public === true,
        everyday: false,
      },
    ]),
  );
  const ownSteps = Object.entries(file.steps).map(([key, step]) => compileStep(key, step));
  const openStates = [...states.values()].filter((state) => state.turn !== undefined).map((state) => state.name);
  const opening = ownSteps.find((step) => step.opens !== undefined);
  for (const state of domestic ? [] : everydayStates) if (!states.has(state.name)) states.set(state.name, state);
  const roles: Record<Side, Readonly<Record<string, string>>> = {
    origin: file.roles.origin,
    counterpart: file.roles.counterpart ?? {},
  };
  const everyday = everydaySteps({
    domestic,
    origin: Object.keys(roles.origin),
    counterpart: Object.keys(roles.counterpart),
    leaders: [...new Set(ownSteps.flatMap((step) => step.signedBy))],
    opening: opening?.opens ?? '',
    openStates,
  });
  const steps = new Map<string, Step>();
  for (const step of [...everyday, ...ownSteps]) steps.set(step.name, step);
  const forms = new Map<string, Class>();
  for (const step of steps.values()) {
    for (const form of [step.form, step.yields?.form]) if (form) forms.set(form.name, form);
  }
  return {
    id,
    domain,
    name,
    title: file.title,
    english: file.english,
    version: file.version ?? 1,
    docket: file.docket,
    serves: file.serves,
    basis: file.basis,
    under: file.under,
    restsOn: file.restsOn ?? 'clause',
    domestic,
    roles,
    units: { origin: file.units?.origin ?? [], counterpart: file.units?.counterpart ?? [] },
    sentTo: file.sentTo,
    registers: file.registers ?? [],
    claims: (file.claims ?? []).map((claim) => ({ ...claim, during: claim.during.map(kebab) })),
    documents: new Map(
      Object.entries(file.documents ?? {}).map(([name, each]) => [
        kebab(name),
        { ...each, during: each.during.map(kebab) },
      ]),
    ),
    check: file.check && compileCheck(file.check),
    states,
    steps,
    opening: opening ?? {
      name: '',
      title: '',
      by: [],
      form: undefined,
      rules: [],
      signedBy: [],
      byRight: false,
      follows: undefined,
      yields: undefined,
      instead: undefined,
      opens: '',
      from: [],
      to: undefined,
      everyday: false,
    },
    forms,
  };
};

const compileCheck = (check: Check<string>): Check<string> => ({
  ...check,
  says: Object.fromEntries(Object.entries(check.says).map(([state, sentence]) => [kebab(state), sentence])),
  valid: check.valid.map(kebab),
});

const compileStep = (key: string, step: LooseStep): Step => ({
  name: kebab(key),
  title: step.title,
  by: many(step.by),
  form: step.form,
  rules: step.rules ?? [],
  signedBy: step.signedBy === undefined ? [] : [step.signedBy],
  byRight: step.byRight === true,
  follows: step.follows === undefined ? undefined : kebab(step.follows),
  yields: step.yields,
  instead: step.instead,
  opens: step.opens === undefined ? undefined : kebab(step.opens),
  from: step.from === undefined ? Object.keys(targetsIn(step.to)) : many(step.from).map(kebab),
  to:
    step.to === undefined || typeof step.to === 'object'
      ? step.to && { by: targetsIn(step.to) }
      : typeof step.to === 'string'
        ? kebab(step.to)
        : { before: true },
  everyday: false,
});
const targetsIn = (to: LooseStep['to']): Readonly<Record<string, string>> =>
  typeof to === 'object'
    ? Object.fromEntries(Object.entries(to).map(([from, target]) => [kebab(from), kebab(target)]))
    : {};
