import { gzipSync } from 'node:zlib';
import { isProblem, ProvinceFixture, type Session } from './province.fixture';
import { aNotice, TO_YUBEI } from './trials.fixture';

let province: ProvinceFixture;
let zhou: Session;
beforeAll(async () => {
  province = await ProvinceFixture.start({
    development: { advance: () => ({}), cut: () => undefined, heal: () => undefined, state: () => ({ cut: false }) },
  });
  zhou = await province.as('sc.zhouwei');
});
afterAll(async () => {
  await province.stop();
  // Whatever was sent below: nothing was unforeseen, here or in the service.
  expect(province.errors).toEqual([]);
});

const casesKept = async (): Promise<number> =>
  (await province.prison.keeper.options.cases.find({ limit: 1000 })).items.length;
const bodies: readonly (readonly [what: string, body: string | Buffer])[] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['a list of one', '[{}]'],
  ['a text', '"text"'],
  ['a number', '1'],
  ['nothing', ''],
  ['blanks', '   '],
  ['a byte order mark', '\ufeff{}'],
  ['a NUL', '{"a":"\u0000"}'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['half a surrogate pair', '{"form":{"name":"\\ud800"}}'],
  ['half of JSON', '{"form":'],
  ['a comment', '{} // '],
  ['a key twice', '{"form":{},"form":{}}'],
  ['a prototype', '{"__proto__":{"a":1}}'],
  ['a prototype within', '{"form":{"__proto__":{"name":"x"}}}'],
  ['a constructor', '{"constructor":{"prototype":{}}}'],
  ['a key with a dollar', '{"$gt":1}'],
  ['a key with a dot', '{"form.name":1}'],
  ['an unknown key', '{"unknown":1}'],
  ['a nest 100 000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['objects 100 000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['a list of half a million', `[${'0,'.repeat(499_999)}0]`],
  ['an endless number', '{"form":1e400}'],
  ['a number that is rounded', '{"form":9007199254740993}'],
  ['more than a megabyte', `{"form":"${'x'.repeat(1024 * 1024)}"}`],
];
describe.each([
  ['POST', '/api/sign-in'],
  ['POST', '/api/prison/trial-handover'],
  ['POST', '/api/prison/trial-errand'],
  ['POST', '/api/lists/rebuild'],
  ['POST', '/api/prison/restate'],
  ['POST', '/dev/clock'],
])('%s %s', (method, path) => {
  it.each(bodies)('answers %s with a problem, and changes nothing', async (what, body) => {
    const before = await casesKept();
    const token = path.includes('restate') || path.includes('rebuild') ? await operator() : zhou.token;
    const answer = await fetch(`${province.gateway.url}${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': province.key(),
        Authorization: `Bearer ${token}`,
      },
      body,
    });
    const text = await answer.text();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.status === 413).toBe(what === 'more than a megabyte');
    isProblem({ status: answer.status, headers: answer.headers, body: JSON.parse(text) });
    expect(await casesKept()).toBe(before);
  });
  it('takes nothing but plain JSON', async () => {
    const headers = { 'Idempotency-Key': province.key(), Authorization: `Bearer ${zhou.token}` };
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'text/html',
      'multipart/form-data; boundary=x',
      '*/*',
    ]) {
      const answer = await province.ask(method, path, { body: 'a=1', headers: { ...headers, 'Content-Type': type } });
      expect([type, answer.status]).toEqual([type, 415]);
      isProblem(answer);
    }
    const zipped = await fetch(`${province.gateway.url}${path}`, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipSync('{}'.padEnd(5_000_000)),
    });
    expect(zipped.status).toBe(415);
  });
});
let operatorToken: string | undefined;
const operator = async (): Promise<string> => (operatorToken ??= (await province.as('sc.xiaoming')).token);

describe('a form', () => {
  it.each([
    ['a list', []],
    ['a text', 'x'],
    ['null', null],
    ['a list for a name', aNotice({ name: ['张三'] })],
    ['an object for a name', aNotice({ name: { toString: 1 } })],
    ['a direction override in a name', aNotice({ name: '张\u202e三' })],
    ['a zero-width space in a name', aNotice({ name: '张\u200b三' })],
    ['blanks around a name', aNotice({ name: ' 张三 ' })],
    ['a wrong check digit', aNotice({ residentId: '510107199003077217' })],
    ['fifteen digits', aNotice({ residentId: '510107900307721' })],
    ['full-width digits', aNotice({ residentId: '５１０１０７１９９００３０７７２１６' })],
    ['an impossible date of birth', aNotice({ residentId: '510107199002307216' })],
    ['an unknown property', aNotice({ unknown: 1 })],
    ['a key with a dollar', aNotice({ $where: '1' })],
    ['too long a text', aNotice({ family: '长'.repeat(101) })],
    ['too many emoji', aNotice({ family: '😀'.repeat(101) })],
  ])('refuses %s, saying which field and what is allowed', async (_what, form) => {
    const before = await casesKept();
    const answer = await zhou.post('/api/prison/trial-handover', { to: TO_YUBEI, form });
    expect([400, 422]).toContain(answer.status);
    isProblem(answer);
    expect(answer.body['errors']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: expect.any(String), rule: expect.any(String), detail: expect.any(String) }),
      ]),
    );
    // What was sent is not said again: it may be somebody's name.
    expect(answer.text).not.toContain('510107');
    expect(await casesKept()).toBe(before);
  });
});
