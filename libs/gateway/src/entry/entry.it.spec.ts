import { createHash } from 'node:crypto';
import { AuditLog, auditDefinition, type AuditBlock } from '@chuanyu/access';
import type { Development } from '../config';
import { PASSWORD, ProvinceFixture } from '../province.fixture';

let province: ProvinceFixture;
const told: unknown[] = [];
const development: Development = {
  advance: (milliseconds, of) => {
    told.push([milliseconds, of]);
    return { sichuan: '2026-11-26T01:00:00.000Z' };
  },
  cut: () => void told.push('cut'),
  heal: () => void told.push('heal'),
  state: () => ({ cut: told.at(-1) === 'cut' }),
};
beforeEach(async () => {
  told.length = 0;
  province = await ProvinceFixture.start({
    development,
    limits: { signInFailures: 3 },
    operations: { host: '127.0.0.1', port: 0 },
  });
});
afterEach(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});
const signIn = (officer: string, password: string) =>
  province.ask('POST', '/api/sign-in', { body: { officer, password } });
const audited = async () => {
  const audit = new AuditLog(await province.own.collection<AuditBlock>(auditDefinition), province.clock);
  const rows = [];
  for await (const { who, act, outcome, detail } of audit.rows())
    rows.push({ who, act, outcome, code: detail?.['code'] });
  return rows;
};

describe('signing in', () => {
  it('answers a token and who one is', async () => {
    const { status, body } = await signIn('sc.zhouwei', PASSWORD);
    expect(status).toBe(200);
    expect(body).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expires: '2026-08-01T01:00:00.000Z',
      officer: {
        id: 'sc.zhouwei',
        name: '周伟',
        unit: 'sc-chengdu-prison',
        unitName: '四川省成都监狱',
        roles: [{ role: 'release-officer', title: '狱政民警' }],
      },
    });
    expect(await audited()).toEqual([{ who: 'sc.zhouwei', act: 'sign-in', outcome: 'done' }]);
  });
  it('refuses everything with one message, and audits it', async () => {
    const refused = [await signIn('sc.zhouwei', 'wrong'), await signIn('sc.nobody', 'wrong')];
    expect(refused.map(({ status }) => status)).toEqual([401, 401]);
    expect(refused[0]?.text).toBe(refused[1]?.text);
    expect(await audited()).toEqual([
      { who: 'sc.zhouwei', act: 'sign-in', outcome: 'refused', code: 'wrong-password' },
      { who: 'unknown', act: 'sign-in', outcome: 'refused', code: 'wrong-password' },
    ]);
  });
  it('makes an address wait that fails too often, whoever it tries to be; successes do not count', async () => {
    for (let n = 0; n < 5; n++) expect((await signIn('sc.zhouwei', PASSWORD)).status).toBe(200);
    await Promise.all(Array.from({ length: 10 }, (_, n) => signIn(`sc.nobody${n}`, 'wrong')));
    const refused = (await audited()).filter(({ act, outcome }) => act === 'sign-in' && outcome === 'refused');
    expect(refused).toHaveLength(3);
    const waiting = await signIn('sc.zhouwei', PASSWORD);
    expect([waiting.status, waiting.body['code'], waiting.headers.get('retry-after')]).toEqual([
      429,
      'too-many-attempts',
      '300',
    ]);
    province.realTime.advance(300_000);
    expect((await signIn('sc.zhouwei', PASSWORD)).status).toBe(200);
  });
});

it('audits what is refused, with who it was', async () => {
  const zhou = await province.as('sc.zhouwei');
  await zhou.get('/api/cases?limit=0');
  await province.ask('GET', '/nowhere');
  await province.ask('DELETE', '/api/me');
  await province.gateway.settle();
  expect((await audited()).filter(({ act }) => act === 'refused')).toEqual([
    { who: 'sc.zhouwei', act: 'refused', outcome: 'refused', code: 'bad-request' },
    { who: 'unknown', act: 'refused', outcome: 'refused', code: 'not-found' },
    { who: 'unknown', act: 'refused', outcome: 'refused', code: 'method-not-allowed' },
  ]);
});

it('logs a line for each request, with nothing of a person', async () => {
  const zhou = await province.as('sc.zhouwei');
  const { headers } = await zhou.get('/api/cases?q=' + encodeURIComponent('张三'));
  await zhou.get('/api/prison/trial-errand/x');
  const lines = province.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ service }) => service)).toEqual(['gateway', 'gateway', 'prison', 'gateway']);
  expect(lines[1]).toMatchObject({
    request: headers.get('x-request-id'),
    method: 'GET',
    route: '/api/cases',
    status: 200,
    unit: 'sc-chengdu-prison',
    officer: createHash('sha256').update('sc.zhouwei').digest('hex').slice(0, 12),
  });
  const [, , inner, outer] = lines;
  expect(inner).toMatchObject({ route: '/api/prison/:workflow/:case', status: 404, code: 'not-found' });
  for (const name of ['request', 'trace']) expect(inner?.[name]).toBe(outer?.[name]);
  expect(inner?.['span']).not.toBe(outer?.['span']);
  expect(province.lines.join('')).not.toMatch(/张三|%E5%BC%A0|zhouwei|周伟|Bearer|电池/);
});

