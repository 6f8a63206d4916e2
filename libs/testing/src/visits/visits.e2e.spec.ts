import { spreadsheet } from '@chuanyu/documents';
import { SEED_PASSWORD, seedRegisters } from '@chuanyu/provinces';
import { addDays, instantAt, today } from '@chuanyu/reference';
import type { CasePage, ImportAnswer, RecordView, RegisterView } from '@chuanyu/service';
import { granted, OfficerClient, request, type CaseRef, type Problem, type Reply } from '../client';
import { OwnProvinces } from '../demo/own';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const registers = '/api/prison/registers';

let own: OwnProvinces;
beforeAll(async () => {
  own = await OwnProvinces.start();
  await seedRegisters(own.provinces);
});
afterAll(async () => {
  await own.stop();
  expect(own.errors).toEqual([]);
});
const officers = new Map<string, Promise<OfficerClient>>();
const as = (id: string): Promise<OfficerClient> => {
  const url = own.urls[id.startsWith('sc.') ? 'sichuan' : 'chongqing'] ?? '';
  const known = officers.get(id) ?? OfficerClient.signIn(url, id, SEED_PASSWORD);
  officers.set(id, known);
  return known;
};
const refusedAs = (reply: Reply<unknown>): Problem | string => (reply.ok ? 'was granted' : reply.problem);
interface Page {
  readonly items: readonly RecordView[];
  readonly next: string | null;
}
const find = async (who: string, path: string): Promise<readonly RecordView[]> =>
  granted(await (await as(who)).get<Page>(`${registers}/${path}`)).items;

describe('the pages of registers', () => {
  it('show what officers handed in, page by page, and find by name', async () => {
    const wang = await as('sc.wangping');
    const first = granted(await wang.get<Page>(`${registers}/inmates?limit=3`));
    const second = granted(await wang.get<Page>(`${registers}/inmates?limit=3&after=${first.next ?? ''}`));
    expect([...first.items, ...second.items].map(({ key }) => key)).toEqual([
      '5101001',
      '5101002',
      '5101003',
      '5101004',
    ]);
    expect(second.next).toBeNull();
    const q = encodeURIComponent('孙丽');
    expect((await find('sc.wangping', `inmates?q=${q}`)).map(({ key }) => key)).toEqual(['5101003']);
    const { items } = granted(await wang.get<{ items: readonly RegisterView[] }>(registers));
    expect(items.map(({ name, units }) => [name, units.map(({ records }) => records)])).toEqual([
      ['inmates', [4]],
      ['rooms', [2]],
      ['visit-quotas', [0]],
    ]);
  });
  it('are for those who keep them, who sign there, and who lead above; others find nothing', async () => {
    const [record] = await find('sc.wangping', 'inmates?limit=1');
    const at = `${registers}/inmates/${record?.id ?? ''}`;
    // The bureau above looks, and does not write.
    expect(await find('sc.huangzhigang', 'inmates?unit=sc-chengdu-prison')).toHaveLength(4);
    const bureau = await as('sc.huangzhigang');
    expect(
      refusedAs(await bureau.post(at, { record: record?.record }, { version: record?.version ?? '' })),
    ).toMatchObject({
      code: 'not-allowed',
    });
    expect(await find('sc.zhengkai', 'inmates')).toHaveLength(4);
    for (const who of ['sc.zhouwei', 'sc.xiaoming', 'sc.fanli', 'sc.caojun', 'cq.luwei', 'cq.xupeng']) {
      const reply = await (await as(who)).get(`${registers}/inmates?unit=sc-chengdu-prison`);
      expect([who, refusedAs(reply)]).toMatchObject([who, { code: 'not-allowed' }]);
      expect([who, refusedAs(await (await as(who)).get(at))]).toMatchObject([who, { code: 'not-found' }]);
    }
    // Another prison does not find it, and keeps its own.
    expect(refusedAs(await (await as('sc.songyan')).get(at))).toMatchObject({ code: 'not-found' });
    expect((await find('sc.songyan', 'visit-quotas')).map(({ record: { visits } }) => visits)).toEqual([3]);
  });
  it('keep a change only of what was read, never of the key, with its history', async () => {
    const wang = await as('sc.wangping');
    const added = granted(
      await wang.post<RecordView>(`${registers}/inmates`, {
        record: { number: '5101009', name: '高山', level: '普管', relatives: ['高原'] },
      }),
    );
    const at = `${registers}/inmates/${added.id}`;
    const record = { ...added.record, level: '宽管' };
    expect(refusedAs(await wang.post(at, { record }))).toMatchObject({ code: 'bad-request', status: 400 });
    const put = granted(await wang.post<RecordView>(at, { record }, { version: added.version }));
    expect(refusedAs(await wang.post(at, { record }, { version: added.version }))).toMatchObject({
      code: 'stale-version',
      version: put.version,
    });
    const renamed = { ...record, number: '5101010' };
    expect(refusedAs(await wang.post(at, { record: renamed }, { version: put.version }))).toMatchObject({
      code: 'bad-form',
      errors: [{ pointer: '/record/number' }],
    });
    const bad = { ...record, level: '特管', more: 1 };
    const problem = refusedAs(await wang.post(at, { record: bad }, { version: put.version }));
    expect(problem).toMatchObject({ code: 'bad-form' });
    expect(typeof problem === 'string' ? [] : problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/record/level',
      '/record/more',
    ]);
    expect(refusedAs(await wang.post(`${registers}/inmates`, { record: added.record }))).toMatchObject({
      code: 'not-possible',
    });
    granted(await wang.post(`${at}/remove`, {}, { version: put.version }));
    expect((await find('sc.wangping', 'inmates')).map(({ key }) => key)).not.toContain('5101009');
    const read = granted(await wang.get<RecordView & { history: readonly RecordView[] }>(at));
    expect([read.removed, ...read.history.map(({ record: { level } }) => level)]).toEqual([true, '宽管', '普管']);
  });
  it('keep what an officer changed when the seed is laid again', async () => {
    const [record] = await find('sc.songyan', 'visit-quotas');
    const song = await as('sc.songyan');
    const changed = { record: { ...record?.record, visits: 2 } };
    const at = `${registers}/visit-quotas/${record?.id ?? ''}`;
    granted(await song.post(at, changed, { version: record?.version ?? '' }));
    await seedRegisters(own.provinces);
    expect((await find('sc.songyan', 'visit-quotas')).map(({ record: { visits } }) => visits)).toEqual([2]);
  });

  const send = async (body: Uint8Array | string, type: string, query = ''): Promise<Reply<ImportAnswer>> => {
    const { token } = granted(
      await request<{ token: string }>(own.urls['sichuan'] ?? '', 'POST', '/api/sign-in', {
        body: { officer: 'sc.wangping', password: SEED_PASSWORD },
      }),
    );
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': type };
    return request(own.urls['sichuan'] ?? '', 'POST', `${registers}/rooms/import${query}`, { headers, body });
  };
  it('take the template that they give, filled in with an office program', async () => {
    const wang = await as('sc.wangping');
    const template = await wang.get<string>(`${registers}/rooms/template`);
    expect(template.headers.get('content-disposition')).toContain(encodeURIComponent('会见室.xlsx'));
    const columns = ['会见室', '开放日', '开始时间', '结束时间'].map((title) => ({ title, width: 12 }));
    const rows = [['=三号室', '周一、周三', '9:00', '下午3点']];
    const file = await spreadsheet([{ name: '会见室', columns, rows }]);
    expect(granted(await send(file, XLSX, '?dry-run=true'))).toMatchObject({ dryRun: true, added: 1 });
    expect(granted(await send(file, XLSX))).toMatchObject({ added: 1, unchanged: 0 });
    expect(granted(await send(file, XLSX))).toMatchObject({ added: 0, unchanged: 1 });
    const kept = (await find('sc.wangping', 'rooms')).find(({ key }) => key === '=三号室');
    expect(kept?.record).toEqual({ name: '=三号室', weekdays: ['周一', '周三'], opens: '09:00', closes: '15:00' });
  });
  it.each([
    ['no file', '', 'text/csv', 'bad-form'],
    ['a file of another kind', '{}', 'application/pdf', 'unsupported-media-type'],
    ['JSON', '{}', 'application/json', 'unsupported-media-type'],
    ['bytes called a spreadsheet', 'PK\u0003\u0004 nothing', XLSX, 'bad-form'],
    ['a table of something else', '甲,乙\n1,2\n', 'text/csv', 'bad-form'],
    ['more than is taken', `会见室\n${'1'.repeat(1_200_000)}`, 'text/csv', 'too-large'],
  ])('refuse %s, and say why', async (_, body, type, code) => {
    const reply = await send(body, type);
    expect(refusedAs(reply)).toMatchObject({ code });
  });
});

