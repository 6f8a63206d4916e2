import type { Class } from '../form/marks';
import { exampleOf, formFaults } from '../form/schema';
import { documentFaults } from './document-faults';
import { everydayStates, reserved } from './everyday';
import type { Facts, ParentFacts } from './notation';
import { personalFaults } from './personal-faults';
import { leadOf, sideOfRole, sidesOf, type State, type Step, type Workflow } from './workflow';

/** Everything that is wrong with a workflow, each fault in one line. */
export const faultsOf = (workflow: Workflow): string[] => [
  ...nameFaults(workflow),
  ...titleFaults(workflow),
  ...roleFaults(workflow),
  ...stepFaults(workflow),
  ...stateFaults(workflow),
  ...domesticFaults(workflow),
  ...[...workflow.forms.values()].flatMap((form) => formFaults(form)),
  ...formNameFaults(workflow),
  ...[...workflow.forms.values()].flatMap((form) => personalFaults(form)),
  ...factFaults(workflow),
  ...registerFaults(workflow),
];

const own = (workflow: Workflow): readonly Step[] => [...workflow.steps.values()].filter((step) => !step.everyday);
/** Letters only: the name stands in an event's type, which ends in the one number that a type has. */
const isKebab = (name: string) => /^[a-z]+(-[a-z]+)*$/.test(name);

const nameFaults = (workflow: Workflow): string[] => {
  const everydayNames = new Set(everydayStates.map((state) => state.name));
  return [
    ...(isKebab(workflow.domain) && isKebab(workflow.name)
      ? []
      : [`id ${workflow.id} is not <domain>.<name> in kebab-case`]),
    ...(Number.isInteger(workflow.version) && workflow.version > 0
      ? []
      : [`version ${workflow.version} is not 1, 2, 3 …`]),
    // Where files are uploaded, and where the rows are said again, beside the workflows of a domain.
    ...(['attachments', 'restate'].includes(workflow.name) ? [`a workflow cannot be called ${workflow.name}`] : []),
    ...(workflow.docket === '' ? ['docket is empty'] : []),
    ...own(workflow)
      .filter((step) => reserved.has(step.name))
      .map((step) => `step ${step.name} is named like an everyday verb`),
    ...own(workflow)
      .filter((step) => !isKebab(step.name))
      .map((step) => `step ${step.name} is not a name for a route`),
    ...[...workflow.states.keys()].filter((name) => !isKebab(name)).map((name) => `state ${name} is not a name`),
    ...[workflow.roles.origin, workflow.roles.counterpart]
      .flatMap((roles) => Object.keys(roles))
      .filter((role) => !isKebab(role))
      .map((role) => `role ${role} is not a name in kebab-case`),
    ...[...workflow.states.values()]
      .filter((state) => !state.everyday && everydayNames.has(state.name))
      .map((state) => `state ${state.name} is the engine's own`),
  ];
};

/** What a file says of its registers; what is wrong with a register itself is told where it is defined. */
const registerFaults = (workflow: Workflow): string[] => [
  ...(workflow.name === 'registers' ? ['the name registers is taken by the pages of registers'] : []),
  ...workflow.registers
    .filter(({ name }, at) => workflow.registers.findIndex((each) => each.name === name) !== at)
    .map(({ name }) => `register ${name} is named twice`),
  ...workflow.registers
    .filter(({ keptBy }) => !keptBy.some((role) => sideOfRole(workflow, role) !== undefined))
    .map(({ name, keptBy }) => `register ${name} is kept by ${keptBy.join(', ')}, none of them a role here`),
];

/** What an officer would read as nothing. */
const titleFaults = (workflow: Workflow): string[] => {
  const titles: readonly (readonly [string, string])[] = [
    ['the workflow', workflow.title],
    ['the workflow in English', workflow.english],
    ...[...workflow.states.values()].map((state) => [`state ${state.name}`, state.title] as const),
    ...own(workflow).map((step) => [`step ${step.name}`, step.title] as const),
    ...[workflow.roles.origin, workflow.roles.counterpart]
      .flatMap((roles) => Object.entries(roles))
      .map(([role, title]) => [`role ${role}`, title] as const),
  ];
  return titles.filter(([, title]) => title.trim() === '').map(([what]) => `${what} has no title`);
};

