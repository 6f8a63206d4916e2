import type { JsonObject } from '@chuanyu/contracts';
import {
  checkOf,
  field,
  fieldsOf,
  marksOf,
  newCase,
  nowhere,
  type CaseDocument,
  type Class,
  type DataClass,
  type Workflow,
} from '@chuanyu/engine';
import { workflows } from '@chuanyu/workflows';

// Anybody may read what a check says. So a case is made in which every field of every form holds a mark of its own, and
// what the check says of it in every state is searched for marks of fields that may concern a person.
const personal: readonly DataClass[] = ['identity', 'contact', 'family', 'conviction', 'health', 'drug-use', 'risk'];
const checked = workflows.all().filter(({ check }) => check !== undefined);

const markOf = (form: Class, name: string): string => `⟨${form.name}.${name}⟩`;
const filled = (form: Class): JsonObject =>
  Object.fromEntries([...fieldsOf(form).keys()].map((name) => [name, markOf(form, name)]));
const inState = (workflow: Workflow, state: string): CaseDocument => ({
  ...newCase({
    id: 'case',
    workflow: workflow.id,
    domain: workflow.domain,
    definition: workflow.version,
    province: 'sichuan',
    peer: null,
    side: 'origin',
    status: 'live',
    alias: 'alias',
    createdAt: '2026-12-01T01:00:00.000Z',
  }),
  head: { ...nowhere, sequence: 1, state, turn: workflow.states.get(state)?.turn === 'origin' ? 'origin' : null },
  opening: {
    number: '川试〔2026〕1号',
    origin: { province: 'sichuan', unit: 'sc-unit' },
    counterpart: null,
    under: null,
    secrecy: 'none',
  },
  facts: Object.fromEntries(
    [...workflow.forms].map(([name, form]) => [
      name,
      { shared: null, private: filled(form), by: 'origin', sequence: 1 } as const,
    ]),
  ),
});
/** Does a field hold a choice, a number or a date, and nothing of a person? Whatever else is written may name one. */
const mayBeShown = (form: Class, name: string): boolean => {
  const schema = fieldsOf(form).get(name)?.schema ?? {};
  const data = marksOf(form).get(name)?.data;
  const closed = Array.isArray(schema['enum']) || schema['type'] === 'boolean' || schema['type'] === 'integer';
  return data !== undefined && !personal.includes(data) && (closed || schema['format'] === 'date');
};
/** Fields that the check of this workflow tells anybody, and must not. */
const told = (workflow: Workflow): readonly string[] =>
  [...workflow.states.keys()].flatMap((state) => {
    const answer = checkOf(inState(workflow, state), workflow);
    if (!answer) return [];
    const { code: _, ...said } = answer;
    return [...workflow.forms.values()].flatMap((form) =>
      [...fieldsOf(form).keys()].filter(
        (name) => JSON.stringify(said).includes(markOf(form, name)) && !mayBeShown(form, name),
      ),
    );
  });

test('there are checks to look at, and they say something', () => {
  expect(checked.map(({ id }) => id)).toContain('lawyer.trainee-certificate');
  for (const workflow of checked) {
    const answers = [...workflow.states.keys()].flatMap((state) => checkOf(inState(workflow, state), workflow) ?? []);
    expect(answers.length).toBe(Object.keys(workflow.check?.says ?? {}).length);
  }
});
test('no check tells anybody what may concern a person', () => {
  expect(checked.flatMap((workflow) => told(workflow).map((name) => `${workflow.id} ${name}`))).toEqual([]);
});
test('a check that did would be found', () => {
  const [workflow] = checked;
  if (!workflow?.check) throw new Error('no check');
  const [form] = [...workflow.forms.values()].filter((each) => marksOf(each).get('residentId'));
  if (!form) throw new Error('no form with a resident id');
  const wrong = {
    ...workflow,
    check: { ...workflow.check, shows: [field(form as Class<{ residentId: string }>, 'residentId')] },
  };
  expect(new Set(told(wrong))).toEqual(new Set(['residentId']));
});