it('gives drug rehabilitation its visit, in its own service', async () => {
  const [office, fan, qiu] = [await as('cq.luwei'), await as('sc.fanli'), await as('sc.qiudong')];
  const bytes = Buffer.from('%PDF-1.7\n1');
  const evidence = granted(await office.upload('drug-rehab', '关系证明.pdf', bytes, 'application/pdf'));
  const day = addDays(today(own.provinces.province('sichuan').options.clock), 7);
  const slots = Array.from({ length: 7 }, (_, n) => instantAt(addDays(day, n), '09:30'));
  const form = {
    place: 'sc-chengdu-rehabilitation',
    inmate: '5103001',
    visitors: [{ name: '郑玉梅', relation: '父母' }],
    evidence,
    times: [{ start: slots[0] }],
  };
  const opened = granted(await office.open('drug-rehab.remote-visit', { form }));
  expect(opened.number).toMatch(/^渝戒会〔\d{4}〕1号$/);
  const at: CaseRef = { workflow: 'drug-rehab.remote-visit', id: opened.id };
  const reaches = async (who: OfficerClient, state: string): Promise<CasePage> => {
    for (const end = performance.now() + 20_000; performance.now() < end;) {
      await own.provinces.drain(1);
      const page = await who.page(at);
      if (page.ok && page.body.state.name === state) return page.body;
    }
    throw new Error(`never came to ${state}`);
  };
  await reaches(fan, 'applied');
  // 会见室 is open from Monday to Friday: the first of seven days that is none of a weekend.
  const tried = [];
  for (const start of slots.slice(0, 3)) tried.push(await fan.step(at, 'approve', { room: '一号视频会见室', start }));
  const drafted = tried.find(({ ok }) => ok);
  if (!drafted) throw new Error('no slot was in order');
  const draft = granted(drafted).drafts[0]?.id ?? '';
  granted(await qiu.post(`/api/drug-rehab/remote-visit/${opened.id}/drafts/${draft}/sign`, {}));
  await reaches(office, 'offered');
  granted(await office.step(at, 'confirm'));
  expect((await reaches(fan, 'booked')).workflow.title).toBe('远程会见帮教');
});
