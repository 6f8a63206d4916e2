import fc from 'fast-check';
import type { Schema } from '../form/fields';
import { breaking } from './compatibility';
import { eventSchema, publicEventSchema } from './event-schemas';
import { generatedFiles, objections, stale, type Generated } from './files';
import { activity, items, sample } from './activity.fixture';

interface Field extends Schema {
  readonly type: string;
}
const event = (properties: Readonly<Record<string, Field>>, required: readonly string[]): Schema => ({
  $defs: { form: { type: 'object', properties, required, additionalProperties: false } },
  properties: { yields: { type: 'null' } },
});
const name: Field = { type: 'string', maxLength: 50 };
const kind: Field = { type: 'string', enum: ['甲', '乙'] };
const list: Field = { type: 'array', maxItems: 5, items: { type: 'object', properties: { name }, required: ['name'] } };
const before = event({ name, kind, list }, ['name', 'kind']);

describe('a change of an event under the same type', () => {
  it.each([
    ['a field removed', event({ kind, list }, ['kind']), ['form.name: was removed']],
    [
      'a required field added',
      event({ name, kind, list, more: name }, ['name', 'kind', 'more']),
      ['form.more: is now required'],
    ],
    ['a field now required', event({ name, kind, list }, ['name', 'kind', 'list']), ['form.list: is now required']],
    [
      'a field no longer sure to be there',
      event({ name, kind, list }, ['kind']),
      ['form.name: need no longer be present'],
    ],
    [
      'another type',
      event({ name: { type: 'integer' }, kind, list }, ['name', 'kind']),
      ['form.name: type string became integer'],
    ],
    [
      'a choice gone',
      event({ name, kind: { type: 'string', enum: ['甲'] }, list }, ['name', 'kind']),
      ['form.kind: no longer 乙'],
    ],
    [
      'an open field closed',
      event({ name: { ...name, enum: ['甲'] }, kind, list }, ['name', 'kind']),
      ['form.name: was open, is now one of 甲'],
    ],
    [
      'a shorter text',
      event({ name: { ...name, maxLength: 20 }, kind, list }, ['name', 'kind']),
      ['form.name: maxLength 50 became 20'],
    ],
    [
      'a bound where none was',
      event({ name: { ...name, minLength: 2 }, kind, list }, ['name', 'kind']),
      ['form.name: minLength none became 2'],
    ],
    [
      'another pattern',
      event({ name: { ...name, pattern: '^a' }, kind, list }, ['name', 'kind']),
      ['form.name: pattern became "^a"'],
    ],
    [
      'a field removed from the items of a list',
      event({ name, kind, list: { ...list, items: { type: 'object', properties: {}, required: [] } } }, [
        'name',
        'kind',
      ]),
      ['form.list[].name: was removed'],
    ],
    [
      'no form any more',
      { $defs: { form: { type: 'null' } }, properties: { yields: { type: 'null' } } },
      ['form: type object became null', 'form.name: was removed', 'form.kind: was removed', 'form.list: was removed'],
    ],
  ])('%s breaks its readers', (_, after, reasons) => {
    expect(breaking(before, after)).toEqual(reasons);
  });
  it.each([
    ['nothing', before],
    ['an optional field added', event({ name, kind, list, more: name }, ['name', 'kind'])],
    ['a choice added', event({ name, kind: { type: 'string', enum: ['甲', '乙', '丙'] }, list }, ['name', 'kind'])],
    ['a longer text', event({ name: { ...name, maxLength: 80 }, kind, list }, ['name', 'kind'])],
    ['another title', event({ name: { ...name, title: '姓名' }, kind, list }, ['name', 'kind'])],
  ])('%s does not', (_, after) => {
    expect(breaking(before, after)).toEqual([]);
  });
  it('a place that was kept empty is as good as none; filled on demand it is like a field added', () => {
    const kept = event({ name, later: { type: 'null' } }, ['name']);
    expect(breaking(kept, event({ name, later: { type: 'object' } }, ['name']))).toEqual([]);
    expect(breaking(kept, event({ name, later: { type: 'object' } }, ['name', 'later']))).toEqual([
      'form.later: is now required',
    ]);
  });
  it('of what integrators get: a field or a state gone breaks them, a new state does not', () => {
    const open = (fields: object, states: readonly string[]): Schema => ({
      properties: { fields: { type: 'object', properties: fields, required: [] }, state: { enum: states } },
    });
    expect(breaking(open({ name }, ['a', 'b']), open({}, ['a']))).toEqual([
      'fields.name: was removed',
      'state: no longer b',
    ]);
    expect(breaking(open({ name }, ['a']), open({ name }, ['a', 'b']))).toEqual([]);
  });
});

