import Ajv from 'ajv/dist/2020';
import { Refusal } from '@chuanyu/contracts';
import { exampleOf, openApi, schemaOptions } from '../index';
import { activity, review, sample } from './activity.fixture';
import { problemCodes } from './openapi-answers';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (node: unknown, ...path: readonly string[]): Node => {
  const found = path.reduce<unknown>((each, key) => (isNode(each) ? each[key] : undefined), node);
  if (!isNode(found)) throw new Error(`nothing at ${path.join(' ')}`);
  return found;
};
// As it goes over the wire: what is not JSON would be lost here.
const document = JSON.parse(JSON.stringify(openApi(sample))) as Node;
const paths = at(document, 'paths');
const methods = ['get', 'post'];
const operations = Object.entries(paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const found = isNode(item) ? item[method] : undefined;
    return isNode(found) && isNode(item) ? [{ path, method, item, operation: found }] : [];
  }),
);
const resolve = (ref: unknown): Node => at(document, ...String(ref).replace('#/', '').split('/'));
const refsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === '$ref' ? [String(each)] : refsIn(each)));
};
const parametersOf = (item: Node, operation: Node): readonly Node[] =>
  [item['parameters'], operation['parameters']]
    .flatMap((list) => (Array.isArray(list) ? (list as readonly Node[]) : []))
    .map((each) => ('$ref' in each ? resolve(each['$ref']) : each));

