import { AuditLog, auditDefinition, type AuditBlock } from '@chuanyu/access';
import type { GatewayLimits } from '../config';
import { isProblem, ProvinceFixture, PUBLIC, type Answered, type Session } from '../province.fixture';

let province: ProvinceFixture;
let officer: Session;
let record: { readonly id: string; readonly number: string; readonly code: string; readonly address: string };
const limits: Partial<GatewayLimits> = { checkMilliseconds: 0, checksPerAddress: 1000, checksInAll: 1000 };

beforeEach(async () => {
  province = await ProvinceFixture.start({ limits });
  officer = await province.as('sc.zhouwei');
  record = await certify();
});
afterEach(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

const PAPERS = '/api/prison/trial-record';
const paperOf = (id: string, format: 'json' | 'pdf') => officer.get(`${PAPERS}/${id}/documents/certificate.${format}`);
async function certify(): Promise<typeof record> {
  const opened = await officer.post(PAPERS, { form: { name: '欧阳建国', result: '合格', on: '2026-11-20' } });
  const id = String(opened.body['id']);
  const { body } = await paperOf(id, 'json');
  const check = body['check'] as { code: string; address: string };
  return { id, number: String(body['number']), ...check };
}
const check = (number: string, code: string, headers: Record<string, string> = {}): Promise<Answered> =>
  province.ask('GET', `/public/check?${new URLSearchParams({ number, code }).toString()}`, { headers });
const HTML = { Accept: 'text/html,application/xhtml+xml' };

describe('a paper', () => {
  it('is JSON for machines, with number, code, state, issuer and the address where it is checked', async () => {
    const { status, body } = await paperOf(record.id, 'json');
    expect(status).toBe(200);
    expect(body).toEqual({
      document: 'certificate',
      workflow: 'prison.trial-record',
      title: '记录证明',
      number: '川试证〔2026〕1号',
      state: { name: 'certified', title: '已认证' },
      issuer: { province: 'sichuan', provinceName: '四川省', unit: 'sc-chengdu-prison', unitName: expect.any(String) },
      on: '2026-11-20',
      lines: [
        { label: '姓名', text: '欧阳建国' },
        { label: '结果', text: '合格' },
      ],
      text: null,
      check: { code: expect.stringMatching(/^[0-9A-F][0-9A-HJKMNP-TV-Z]{12}$/), address: record.address },
    });
    expect(record.address.startsWith(`${PUBLIC}/public/check?`)).toBe(true);
  });

  it('is a PDF, the same bytes whenever it is printed', async () => {
    const first = await paperOf(record.id, 'pdf');
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(first.headers.get('content-disposition')).toBe(
      `inline; filename="certificate.pdf"; filename*=UTF-8''${encodeURIComponent('记录证明（川试证〔2026〕1号）')}.pdf`,
    );
    province.clock.advance(3_600_000);
    const again = await paperOf(record.id, 'pdf');
    expect(first.text.startsWith('%PDF-')).toBe(true);
    expect(again.text).toBe(first.text);
  });

  it('is for officers who may see the case, in the states named, and each printing is audited', async () => {
    const path = `${PAPERS}/${record.id}/documents/certificate.pdf`;
    expect((await province.ask('GET', path)).status).toBe(401);
    const stranger = await province.as('sc.yuanmei');
    expect((await stranger.get(path)).status).toBe(404);
    for (const name of ['diploma.pdf', 'certificate.docx', 'certificate', '..%2fcertificate.pdf'])
      expect((await officer.get(`${PAPERS}/${record.id}/documents/${name}`)).status).toBe(404);
    await officer.post(`${PAPERS}/${record.id}/suspend`);
    const refused = await officer.get(path);
    isProblem(refused);
    expect([refused.status, refused.body['code']]).toEqual([409, 'not-possible']);
    const [, service] = province.databases;
    if (!service) throw new Error('no service');
    const audit = new AuditLog(await service.collection<AuditBlock>(auditDefinition), province.clock);
    const acts = (await audit.ofCase(record.id)).map(({ act, detail }) => [act, detail]);
    expect(acts).toContainEqual(['print-document', { document: 'certificate', format: 'json' }]);
  });
});

describe('a public check', () => {
  it('says that it is valid, who issued it and with what result, and nothing of the person', async () => {
    const { status, body, text, headers } = await check(record.number, record.code);
    expect(status).toBe(200);
    expect(body).toEqual({
      number: '川试证〔2026〕1号',
      title: '试办记录认证',
      valid: true,
      says: '有效',
      issuer: { province: '四川省', unit: expect.any(String) },
      lines: [{ label: '结果', text: '合格' }],
      on: '2026-11-23',
    });
    expect(text).not.toMatch('欧阳');
    expect(headers.get('cache-control')).toBe('no-store');
    const address = new URL(record.address);
    expect((await province.ask('GET', `${address.pathname}${address.search}`)).body).toEqual(body);
  });

  it('takes number and code as people type them off the paper', async () => {
    const { number, code } = record;
    const dashed = code.toLowerCase().replaceAll(/(.{4})/g, '$1-');
    for (const [as, typed] of [
      [number.replace('〔', '[').replace('〕', ']'), dashed],
      [` ${number.replace('〔', '（').replace('〕', '）').replace('2026', '２０２６')}`, `${code} `],
      [number, code.replaceAll('1', 'l').replaceAll('0', 'O')],
    ] as const)
      expect([as, (await check(as, typed)).status]).toEqual([as, 200]);
  });

  it('says at once that it is suspended or withdrawn', async () => {
    await officer.post(`${PAPERS}/${record.id}/suspend`);
    expect((await check(record.number, record.code)).body).toMatchObject({ valid: false, says: '已暂停' });
    await officer.post(`${PAPERS}/${record.id}/withdraw`);
    expect((await check(record.number, record.code)).body).toMatchObject({ valid: false, says: '已撤回' });
  });

  it('answers an unknown number, a wrong code and another’s code alike', async () => {
    const other = await certify();
    const wrong = record.code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const answers = await Promise.all(
      [
        [record.number, wrong],
        [record.number, other.code],
        ['川试证〔2026〕99号', record.code],
        ['川没有〔2026〕1号', record.code],
        ['%', 'x'],
      ].map(([number = '', code = '']) => Promise.all([check(number, code), check(number, code, HTML)])),
    );
    const seen = answers.map(([json, html]) => [json, html].map(seenOf));
    const [first] = seen;
    expect(answers[0]?.[0]?.status).toBe(404);
    expect(answers[0]?.[0]?.body['code']).toBe('not-found');
    for (const each of seen) expect(each).toEqual(first);
  });
  /** All that tells one answer from another; a page repeats the number that was typed. */
  const seenOf = ({ status, text, headers }: Answered) => {
    const own = ['date', 'x-request-id', 'content-length'];
    return [status, text.replace(/value="[^"]*"/, ''), [...headers].filter(([name]) => !own.includes(name))];
  };

  it('does not answer before its time, so that the time tells nothing', async () => {
    await province.restartGateway({ checkMilliseconds: 200 });
    for (const code of [record.code, 'wrong']) {
      const began = performance.now();
      await check(record.number, code);
      expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    }
  });

  it('is limited for each address and for all, and says when to come back', async () => {
    await province.restartGateway({ checksPerAddress: 3, checkWindowSeconds: 60 });
    for (let n = 0; n < 3; n++) await check(record.number, 'wrong');
    const limited = await check(record.number, record.code);
    isProblem(limited);
    expect([limited.status, limited.body['code'], limited.headers.get('retry-after')]).toEqual([
      429,
      'too-many-attempts',
      '60',
    ]);
    const page = await check(record.number, record.code, HTML);
    expect([page.status, page.headers.get('retry-after')]).toEqual([429, '60']);
    expect(page.text).toMatch('查验次数过多');
    province.realTime.advance(61_000);
    expect((await check(record.number, record.code)).status).toBe(200);

    await province.restartGateway({ checksPerAddress: 1000, checksInAll: 2 });
    for (let n = 0; n < 2; n++) expect((await check(record.number, record.code)).status).toBe(200);
    expect((await check(record.number, record.code)).status).toBe(429);
  });

  it('does not call a paper unknown whose service is silent', async () => {
    await province.prison.stop();
    const silent = await check(record.number, record.code);
    isProblem(silent);
    expect([silent.status, silent.body['code']]).toEqual([503, 'unavailable']);
    await province.prison.start();
  });

  it('leaves neither number nor code in the log; the audit knows how often, and no more', async () => {
    await check(record.number, record.code);
    await check(record.number, 'wrong');
    await province.restartGateway();
    const audit = new AuditLog(await province.own.collection<AuditBlock>(auditDefinition), province.clock);
    const told = (await audit.of('public')).map(({ act, detail }) => ({ act, detail }));
    expect(told).toEqual([{ act: 'public-check', detail: { asked: 2, found: 1, limited: 0 } }]);
    const lines = province.lines.join('');
    expect(lines).toMatch('"route":"/public/check"');
    for (const secret of [record.code, record.number, encodeURIComponent(record.number)])
      expect(lines).not.toContain(secret);
  });

  it.each([
    '/public/check',
    '/public/check?number=x',
    '/public/check?code=x',
    `/public/check?number=x&code=${'1'.repeat(41)}`,
  ])('refuses %s, saying what is to be filled in', async (path) => {
    const refused = await province.ask('GET', path);
    isProblem(refused);
    expect([refused.status, refused.body['errors']]).toEqual([400, expect.arrayContaining([expect.any(Object)])]);
  });
  it('cannot be asked of the service through the gateway', async () => {
    for (const path of ['/internal/check', '/api/internal/check'])
      expect([401, 404]).toContain((await province.ask('POST', path, { body: { number: 'x', code: 'y' } })).status);
  });
});

describe('the page', () => {
  const page = async (query = '') => {
    const answer = await province.ask('GET', `/public/check${query}`, { headers: HTML });
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.text).not.toMatch(/<script|<img|\ssrc=|\son[a-z]+=|https?:/i);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch("default-src 'none'; style-src 'sha256-");
    return answer;
  };

  it('is a form where nothing is asked yet', async () => {
    const { status, text } = await page();
    expect(status).toBe(200);
    for (const part of ['<html lang="zh-CN">', 'for="number"', 'for="code"', '四川省']) expect(text).toMatch(part);
    expect(text).not.toMatch('role="alert"');
  });
  it('says the result in words, from the address in the QR code', async () => {
    const valid = await page(new URL(record.address).search);
    expect([valid.status, /<h2>(.*)<\/h2>/.exec(valid.text)?.[1]]).toEqual([200, '有效']);
    expect(valid.text).not.toMatch('欧阳');
    await officer.post(`${PAPERS}/${record.id}/withdraw`);
    const withdrawn = await page(new URL(record.address).search);
    expect(/<h2>(.*)<\/h2>/.exec(withdrawn.text)?.[1]).toBe('无效：已撤回');
  });
  it('repeats what was typed as text and not as markup', async () => {
    const { text } = await page(`?number=${encodeURIComponent('"><b>')}&code=x`);
    expect(text).toMatch('value="&quot;&gt;&lt;b&gt;"');
  });
  it('asks for what is missing', async () => {
    const { status, text } = await page('?number=x&code=');
    expect([status, /role="alert">[^]*?<p>(.*)<\/p>/.exec(text)?.[1]]).toEqual([400, '请填写查验码']);
  });
});
