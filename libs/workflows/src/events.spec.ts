import Ajv from 'ajv/dist/2020';
import {
  askSchema,
  eventSchema,
  eventSteps,
  markedFields,
  publicEventSchema,
  publicOf,
  publicStates,
  schemaOptions,
  typeOf,
  type Step,
  type Workflow,
} from '@chuanyu/engine';
import { workflows } from './index';
import { walk, type StepEvent } from './walk.fixture';

const ajv = new Ajv(schemaOptions);
const faultsIn = (schema: object | undefined, value: unknown): readonly string[] => {
  if (!schema) return ['no schema'];
  const check = ajv.compile(schema);
  return check(value) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
};
const stepOf = (workflow: Workflow, event: StepEvent): Step => {
  const step = [...workflow.steps.values()].find((each) => typeOf(workflow, each) === event.type);
  if (!step) throw new Error(`${event.type} is no step`);
  return step;
};

describe.each(workflows.all().map((workflow) => [workflow.id, workflow] as const))('%s', (_, workflow) => {
  const seen = new Map<string, number>();
  // An ask is refused only where the same holder has moved on meanwhile: not every workflow has two such states.
  const toSee = new Set(
    eventSteps(workflow)
      .filter((step) => step.name !== 'refuse-ask')
      .map((step) => typeOf(workflow, step)),
  );
  const walks: ReturnType<typeof walk>[] = [];
  // Eighty walks; where the way to some step is long, more of them, until it was seen.
  while (walks.length < 80 || (toSee.size > 0 && walks.length < 1000)) {
    const walked = walk(workflow, walks.length, 30, seen);
    for (const event of walked.events) toSee.delete(event.type);
    walks.push(walked);
  }
  const events = walks.flatMap((walked) => walked.events);
  const schemas = new Map([...workflow.steps.values()].map((step) => [step, eventSchema(workflow, step)] as const));
  const published = new Map(
    [...workflow.steps.values()].map((step) => [step, publicEventSchema(workflow, step)] as const),
  );
  const asking = new Map([...workflow.steps.values()].map((step) => [step.name, askSchema(workflow, step)] as const));

  it('describes every event that two provinces write on random walks', () => {
    const faults = events.flatMap((event) =>
      faultsIn(schemas.get(stepOf(workflow, event)), event.data).map(
        (fault) => `${event.type} ${JSON.stringify({ ...event.data, form: undefined })}: ${fault}`,
      ),
    );
    expect(faults.slice(0, 5)).toEqual([]);
  });
  it('sees on those walks every step that can happen', () => {
    expect([...toSee]).toEqual([]);
  });
  it('describes every ask', () => {
    const asks = walks.flatMap((walked) => walked.asks);
    expect(asks.flatMap((ask) => faultsIn(asking.get(ask.step), ask)).slice(0, 5)).toEqual([]);
    if (!workflow.domestic) expect(asks.length).toBeGreaterThan(0);
  });

  it('lets nothing else cross: no other field, state, role or private field', () => {
    for (const step of eventSteps(workflow)) {
      const event = events.find((each) => stepOf(workflow, each) === step);
      if (!event) continue;
      const { data } = event;
      const stowaway = [
        { ...data, officer: 'zhang-san' },
        { ...data, by: { ...data.by, officer: 'zhang-san' } },
        { ...data, by: { ...data.by, role: 'nobody' } },
        { ...data, state: 'nowhere' },
        { ...data, form: { ...data.form, assessmentOfNobody: '' } },
        { ...data, yields: { secret: 1 } },
        { ...data, salt: '' },
        Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'due')),
      ];
      for (const wrong of stowaway) expect(faultsIn(schemas.get(step), wrong)).not.toEqual([]);
      if (step.name === 'correct') continue;
      for (const field of markedFields(step.form).filter(
        ({ audience, path }) => audience === 'private' && !path.includes('['),
      ))
        expect(faultsIn(schemas.get(step), { ...data, form: { ...data.form, [field.path]: '私' } })).not.toEqual([]);
    }
  });

  it('publishes only what the public schema describes', () => {
    const told = events.flatMap((event) => {
      const step = stepOf(workflow, event);
      const open = publicOf(workflow, step, event.data);
      if (!open) return [];
      const message = {
        id: 'hmac-of-the-event-id',
        type: event.type,
        date: event.time.slice(0, 10),
        province: event.data.by.province,
        alias: event.casealias,
        prefecture: '500100',
        ...open,
      };
      const schema = published.get(step);
      expect(faultsIn(schema, { ...message, number: '渝监衔〔2026〕1号' })).not.toEqual([]);
      return [{ message, faults: faultsIn(schema, message) }];
    });
    expect(told.flatMap(({ faults }) => faults)).toEqual([]);
    const expected = eventSteps(workflow).filter((step) => publicStates(workflow, step).length > 0);
    expect(new Set(told.map(({ message }) => message.type))).toEqual(
      new Set(expected.map((step) => typeOf(workflow, step))),
    );
  });
  it('publishes no personal data, whatever it is called', () => {
    for (const step of workflow.steps.values()) {
      const fields = [step.form, step.yields?.form].flatMap((form) => markedFields(form));
      const open = fields.filter((field) => field.audience === 'public');
      expect(open.filter((field) => field.data !== 'business')).toEqual([]);
      const personal = ['person-name', 'resident-id', 'telephone', 'attachment'];
      expect(open.filter((field) => personal.includes(String(field.schema['format'])))).toEqual([]);
      expect(namesIn(publicEventSchema(workflow, step))).toEqual(
        publicStates(workflow, step).length > 0
          ? open.map((field) => field.path).filter((path) => !path.includes('['))
          : [],
      );
    }
  });
});
const namesIn = (schema: object | undefined): readonly string[] => {
  const properties = schema && 'properties' in schema ? schema.properties : undefined;
  const fields = (properties as { fields?: { properties?: object } } | undefined)?.fields?.properties;
  return Object.keys(fields ?? {});
};
