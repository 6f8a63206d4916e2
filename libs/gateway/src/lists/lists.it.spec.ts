import { ProvinceFixture, type Session } from '../province.fixture';
import { aNotice, aRow, NOW, TO_YUBEI } from '../trials.fixture';

let province: ProvinceFixture;
let zhou: Session;
let liu: Session;
let chen: Session;
beforeEach(async () => {
  province = await ProvinceFixture.start();
  [zhou, liu, chen] = await Promise.all([
    province.as('sc.zhouwei'),
    province.as('sc.liuyang'),
    province.as('sc.chenguoqiang'),
  ]);
});
afterEach(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

const ids = async (session: Session, path: string): Promise<readonly unknown[]> =>
  (await session.list(path)).map((item) => item['id']);
const advanceTo = (instant: string) => {
  province.clock.advance(Date.parse(instant) - province.clock.millis());
};

describe('who finds a case', () => {
  it('the unit in charge and those above it, no other unit, no operator', async () => {
    const id = await zhou.openErrand('整理台账');
    await province.settle();
    for (const officer of ['sc.zhouwei', 'sc.chenguoqiang', 'sc.huangzhigang'])
      expect(await ids(await province.as(officer), '/api/cases')).toEqual([id]);
    for (const officer of ['sc.hejing', 'sc.tangli', 'sc.xiaoming'])
      expect(await ids(await province.as(officer), '/api/cases')).toEqual([]);
  });
  it('where it is sealed: those in charge and the unit’s leaders, as on its page', async () => {
    const id = await zhou.openErrand('未成年人事项');
    const place = `/api/prison/trial-errand/${id}`;
    expect((await chen.post(`${place}/seal`, { sealed: true })).status).toBe(200);
    await province.settle();
    const lead = await province.as('sc.huangzhigang');
    expect(await ids(chen, '/api/cases')).toEqual([id]);
    for (const session of [zhou, liu, lead]) {
      expect(await ids(session, '/api/cases')).toEqual([]);
      expect(await ids(session, '/api/to-do')).toEqual([]);
      expect((await session.get(place)).status).toBe(404);
    }
    expect((await chen.post(`${place}/assign`, { officer: 'sc.liuyang', deputies: ['sc.zhouwei'] })).status).toBe(200);
    await province.settle();
    for (const session of [zhou, liu]) {
      expect(await ids(session, '/api/cases')).toEqual([id]);
      expect((await session.get(place)).status).toBe(200);
    }
    expect(await ids(lead, '/api/cases')).toEqual([]);
  });
});

describe('待办', () => {
  it('shows what is nobody’s to all of the role, and what is assigned to the one', async () => {
    const id = await zhou.openErrand('整理台账');
    await province.settle();
    expect(await ids(zhou, '/api/to-do')).toEqual([id]);
    expect(await ids(liu, '/api/to-do')).toEqual([id]);
    expect(await ids(chen, '/api/to-do')).toEqual([]);
    await chen.post(`/api/prison/trial-errand/${id}/assign`, { officer: 'sc.liuyang' });
    await province.settle();
    expect(await ids(zhou, '/api/to-do')).toEqual([]);
    const [item] = await liu.list('/api/to-do');
    expect(item).toMatchObject({ id, ours: true, officer: { id: 'sc.liuyang', name: '刘洋' } });
    expect(item).not.toHaveProperty('standInFor');
  });
  it('shows an absent officer’s to the deputy, and says whose it is', async () => {
    const id = await zhou.openErrand('整理台账');
    await chen.post(`/api/prison/trial-errand/${id}/assign`, { officer: 'sc.chenguoqiang' });
    await province.settle();
    expect(await ids(liu, '/api/to-do')).toEqual([]);
    advanceTo('2026-12-07T01:00:00.000Z');
    expect(await liu.list('/api/to-do')).toMatchObject([{ id, standInFor: { id: 'sc.chenguoqiang', name: '陈国强' } }]);
    expect(await ids(zhou, '/api/to-do')).toEqual([]);
    expect((await liu.get('/api/me')).body).toMatchObject({ standsInFor: [{ id: 'sc.chenguoqiang' }] });
    advanceTo('2026-12-12T01:00:00.000Z');
    expect(await ids(liu, '/api/to-do')).toEqual([]);
  });
  it('shows it to the case’s own deputies too while the officer in charge is absent', async () => {
    const id = await zhou.openErrand('整理台账');
    await chen.post(`/api/prison/trial-errand/${id}/assign`, { officer: 'sc.chenguoqiang', deputies: ['sc.zhouwei'] });
    await province.settle();
    expect(await ids(zhou, '/api/to-do')).toEqual([]);
    advanceTo('2026-12-08T01:00:00.000Z');
    expect(await zhou.list('/api/to-do')).toMatchObject([{ id, standInFor: { id: 'sc.chenguoqiang' } }]);
  });
  it('shows a draft that was returned to its drafter', async () => {
    const { id, draft } = await zhou.openHandover();
    await province.settle();
    expect(await ids(zhou, '/api/to-do')).toEqual([]);
    expect((await chen.post(`/api/drafts/${draft}/return`, { reason: '请补充' })).status).toBe(200);
    await province.settle();
    expect(await ids(zhou, '/api/to-do')).toEqual([id]);
    expect(await ids(liu, '/api/to-do')).toEqual([]);
  });
});

describe('待审', () => {
  it('has a line for each draft that the officer may sign, never for the own', async () => {
    const id = await zhou.openErrand('整理台账');
    const finished = await zhou.post(`/api/prison/trial-errand/${id}/finish`, {});
    expect(finished.status).toBe(202);
    const { id: other } = await liu.openHandover();
    await province.settle();
    expect((await chen.list('/api/to-sign')).map((line) => line['id']).sort()).toEqual([id, other].sort());
    for (const session of [zhou, liu, await province.as('sc.luojianjun')])
      expect(await session.list('/api/to-sign')).toEqual([]);
    expect(await ids(await province.as('sc.huangzhigang'), '/api/to-sign')).toHaveLength(2);
    advanceTo('2026-12-07T01:00:00.000Z');
    // The deputy signs for the absent leader, but not what they drafted themselves.
    expect(await liu.list('/api/to-sign')).toMatchObject([{ id, standInFor: { id: 'sc.chenguoqiang' } }]);
  });
  it('is waited for by who was just told of it, while the lists are a moment behind', async () => {
    const draft = '00000000-0000-8000-8000-000000000001';
    const { rows } = province.book;
    const find = rows.find.bind(rows);
    let looked = 0;
    const told = { id: draft, step: 'finish', title: '办结', by: 'sc.zhouwei', signers: [], status: 'sent' } as const;
    jest.spyOn(rows, 'find').mockImplementation(async (query) => {
      const page = await find(query);
      looked += 1;
      if (looked === 2) void province.tell(aRow({ id: 'a', drafts: [told] }));
      return page;
    });
    // The row is of no real case: it is the service that says so, hence the draft was found.
    const { body } = await chen.get(`/api/drafts/${draft}`);
    expect([body['detail'], looked]).toEqual(['没有找到这个办件', 3]);
  });
  it('leads to the draft itself', async () => {
    const { draft } = await zhou.openHandover();
    await province.settle();
    const [line] = await chen.list('/api/to-sign');
    const href = (line?.['draft'] as { href: string }).href;
    const { status, body } = await chen.get(href);
    expect([status, body['id'], body['status']]).toEqual([200, draft, 'sent']);
    expect(body['fields']).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'name', value: '张三' })]));
    expect((await (await province.as('sc.hejing')).get(href)).status).toBe(404);
  });
});