describe('the document', () => {
  it('is OpenAPI 3.1 in shape', () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(Object.keys(document).sort()).toEqual(
      ['components', 'info', 'openapi', 'paths', 'security', 'servers', 'tags'].sort(),
    );
    for (const kind of Object.values(at(document, 'components')))
      for (const name of Object.keys(isNode(kind) ? kind : {})) expect(name).toMatch(/^[A-Za-z0-9._-]+$/);
    const tags = (document['tags'] as readonly Node[]).map((tag) => tag['name']);
    for (const { path, operation } of operations) {
      expect(path).toMatch(/^\/[^?#]*$/);
      expect(tags).toEqual(expect.arrayContaining(operation['tags'] as string[]));
      expect(Object.keys(at(operation, 'responses')).every((status) => /^[1-5][0-9]{2}$/.test(status))).toBe(true);
      expect(operation['summary']).toMatch(/\p{Script=Han}/u);
    }
  });
  it('points nowhere that is not there', () => {
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of refs) expect(() => resolve(ref)).not.toThrow();
  });
  it('names every operation once, and no two paths alike', () => {
    const ids = operations.map(({ operation }) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    const shapes = Object.keys(paths).map((path) => path.replaceAll(/\{[^}]*\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });
  it('declares the parameters that a path has, and no others', () => {
    for (const { path, item, operation } of operations) {
      const inPath = parametersOf(item, operation).filter((each) => each['in'] === 'path');
      const named = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]);
      expect([path, inPath.map((each) => each['name'])]).toEqual([path, named]);
      expect(inPath.every((each) => each['required'] === true)).toBe(true);
    }
  });
});

describe('the routes', () => {
  const cases = operations.filter(
    ({ path, method }) => path.startsWith('/api/test/exchange-activity') && method === 'post',
  );
  it('stand for the opening and every step of each workflow', () => {
    expect(cases.map(({ path }) => path.replace('/api/test/exchange-activity', ''))).toEqual([
      '',
      ...['agree', 'note', 'pause', 'resume', 'hold', 'drop', 'correct'].map((step) => `/{case}/${step}`),
    ]);
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/other/legality-review/{case}/review']));
  });
  it('want an idempotency key wherever a step is taken, and take If-Match', () => {
    for (const { path, item, operation } of cases) {
      const headers = parametersOf(item, operation).filter((each) => each['in'] === 'header');
      expect([path, headers.find((each) => each['name'] === 'Idempotency-Key')?.['required']]).toEqual([path, true]);
      expect(headers.some((each) => each['name'] === 'If-Match')).toBe(path.includes('{case}'));
    }
  });
  it('answer every code of a refusal somewhere, under its own status', () => {
    const answered = Object.entries(at(document, 'components', 'responses')).flatMap(([status, response]) =>
      /^[0-9]+$/.test(status) && isNode(response) ? String(response['description']).split(' · ') : [],
    );
    expect(answered.sort()).toEqual([...problemCodes].sort());
    const reachable = new Set(operations.flatMap(({ operation }) => Object.keys(at(operation, 'responses'))));
    for (const code of problemCodes)
      expect([code, reachable.has(String(new Refusal(code, '').status))]).toEqual([code, true]);
    for (const { operation } of cases)
      expect(Object.keys(at(operation, 'responses'))).toEqual(
        expect.arrayContaining(['202', '403', '404', '409', '422']),
      );
  });
  it('are closed without a token, but for those that are public', () => {
    const open = operations.filter(({ operation }) => Array.isArray(operation['security'])).map(({ path }) => path);
    expect(open.sort()).toEqual(
      ['/api/sign-in', '/dev/border/cut', '/dev/border/heal', '/dev/clock', '/public/events'].sort(),
    );
  });
});

describe('the bodies', () => {
  const ajv = new Ajv({ ...schemaOptions, strict: false, validateSchema: false });
  ajv.addSchema(document, 'api');
  const bodyOf = (path: string) => {
    const key = path.replaceAll('~', '~0').replaceAll('/', '~1');
    const pointer = `#/paths/${encodeURIComponent(key)}/post/requestBody/content/application~1json/schema`;
    return ajv.compile({ $ref: `api${pointer}` });
  };
  const base = '/api/test/exchange-activity';
  const form = activity.opening.form;
  const proposal = form ? exampleOf(form) : {};
  const to = { province: 'chongqing', unit: 'cq-prison' };

  it('of an opening: to whom, and the form', () => {
    const check = bodyOf(base);
    expect(check({ to, form: proposal })).toBe(true);
    expect(check({ to, form: proposal, overrides: [{ advice: '宜提前十日提出', reason: '急' }] })).toBe(true);
    expect(check({ to, form: proposal, under: 'parent' })).toBe(false);
    expect(check({ form: proposal })).toBe(false);
    expect(check({ to, form: { ...proposal, more: 1 } })).toBe(false);
    expect(check({ to, form: proposal, more: 1 })).toBe(false);
    expect(check({ to, form: proposal, overrides: [{ advice: '宜提前十日提出' }] })).toBe(false);
  });
  it('of a domestic opening: to nobody', () => {
    const check = bodyOf('/api/other/legality-review');
    const draft = review.opening.form ? exampleOf(review.opening.form) : {};
    expect([check({ form: draft }), check({ form: draft, to })]).toEqual([true, false]);
  });
  it('of a step with a form, and without', () => {
    expect([bodyOf(`${base}/{case}/hold`)({ form: { people: 30 } }), bodyOf(`${base}/{case}/hold`)({})]).toEqual([
      true,
      false,
    ]);
    const resume = bodyOf(`${base}/{case}/resume`);
    expect([resume({}), resume({ form: {} }), resume({ form: { more: 1 } })]).toEqual([true, true, false]);
  });
  it('of a correction: one of the forms of the workflow, whole', () => {
    const check = bodyOf(`${base}/{case}/correct`);
    const correction = { step: 'propose', sequence: 1, reason: '日期有误', form: proposal };
    expect(check({ form: correction })).toBe(true);
    expect(check({ form: { ...correction, step: 'hold' } })).toBe(false);
    expect(check({ form: { ...correction, step: 'resume', form: {} } })).toBe(false);
  });
  it('of an everyday step', () => {
    const check = bodyOf('/api/{domain}/{workflow}/{case}/extend');
    expect([
      check({ form: { days: 5, reason: '待补材料' } }),
      check({ form: { days: 500, reason: '待补材料' } }),
    ]).toEqual([true, false]);
  });
});