const roleFaults = (workflow: Workflow): string[] => {
  const both = Object.keys(workflow.roles.origin).filter((role) => role in workflow.roles.counterpart);
  return [
    ...both.map((role) => `role ${role} is on both sides`),
    ...own(workflow)
      .filter((step) => step.by.length === 0)
      .map((step) => `step ${step.name} is taken by nobody`),
    ...own(workflow).flatMap((step) =>
      [...step.by, ...step.signedBy]
        .filter((role) => sideOfRole(workflow, role) === undefined)
        .map((role) => `step ${step.name}: no role ${role}`),
    ),
    ...own(workflow).flatMap((step) =>
      step.signedBy
        .filter((role) => !sidesOf(workflow, step).includes(sideOfRole(workflow, role) ?? 'origin'))
        .map((role) => `step ${step.name}: ${role} signs for the other side`),
    ),
  ];
};

const stepFaults = (workflow: Workflow): string[] => {
  const unknown = (step: Step) =>
    [
      ...step.from,
      ...(typeof step.to === 'string' ? [step.to] : []),
      ...(typeof step.to === 'object' && 'by' in step.to ? Object.values(step.to.by) : []),
      ...(step.opens === undefined ? [] : [step.opens]),
    ].filter((state) => !workflow.states.has(state));
  const openings = own(workflow).filter((step) => step.opens !== undefined);
  return [
    ...(openings.length === 1 ? [] : [`${openings.length} steps open the case; one must`]),
    ...openings
      .filter((step) => !sidesOf(workflow, step).every((side) => side === 'origin'))
      .map((step) => `step ${step.name}: the origin opens`),
    ...own(workflow).flatMap((step) => unknown(step).map((state) => `step ${step.name}: no state ${state}`)),
    ...own(workflow)
      .filter((step) => step.opens === undefined && step.from.length === 0)
      .map((step) => `step ${step.name} neither opens the case nor leaves a state`),
    ...own(workflow).flatMap((step) =>
      step.rules
        .filter((rule) => rule.form !== step.form)
        .map((rule) => `step ${step.name}: the rule «${rule.text}» is about ${rule.form.name}`),
    ),
    ...own(workflow).flatMap((step) =>
      step.from
        .filter((name) => workflow.states.has(name) && workflow.states.get(name)?.turn === undefined)
        .map((name) => `step ${step.name} leaves ${name}, which is final`),
    ),
    ...own(workflow)
      .filter((step) => step.instead && (!step.form || workflow.claims.length === 0))
      .map((step) => `step ${step.name} offers other forms, and ${step.form ? 'nothing is claimed' : 'has none'}`),
    ...workflow.claims.flatMap((claim) =>
      claim.during
        .filter((name) => !workflow.states.has(name))
        .map((name) => `claim «${claim.title}»: no state ${name}`),
    ),
  ];
};

const domesticFaults = (workflow: Workflow): string[] =>
  workflow.domestic
    ? [
        ...[...workflow.states.values()]
          .filter((state) => state.turn === 'counterpart')
          .map((state) => `state ${state.name}: a domestic workflow has no counterpart`),
        ...workflow.claims
          .filter((claim) => claim.side === 'counterpart')
          .map((claim) => `claim «${claim.title}»: a domestic workflow has no counterpart`),
        ...(workflow.sentTo ? ['sentTo: a domestic workflow is sent to nobody'] : []),
      ]
    : [];

/** Where a step or the passing of time leads from a state. */
const leadsTo = (workflow: Workflow, state: State): readonly string[] => [
  ...own(workflow).flatMap((step) => {
    const lead = step.from.includes(state.name) ? leadOf(step, state.name) : undefined;
    return typeof lead === 'string' ? [lead] : [];
  }),
  ...(state.late === undefined ? [] : [state.late]),
];
const leavesBack = (workflow: Workflow, state: State) =>
  own(workflow).some((step) => step.from.includes(state.name) && typeof leadOf(step, state.name) === 'object');

const comesToAnEnd = (workflow: Workflow, from: State): boolean => {
  const ahead = new Set([from.name]);
  for (const name of ahead) {
    const state = workflow.states.get(name);
    // `back` leads to a state that leads here: what lies ahead of that one is another way out.
    if (!state || state.turn === undefined || leavesBack(workflow, state)) return true;
    for (const next of leadsTo(workflow, state)) ahead.add(next);
  }
  return false;
};