describe('待签收 and 已办', () => {
  it('show what came to the own unit, and where one has acted', async () => {
    await province.tell(
      aRow({ id: 'a', toTakeIn: true }),
      aRow({ id: 'b', toTakeIn: true, unit: 'sc-jinjiang-prison' }),
      aRow({ id: 'c', acted: ['sc.zhouwei'] }),
    );
    expect(await ids(zhou, '/api/to-take-in')).toEqual(['a']);
    expect(await ids(await province.as('sc.huangzhigang'), '/api/to-take-in')).toEqual([]);
    expect(await ids(zhou, '/api/done')).toEqual(['c']);
    expect(await ids(chen, '/api/done')).toEqual([]);
  });
});

describe('a line', () => {
  it('masks who it is about, and gives away nothing that it was found by', async () => {
    const { draft } = await zhou.openHandover();
    await province.settle();
    await chen.post(`/api/drafts/${draft}/sign`);
    await province.settle();
    for (const q of ['张三', '张', '510107199003077216', '１号', '试办', '川试衔〔2026〕1号']) {
      const answer = await zhou.get(`/api/cases?q=${encodeURIComponent(q)}`);
      expect(answer.body['items']).toMatchObject([{ subject: '张**', number: '川试衔〔2026〕1号' }]);
      expect(answer.text).not.toMatch(/张三|510107|tokens|acted/);
    }
    expect(await ids(zhou, '/api/cases?q=' + encodeURIComponent('李四'))).toEqual([]);
    await province.tell(aRow({ id: 'n', subject: '510107199003077216' }));
    expect((await zhou.list('/api/cases?peer=chongqing&state=notified&turn=ours'))[0]).toMatchObject({
      subject: '5101**********7216',
    });
  });
  it('turns amber two working days before it is due, red after', async () => {
    await province.tell(aRow({ id: 'a', due: '2026-11-26T16:00:00.000Z' }));
    const look = async () => {
      const [item] = await zhou.list('/api/cases');
      return [item?.['colour'], item?.['overdue']];
    };
    expect(await look()).toEqual(['green', false]);
    // Wednesday: Thursday and Friday are two working days.
    advanceTo('2026-11-25T01:00:00.000Z');
    expect(await look()).toEqual(['amber', false]);
    expect(await ids(zhou, '/api/cases?due=overdue')).toEqual([]);
    advanceTo('2026-11-26T16:00:00.001Z');
    expect(await look()).toEqual(['red', true]);
    expect(await ids(zhou, '/api/cases?due=overdue')).toEqual(['a']);
    await province.tell(aRow({ id: 'a', revision: 2, turn: null, closed: true }));
    expect(await look()).toEqual([null, false]);
  });
});

