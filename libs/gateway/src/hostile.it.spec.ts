import { connect } from 'node:net';
import { generateSigningKey, TokenIssuer } from '@chuanyu/access';
import { twoProvinces } from '@chuanyu/reference';
import { SignJWT } from 'jose';
import { isProblem, ProvinceFixture, type Session } from './province.fixture';

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

/** One request as raw bytes; the head and body of the answer. */
const raw = (text: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(province.gateway.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
    socket.write(text);
  });
describe('an address', () => {
  it.each([
    ['/api/prison/..%2fsign-in', 404],
    ['/api/prison/%2e%2e/%2e%2e/dev/state', 404],
    ['/api/prison/x/..%2f..%2f..%2fhealth%2flive', 404],
    ['/api/prison/trial-errand/..;/restate', 404],
    ['/api/prison//trial-errand', 404],
    ['/api//prison/trial-errand', 404],
    ['/api/prison/trial-errand/a%00b', 404],
    ['/api/prison/trial-errand/%ff', 404],
    ['/api/prison/a/b/c/d/e/f/g', 404],
    ['/api/prison/trial-errand/x?a=%0d%0aX:1', 404],
    ['/api/nowhere/x', 404],
    ['/api/__proto__/x', 404],
    ['/api/constructor/x', 404],
    ['/api/me/x', 404],
    ['/api', 404],
    ['/api/', 404],
    ['/', 404],
    ['/%', 400],
    ['/api/drafts/..%2f..%2fx', 404],
    ['/api/drafts/x', 404],
    ['/api/docs/..%2f..%2fpackage.json', 404],
    ['/api/docs/%2e%2e/package.json', 404],
    [`/api/prison/${'x'.repeat(3000)}`, 404],
    [`/${'x'.repeat(5000)}`, 400],
  ])('%s is none of a service', async (path, status) => {
    // By hand: a client would tidy the address up first.
    const answer = await raw(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${zhou.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1.1 ${status === 404 ? '40[034]' : String(status)} `));
    expect(answer).toContain('application/problem+json');
  });
  it('names the domains there are', async () => {
    const answer = await zhou.get('/api/nowhere/x');
    expect(answer.body).toMatchObject({ code: 'not-found', possible: ['prison'] });
  });
  it.each([
    ['in absolute form', 'GET http://127.0.0.1:1/api/prison/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['that begins with two slashes', 'GET //evil.example/api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['of a kilobyte times thirty', `GET /${'x'.repeat(30_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
    ['without a host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['in no HTTP at all', 'hello\r\n\r\n', 400],
    [
      'with two lengths',
      'POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      400,
    ],
    [
      'with a length and chunks',
      'POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['to trace', 'TRACE /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
    ['to connect', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
  ])('%s is refused', async (_what, text, status) => {
    const answer = await raw(text);
    if (!text.startsWith('CONNECT')) expect(answer.split('\r\n')[0]).toContain(`HTTP/1.1 ${status} `);
    expect(answer).not.toMatch(/HTTP\/1\.1 [25]\d\d/);
  });
  it.each(['OPTIONS', 'PUT', 'PATCH', 'DELETE'])('is not to be asked by %s', async (method) => {
    for (const path of ['/api/me', '/api/prison/trial-errand', '/nowhere', '/public/events']) {
      const answer = await zhou.ask(method, path);
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
      isProblem(answer);
    }
  });
  it('answers HEAD like GET, without a body', async () => {
    const answer = await zhou.ask('HEAD', '/api/me');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await zhou.ask('HEAD', '/api/prison/trial-errand/x')).status).toBe(404);
    expect((await zhou.ask('HEAD', '/nowhere')).status).toBe(404);
  });
});

describe('a header', () => {
  it.each([
    ['Idempotency-Key', ''],
    ['Idempotency-Key', 'x'.repeat(201)],
    ['Idempotency-Key', 'a b'],
    ['If-Match', 'x'],
    ['If-Match', '"a","b"'],
  ])('%s: %s is refused', async (name, value) => {
    const id = await zhou.openErrand('整理台账');
    const answer = await zhou.post(
      `/api/prison/trial-errand/${id}/note`,
      { form: { matter: '一' } },
      { [name]: value },
    );
    expect(answer.status).toBe(400);
    isProblem(answer);
  });
  it('Purpose must be percent-encoded', async () => {
    const id = await zhou.openErrand('整理台账');
    const answer = await zhou.ask('GET', `/api/prison/trial-errand/${id}`, { headers: { Purpose: '%zz' } });
    expect(answer.status).toBe(400);
  });
});

describe('a token', () => {
  const asked = async (token: string) => {
    const answers = await Promise.all(
      ['/api/me', '/api/to-do', '/api/changes', '/api/prison/trial-errand/x', '/api/drafts/x'].map((path) =>
        province.ask('GET', path, { headers: { Authorization: `Bearer ${token}` } }),
      ),
    );
    for (const answer of answers) isProblem(answer);
    return [...new Set(answers.map(({ status, body }) => `${String(status)} ${String(body['code'])}`))];
  };
  const sichuan = twoProvinces.province('sichuan');
  if (!sichuan) throw new Error('no Sichuan');
  it('must be one', async () => {
    for (const token of ['x', 'a.b.c', 'x'.repeat(8000)]) expect(await asked(token)).toEqual(['401 not-signed-in']);
    expect((await province.ask('GET', '/api/me', { headers: { Authorization: 'Basic eDp5' } })).status).toBe(401);
  });
  it('must be signed', async () => {
    const [, payload = ''] = zhou.token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(await asked(`${none}.${payload}.`)).toEqual(['401 not-signed-in']);
  });
  it('must be signed by this province’s key, of its kind', async () => {
    const other = new TokenIssuer(await generateSigningKey(), sichuan, province.realTime);
    expect(await asked((await other.issue('sc.zhouwei')).token)).toEqual(['401 not-signed-in']);
    const hmac = await new SignJWT({ sub: 'sc.zhouwei' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('secret'.repeat(10)));
    expect(await asked(hmac)).toEqual(['401 not-signed-in']);
  });
  it('ends by real time, whatever the platform’s clock says', async () => {
    const { token } = await province.as('sc.zhouwei');
    province.clock.advance(86_400_000);
    expect((await province.ask('GET', '/api/me', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    province.realTime.advance(61 * 60_000);
    expect(await asked(token)).toEqual(['401 not-signed-in']);
    zhou = await province.as('sc.zhouwei');
  });
});

describe('a list’s parameters', () => {
  it.each([
    ['q[$gt]=', '/q[$gt]'],
    ['q[]=x', '/q[]'],
    ['q=a&q=b', '/q'],
    ['q=', '/q'],
    ['q=.*%5B(%3F', '/q'],
    ['q=%ff', '/q'],
    ['q=%00', '/q'],
    [`q=${'x'.repeat(101)}`, '/q'],
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=1000000000', '/limit'],
    ['limit=-1', '/limit'],
    ['limit=1e1', '/limit'],
    ['limit=２０', '/limit'],
    ['offset=-1', '/offset'],
    ['sort=tokens', '/sort'],
    ['sort=__proto__', '/sort'],
    ['order=up', '/order'],
    ['after=x', '/after'],
    ['after=..%2f', '/after'],
    ['workflow=nothing', '/workflow'],
    ['state=nowhere', '/state'],
    ['turn=mine', '/turn'],
    ['peer=atlantis', '/peer'],
    ['due=soon', '/due'],
    ['closed=1', '/closed'],
    ['unit=cq-yubei-resettlement', '/unit'],
    ['__proto__=1', '/__proto__'],
  ])('%s is refused', async (query, pointer) => {
    for (const list of ['cases', 'to-do', 'to-take-in', 'to-sign', 'done']) {
      const answer = await zhou.get(`/api/${list}?${query}`);
      expect([list, answer.status]).toEqual([list, 400]);
      isProblem(answer);
      expect(answer.body['errors']).toEqual([
        expect.objectContaining({ pointer, detail: expect.stringMatching(/\p{Script=Han}/u) }),
      ]);
    }
  });
  it('names every fault at once', async () => {
    const { body } = await zhou.get('/api/cases?limit=0&sort=x&order=y');
    expect(body['errors']).toHaveLength(3);
  });
  it.each(['/api/units?province=x', '/api/units?kind=x', '/api/units?x=1', '/api/me?x=1', '/api/officers?x=1'])(
    '%s is refused',
    async (path) => {
      const answer = await zhou.get(path);
      expect(answer.status).toBe(400);
      isProblem(answer);
    },
  );
  it.each(['after=x', 'after=e30', 'domain=x', 'limit=0', 'limit=1001', 'limit=10&limit=10', 'x=1'].slice())(
    '/public/events?%s is refused, or reads from the beginning',
    async (query) => {
      const answer = await province.ask('GET', `/public/events?${query}`);
      // `e30` is a cursor of nothing read yet.
      expect(answer.status).toBe(query === 'after=e30' ? 200 : 400);
    },
  );
});

describe('other people’s cases', () => {
  it('answer like none: another unit’s, another province’s, a sealed one', async () => {
    const id = await zhou.openErrand('整理台账');
    const none = await zhou.get('/api/prison/trial-errand/00000000-0000-8000-8000-000000000000');
    const he = await province.as('sc.hejing');
    const other = await he.get(`/api/prison/trial-errand/${id}`);
    expect([none.status, none.text]).toEqual([404, other.text]);
    expect((await (await province.as('sc.xiaoming')).get(`/api/prison/trial-errand/${id}`)).text).toBe(none.text);
  });
  it('are restated and rebuilt by operators only', async () => {
    for (const path of ['/api/prison/restate', '/api/lists/rebuild'])
      expect((await zhou.post(path, path.includes('restate') ? { mark: 'x' } : {})).status).toBe(403);
  });
});