const stateFaults = (workflow: Workflow): string[] => {
  const reached = new Set<string>([workflow.opening.opens ?? '']);
  for (const name of reached) {
    const state = workflow.states.get(name);
    if (state) for (const next of leadsTo(workflow, state)) reached.add(next);
  }
  const states = [...workflow.states.values()].filter((state) => !state.everyday);
  return [
    ...states.filter((state) => !reached.has(state.name)).map((state) => `state ${state.name} is never reached`),
    ...states
      .filter(
        (state) => state.turn !== undefined && leadsTo(workflow, state).length === 0 && !leavesBack(workflow, state),
      )
      .map((state) => `state ${state.name} is stuck: nothing leaves it`),
    ...states
      .filter(
        (state) => state.turn !== undefined && leadsTo(workflow, state).length > 0 && !comesToAnEnd(workflow, state),
      )
      .map((state) => `state ${state.name} never comes to an end`),
    ...states
      .filter((state) => state.turn === undefined && (state.due !== undefined || state.late !== undefined))
      .map((state) => `state ${state.name} is final and has a due time`),
    ...states
      .filter((state) => state.late !== undefined && !workflow.states.has(state.late))
      .map((state) => `state ${state.name}: no state ${String(state.late)}`),
    ...states
      .filter((state) => state.late !== undefined && state.due === undefined)
      .map((state) => `state ${state.name} falls late without a due time`),
    ...states
      .filter((state) => state.warn !== undefined && state.due === undefined)
      .map((state) => `state ${state.name} warns without a due time`),
  ];
};

/** Two classes of one name in a workflow could not be told apart in its facts and schemas. */
const formNameFaults = (workflow: Workflow): string[] => {
  const classes = new Set<Class>();
  for (const step of workflow.steps.values())
    for (const form of [step.form, step.yields?.form]) if (form) classes.add(form);
  const names = [...classes].map((form) => form.name);
  // The everyday `Reason` may stand beside a workflow's own form of that name: both read the same.
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at && name !== 'Reason'))].map(
    (name) => `two forms are called ${name}`,
  );
};

/** A parent that has brought whatever is read of it. */
export const anyParent: ParentFacts = {
  state: '',
  since: '2026-01-01',
  number: '',
  last: <T>(form: Class<T>): T => exampleOf(form as Class) as T,
  has: () => true,
};
/** The forms that every way to a state has brought. */
const broughtBy = (step: Step): readonly Class[] => [step.form, step.yields?.form].filter((form) => form !== undefined);
export const formsAlwaysTaken = (workflow: Workflow): ReadonlyMap<string, ReadonlySet<Class>> => {
  const known = new Map<string, ReadonlySet<Class>>([
    [workflow.opening.opens ?? '', new Set(broughtBy(workflow.opening))],
  ]);
  for (let changed = true; changed;) {
    changed = false;
    const meet = (state: string, forms: ReadonlySet<Class>) => {
      const before = known.get(state);
      const now = before === undefined ? forms : new Set([...before].filter((form) => forms.has(form)));
      if (before === undefined || now.size < before.size) {
        known.set(state, now);
        changed = true;
      }
    };
    for (const [name, forms] of [...known]) {
      const state = workflow.states.get(name);
      for (const step of own(workflow)) {
        const lead = step.from.includes(name) ? leadOf(step, name) : undefined;
        if (typeof lead === 'string') meet(lead, new Set([...forms, ...broughtBy(step)]));
      }
      if (state?.late !== undefined) meet(state.late, forms);
    }
  }
  return known;
};

/** A term or an address that reads a form which some way to its state has not brought could not be worked out. */
const factFaults = (workflow: Workflow): string[] => {
  const taken = formsAlwaysTaken(workflow);
  const probe = (what: string, forms: ReadonlySet<Class>, evaluate: (facts: Facts) => unknown): string[] => {
    const missing: string[] = [];
    const facts: Facts = {
      form: {},
      today: '2026-01-01',
      unit: '',
      last: <T>(form: Class<T>): T => {
        if (![...forms].some((each) => each === (form as Class)))
          missing.push(`${what} reads ${form.name}, which some way there does not bring`);
        return exampleOf(form as Class) as T;
      },
      has: (form) => forms.has(form),
      find: () => undefined,
      free: () => [],
      under: () => ({ count: 0, of: 0 }),
      parent: anyParent,
      code: () => '',
    };
    try {
      evaluate(facts);
    } catch (error) {
      missing.push(`${what} cannot be worked out: ${error instanceof Error ? error.message : String(error)}`);
    }
    return missing;
  };
  return [
    ...[...workflow.states.values()].flatMap((state) =>
      typeof state.due === 'object' && 'after' in state.due && typeof state.due.after === 'function'
        ? probe(`the due time of ${state.name}`, taken.get(state.name) ?? new Set(), state.due.after)
        : [],
    ),
    ...(workflow.sentTo ? probe('sentTo', new Set(broughtBy(workflow.opening)), workflow.sentTo) : []),
    ...documentFaults(workflow, taken, probe),
  ];
};