it('knows the directory and the catalogue', async () => {
  const zhou = await province.as('sc.zhouwei');
  expect((await zhou.get('/api/me')).body).toMatchObject({
    id: 'sc.zhouwei',
    province: { id: 'sichuan', name: '四川省' },
    peers: [{ id: 'chongqing', name: '重庆市' }],
    standsInFor: [],
  });
  expect((await zhou.list('/api/officers')).map(({ id }) => id)).toEqual([
    'sc.zhouwei',
    'sc.liuyang',
    'sc.chenguoqiang',
    'sc.wangping',
    'sc.zhengkai',
  ]);
  expect((await zhou.list('/api/units?province=chongqing&kind=prison')).map(({ id }) => id)).toEqual([
    'cq-yuzhou-prison',
    'cq-yongchuan-prison',
    'cq-fuling-prison',
    'cq-women-prison',
  ]);
  expect((await zhou.list('/api/workflows')).map(({ id }) => id)).toEqual([
    'prison.trial-handover',
    'prison.trial-errand',
    'prison.trial-record',
  ]);
  expect((await zhou.list('/api/workflows?id=prison.trial-errand'))[0]).toMatchObject({
    title: '试办内务',
    domestic: true,
  });
  expect((await zhou.get('/api/workflows?id=x')).body).toMatchObject({
    code: 'not-found',
    possible: expect.any(Array),
  });
});

describe('development', () => {
  const clock = (body: object) => province.ask('POST', '/dev/clock', { body });
  it('moves the clock and the border', async () => {
    expect((await clock({ advance: 'P3D' })).body).toEqual({ sichuan: '2026-11-26T01:00:00.000Z' });
    expect((await clock({ advance: 'PT90M', province: 'chongqing' })).status).toBe(200);
    expect((await province.ask('POST', '/dev/border/cut')).body).toEqual({ cut: true });
    expect((await province.ask('GET', '/dev/state')).body).toEqual({ cut: true });
    expect((await province.ask('POST', '/dev/border/heal')).body).toEqual({ cut: false });
    expect(told).toEqual([[3 * 86_400_000, undefined], [90 * 60_000, 'chongqing'], 'cut', 'heal']);
  });
  it('refuses a province that is none', async () => {
    const { status, body } = await clock({ advance: 'P1D', province: 'guizhou' });
    expect([status, body['errors']]).toEqual([400, [expect.objectContaining({ pointer: '/province' })]]);
    expect(told).toEqual([]);
  });
});

describe('health', () => {
  const operators = (path: string) => fetch(`${province.gateway.operations.url ?? ''}${path}`);
  it('lives, and is ready while all answer', async () => {
    expect((await province.ask('GET', '/health/live')).body).toEqual({ status: 'live' });
    expect((await province.ask('GET', '/health/ready')).body).toEqual({ status: 'ready' });
    const checks = { database: 'ready', log: 'ready', prison: 'ready' };
    expect(await (await operators('/health/ready')).json()).toEqual({ status: 'ready', checks });
    await province.prison.stop();
    const { status, body, headers } = await province.ask('GET', '/health/ready');
    expect([status, headers.get('retry-after'), body['code']]).toEqual([503, '5', 'unavailable']);
    expect(JSON.stringify(body)).not.toContain('prison');
    const named: unknown = await (await operators('/health/ready')).json();
    expect(named).toMatchObject({ code: 'unavailable', checks: { ...checks, prison: 'silent' } });
    expect((await province.ask('GET', '/health/live')).status).toBe(200);
    expect(await audited()).toEqual([]);
  });
  it('shows figures to operators, and to nobody else', async () => {
    await province.ask('GET', '/api/me');
    const page = await (await operators('/metrics')).text();
    expect(page).toMatch(/^chuanyu_http_requests_total\{method="GET",route="\/api\/me",status="401".*\} 1$/m);
    expect(page).toMatch(/^chuanyu_log_lag_records\{.*group="gateway.lists.*\} 0$/m);
    for (const path of ['/metrics', '/metrics/', '/internal/state'])
      expect((await province.ask('GET', path)).status).toBe(404);
  });
});

it('says no more of itself than it must', async () => {
  const { headers } = await province.ask('GET', '/health/live');
  for (const name of ['server', 'x-powered-by', 'set-cookie', 'access-control-allow-origin'])
    expect(headers.get(name)).toBeNull();
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});