describe('any change', () => {
  const field: fc.Arbitrary<Field> = fc.oneof(
    fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: 0, max: 9 }) }),
    fc.record({
      type: fc.constant('string'),
      enum: fc.uniqueArray(fc.constantFrom('甲', '乙', '丙'), { minLength: 1 }),
    }),
  );
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), field);
  const made = fields.chain((properties) =>
    fc
      .subarray(Object.keys(properties))
      .map((required) => ({ properties, required, schema: event(properties, required) })),
  );
  it('back and forth: what only adds is never breaking, and taking it back always is', () => {
    fc.assert(
      fc.property(made, fields, ({ properties, required, schema }, added) => {
        const news = Object.keys(added).filter((each) => !(each in properties));
        const wider = event({ ...added, ...properties }, required);
        expect(breaking(schema, wider)).toEqual([]);
        expect(breaking(wider, schema)).toEqual(news.map((each) => `form.${each}: was removed`).sort(sameOrder(added)));
      }),
      { seed: 1 },
    );
  });
  const sameOrder = (added: object) => (one: string, other: string) =>
    Object.keys(added).findIndex((each) => one.includes(`.${each}:`)) -
    Object.keys(added).findIndex((each) => other.includes(`.${each}:`));
  it('is breaking or not for its own reasons: two steps are never worse than both together', () => {
    fc.assert(
      fc.property(made, made, made, (a, b, c) => {
        // Whoever reads both a → b and b → c without harm reads a → c without harm.
        if (breaking(a.schema, b.schema).length === 0 && breaking(b.schema, c.schema).length === 0)
          expect(breaking(a.schema, c.schema)).toEqual([]);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});

describe('what is committed', () => {
  const made = generatedFiles(sample, items);
  const schemas = (of: Generated): Map<string, Schema> =>
    new Map([...of].flatMap(([path, content]) => (typeof content === 'object' ? [[path, content]] : [])));
  const folder = 'libs/contracts/schemas/test/exchange-activity';

  it('may be made again', () => {
    expect(objections(schemas(made), made)).toEqual([]);
    expect(stale([...made.keys()], made)).toEqual([]);
    expect([...made.keys()]).toEqual(
      expect.arrayContaining([`${folder}.propose.v1.json`, `${folder}.agree.v1.public.json`]),
    );
  });
  it('may not lose a field of an event that crosses', () => {
    const committed = schemas(made).set(`${folder}.agree.v1.json`, event({ budget: name }, ['budget']));
    expect(objections(committed, made)).toContain(
      `${folder}.agree.v1.json: form.budget: was removed; raise the form's @Version, or take it back`,
    );
  });
  it('may not lose an event, unless a higher version of it took its place', () => {
    const committed = schemas(made).set(`${folder}.vote.v1.json`, before);
    expect(objections(committed, made)).toEqual([
      `${folder}.vote.v1.json: nothing makes this event any more; keep its step, or delete the file once nobody reads it`,
    ]);
    const newer = new Map(made).set(`${folder}.vote.v2.json`, before);
    expect(objections(committed, newer)).toEqual([]);
    expect(objections(new Map([[`${folder}.vote.v1.public.json`, before]]), newer)).toHaveLength(1);
  });
  it('loses a page and a description that nothing makes', () => {
    expect(
      stale(
        ['docs/workflows/test/gone.md', 'libs/contracts/schemas/gone/asyncapi.json', `${folder}.vote.v1.json`],
        made,
      ),
    ).toEqual(['docs/workflows/test/gone.md', 'libs/contracts/schemas/gone/asyncapi.json']);
  });
  it('looks at the shape of real events', () => {
    const propose = activity.steps.get('propose');
    const hold = activity.steps.get('hold');
    if (!propose || !hold) throw new Error('no such step');
    expect(breaking(eventSchema(activity, propose), eventSchema(activity, hold))).toContain('form.topic: was removed');
    expect(breaking(publicEventSchema(activity, hold) ?? {}, { properties: {} })).toContain(
      'fields: is no longer there',
    );
  });
});
