import { isDate } from '@chuanyu/reference';
import { fieldsOf, type Schema } from '../form/fields';
import { marksOf, type Class } from '../form/marks';
import type { Check, FieldOf, Paper, Printout } from './documents';
import type { Facts } from './notation';
import { leadOf, type Workflow } from './workflow';

/** The forms that every way to a state has brought, by state. */
type Taken = ReadonlyMap<string, ReadonlySet<Class>>;
/** What is wrong with a function of facts, where only these forms were taken. */
type Probe = (what: string, forms: ReadonlySet<Class>, evaluate: (facts: Facts) => unknown) => string[];

/** What is wrong with what a workflow prints and lets be checked. */
export const documentFaults = (workflow: Workflow, taken: Taken, probe: Probe): string[] => [
  ...[...workflow.documents].flatMap(([name, printout]) => printoutFaults(workflow, name, printout, taken, probe)),
  ...(workflow.check ? checkFaults(workflow, workflow.check, taken) : []),
];

const unknownStates = (workflow: Workflow, what: string, states: readonly string[]): string[] =>
  states.filter((state) => !workflow.states.has(state)).map((state) => `${what}: no state ${state}`);

const printoutFaults = (
  workflow: Workflow,
  name: string,
  { title, during, of }: Printout<string>,
  taken: Taken,
  probe: Probe,
): string[] => {
  const what = `document ${name}`;
  return [
    ...(/^[a-z]+(-[a-z]+)*$/.test(name) ? [] : [`${what} is not a name for a route`]),
    ...(title.trim() === '' ? [`${what} has no title`] : []),
    ...(during.length === 0 ? [`${what} is printed in no state`] : []),
    ...unknownStates(workflow, what, during),
    ...during.flatMap((state) =>
      probe(`${what} in ${state}`, taken.get(state) ?? new Set(), (facts) => mustBePaper(of(facts))),
    ),
  ];
};
const mustBePaper = ({ on, lines, text }: Paper): void => {
  if (!isDate(on)) throw new Error(`its date is ${on}`);
  if (Object.keys(lines).length === 0 && text === undefined) throw new Error('it says nothing');
};

const checkFaults = (workflow: Workflow, check: Check<string>, taken: Taken): string[] => {
  const { code, says, valid, shows } = check;
  const said = Object.keys(says);
  const yielded = [...workflow.steps.values()].some((step) => step.yields?.form === code.form);
  return [
    ...unknownStates(workflow, 'check', said),
    ...(said.length === 0 ? ['check says nothing'] : []),
    ...valid
      .filter((state) => !said.includes(state))
      .map((state) => `check: ${state} is valid, and nothing is said of it`),
    ...(yielded ? [] : [`check: no step yields ${code.form.name}`]),
    ...(marksOf(code.form).get(code.name)?.audience === 'private'
      ? []
      : [`check: ${code.form.name}.${code.name} is not private; whoever reads the code can check`]),
    ...[code, ...shows].flatMap((each) => missing(said, taken, each)),
    ...shows.flatMap(showFaults),
    // Whoever relied on what the check said must be told of what became of it.
    ...said.flatMap((state) =>
      nextOf(workflow, state)
        .filter((next) => !said.includes(next))
        .map((next) => `check says nothing of ${next}, to which ${state} leads`),
    ),
  ];
};
const missing = (said: readonly string[], taken: Taken, { form, name }: FieldOf): string[] => {
  const known = fieldsOf(form).get(name);
  if (!known) return [`check: ${form.name} has no field ${name}`];
  return said
    .filter((state) => !taken.get(state)?.has(form))
    .map((state) => `check reads ${form.name} in ${state}, which some way there does not bring`);
};
const nextOf = (workflow: Workflow, state: string): readonly string[] => [
  ...[...workflow.steps.values()].flatMap((step) => {
    const lead = !step.everyday && step.from.includes(state) ? leadOf(step, state) : undefined;
    return typeof lead === 'string' ? [lead] : [];
  }),
  ...[workflow.states.get(state)?.late ?? []].flat(),
];

/** Anybody may read it: neither data of a person nor what somebody has written freely, in which a person may be named. */
const showFaults = ({ form, name }: FieldOf): string[] => {
  const what = `check shows ${form.name}.${name}`;
  const data = marksOf(form).get(name)?.data ?? 'business';
  const schema = fieldsOf(form).get(name)?.schema;
  return [
    ...(data === 'business' ? [] : [`${what}, which is of class ${data}`]),
    ...(schema && isClosed(schema) ? [] : [`${what}, which is not a choice, a number or a date`]),
  ];
};
const isClosed = (schema: Schema): boolean =>
  schema['type'] === 'boolean' ||
  schema['type'] === 'integer' ||
  Array.isArray(schema['enum']) ||
  schema['format'] === 'date';