describe('search', () => {
  const at = (minute: number) => new Date(Date.parse(NOW) + minute * 60_000).toISOString();
  const rows = [
    aRow({ id: 'a', number: '渝试衔〔2026〕10号', due: at(30), changedAt: at(1), openedAt: at(5) }),
    aRow({ id: 'b', number: '渝试衔〔2026〕2号', due: null, changedAt: at(2), openedAt: at(4) }),
    aRow({ id: 'c', number: '渝试衔〔2026〕1号', due: at(20), changedAt: at(3), openedAt: at(3), turn: 'origin' }),
    aRow({ id: 'd', number: null, due: at(10), changedAt: at(4), openedAt: at(2), state: 'verified' }),
    aRow({ id: 'e', due: null, closed: true, turn: null, state: 'done', changedAt: at(5), openedAt: at(1) }),
  ];
  it.each([
    ['', 'edcba'],
    ['sort=changedAt&order=ascending', 'abcde'],
    ['sort=openedAt', 'abcde'],
    ['sort=due', 'dcabe'],
    ['sort=due&order=descending', 'ebacd'],
    ['sort=number', 'dceba'],
    ['state=verified', 'd'],
    ['turn=ours', 'dba'],
    ['turn=theirs', 'c'],
    ['turn=origin', 'c'],
    ['closed=true', 'e'],
    ['closed=false', 'dcba'],
    ['workflow=prison.trial-errand', ''],
    ['unit=sc-chengdu-prison', 'edcba'],
    ['peer=sichuan', ''],
    ['workflow=prison.trial-handover&turn=ours&sort=due&limit=2', 'da'],
  ])('by %s finds %s', async (query, found) => {
    await province.tell(...rows);
    expect((await ids(zhou, `/api/cases?${query}`)).join('')).toBe(found);
  });
  it('pages to the end without gap or repetition, and takes no other list’s cursor', async () => {
    await province.tell(...rows);
    const seen: unknown[] = [];
    let pages = 0;
    for (let after = ''; ; pages++) {
      const { body } = await zhou.get(`/api/cases?sort=due&limit=2${after}`);
      seen.push(...(body['items'] as { id: string }[]).map(({ id }) => id));
      if (typeof body['next'] !== 'string') break;
      after = `&after=${body['next']}`;
    }
    expect([seen.join(''), pages]).toEqual(['dcabe', 2]);
    const { body } = await zhou.get('/api/cases?sort=due&limit=2');
    expect((await zhou.get(`/api/cases?sort=number&after=${String(body['next'])}`)).status).toBe(400);
  });
  it('keeps the newer of two rows, whichever is told first, as often as it is told', async () => {
    const newer = aRow({ id: 'a', revision: 7, state: 'verified' });
    await province.tell(newer, newer, aRow({ id: 'a', revision: 6 }));
    expect(await zhou.list('/api/cases')).toMatchObject([{ id: 'a', state: 'verified' }]);
  });
});

it('a draft is signed once, whoever is first', async () => {
  const opened = await zhou.post('/api/prison/trial-handover', { to: TO_YUBEI, form: aNotice() });
  await province.settle();
  const draft = (opened.headers.get('taken-as') ?? '').replace('draft ', '');
  const lead = await province.as('sc.huangzhigang');
  const answers = await Promise.all([chen, lead].map((session) => session.post(`/api/drafts/${draft}/sign`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});
