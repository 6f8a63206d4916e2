import type { Database } from '@chuanyu/collections';
import { topics } from '@chuanyu/contracts';
import type { ChecklistLine, ChecklistPage } from '@chuanyu/checklist';
import { SEED_PASSWORD, seedProjects } from '@chuanyu/provinces';
import { addDays, cooperationItems } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { granted, type CaseRef } from '../client';
import { chongqing, Liaison, sichuan } from '../demo/checklist';
import { Day } from '../demo/day';
import { Handover } from '../demo/handover';
import { OwnProvinces } from '../demo/own';

const DAY = 86_400_000;
let own: OwnProvinces;
let day: Day;
let chuan: Liaison;
let yu: Liaison;
beforeAll(async () => {
  own = await OwnProvinces.start({ projects: true });
  day = new Day({ urls: own.urls, password: SEED_PASSWORD, seed: 7, say: () => undefined, patience: 30_000 });
  await day.lookAtClock();
  chuan = new Liaison(day, sichuan, chongqing);
  yu = new Liaison(day, chongqing, sichuan);
}, 120_000);
afterAll(async () => {
  await own.stop();
  expect(own.errors).toEqual([]);
}, 30_000);

/** What must be alike in both provinces: all but whose turn it is to read. */
const alike = (lines: readonly ChecklistLine[]) => JSON.parse(JSON.stringify(lines)) as unknown;
const both = async (query = ''): Promise<readonly [ChecklistPage, ChecklistPage]> => [
  await chuan.checklist(query),
  await yu.checklist(query),
];
const projectOf = async (item: string): Promise<CaseRef> => ({
  workflow: 'coordination.project',
  id: (await chuan.line(item))?.id ?? '',
});
const operator = async (province: 'sc.xiaoming' | 'cq.shiwei') => day.officer(province);

describe('The seed of the cooperation list', () => {
  it('makes each of the 52 items a project that both sides have confirmed, and says which workflows serve it', async () => {
    const [here, there] = await both();
    expect(here.items.map(({ item }) => item)).toEqual(cooperationItems.map(({ item }) => item));
    expect(here.items.map(({ title }) => title)).toEqual(cooperationItems.map(({ title }) => title));
    expect(new Set(here.items.map(({ kind, state, colour }) => `${kind} ${state} ${colour ?? ''}`))).toEqual(
      new Set(['未定类 active green']),
    );
    expect(alike(here.items)).toEqual(alike(there.items));
    for (const { item, counts, leads } of here.items) {
      const serving = workflows.all().filter((workflow) => workflow.serves.includes(item) && !workflow.domestic);
      expect([item, counts.map(({ workflow }) => workflow)]).toEqual([item, serving.map(({ id }) => id)]);
      expect(leads.map(({ name }) => name).every((name) => /\p{Script=Han}/u.test(name))).toBe(true);
    }
    expect(here.items.find(({ item }) => item === 'drug-rehab-1')?.leads.map(({ id }) => id)).toEqual([
      'sc-rehabilitation-bureau',
      'cq-rehabilitation-bureau',
    ]);
    expect(here.items.find(({ item }) => item === 'mediation-1')?.leads.map(({ id }) => id)).toEqual([
      'sc-justice-department',
      'cq-justice-department',
    ]);
    const numbers = here.items.map(({ number }) => Number(/〕(\d+)号/.exec(number)?.[1])).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 52 }, (_, n) => n + 1));
  });
  it('does nothing the second time', async () => {
    const before = await chuan.checklist();
    expect(await seedProjects(own.provinces)).toBe(0);
    expect(alike((await chuan.checklist()).items)).toEqual(alike(before.items));
  });
});

describe('The checklist', () => {
  it('is seen whole by liaison offices and justice departments, in part by whom it concerns, and by nobody else', async () => {
    const seen = async (id: string) => {
      const page = granted(await (await day.officer(id)).get<ChecklistPage>('/api/coordination/checklist'));
      return [
        page.items.length,
        [...new Set(page.items.map(({ domain }) => domain))].join(' '),
        page.withoutProject.length,
      ];
    };
    expect(await seen('sc.linfeng')).toEqual([52, expect.any(String), 0]);
    expect(await seen('sc.huangzhigang')).toEqual([9, 'prison', 0]);
    expect(await seen('cq.gonghao')).toEqual([8, 'lawyer', 0]);
    expect(await seen('cq.zhangmin')).toEqual([0, '', 0]);
    expect(await seen('sc.xiaoming')).toEqual([0, '', 0]);
    const clauses = await (await day.officer('sc.zhouwei')).get('/api/coordination/clauses');
    expect(clauses.status).toBe(403);
    const bulletin = await (await day.officer('sc.yangxuemei')).post('/api/coordination/checklist/bulletin', {});
    expect(bulletin.status).toBe(403);
  });
  it('refuses what is no query, naming what is allowed', async () => {
    const reply = await (await chuan.officer()).get('/api/coordination/checklist?kind=%E4%B8%83&page=1');
    expect(reply.ok ? undefined : reply.problem).toMatchObject({ status: 400, code: 'bad-request' });
    const odd = await (await chuan.officer()).post('/api/coordination/checklist/bulletin', { issue: 'x' });
    expect(odd.ok ? undefined : odd.problem.errors?.[0]?.pointer).toBe('/issue');
  });

  it('shows the same counts in both provinces after a cut and its healing, and only the old ones meanwhile', async () => {
    await Handover.notify(day, day.personas.aPrisonerNearRelease(31));
    const inAll = async (side: Liaison) => (await side.line('prison-3'))?.counts[0]?.inAll;
    const state = () =>
      Promise.all(
        [...own.provinces.all.values()].flatMap(({ services }) =>
          [...services.values()].map((service) => service.state()),
        ),
      );
    const stated = async (wanted: readonly [number, number]) =>
      day.until(`counts ${wanted.join(' ')}`, async () => {
        await state();
        return JSON.stringify([await inAll(chuan), await inAll(yu)]) === JSON.stringify(wanted);
      });
    await stated([1, 1]);
    granted(await day.dev.cut());
    try {
      await Handover.notify(day, day.personas.aPrisonerNearRelease(32), { arrives: false });
      await stated([2, 1]);
    } finally {
      granted(await day.dev.heal());
    }
    await stated([2, 2]);
    const [here, there] = await both('?item=prison-3');
    expect(here.items[0]?.counts).toEqual(there.items[0]?.counts);
    expect(here.items[0]?.counts[0]).toMatchObject({
      thisYear: 2,
      states: [{ state: 'notified', thisYear: 2, inAll: 2 }],
    });
  });

  it('is made again from nothing as it was, in each province', async () => {
    const before = await both();
    for (const id of ['sc.xiaoming', 'cq.shiwei'] as const)
      granted(await (await operator(id)).post('/api/coordination/checklist/rebuild', {}));
    const rebuilt = await both();
    expect(alike(rebuilt[0].items)).toEqual(alike(before[0].items));
    expect(alike(rebuilt[1].items)).toEqual(alike(before[1].items));
    expect(rebuilt.map(({ counted }) => counted)).toEqual(before.map(({ counted }) => counted));
    // And once more from empty collections.
    const { database } = own.provinces.province('sichuan');
    for (const name of ['coordination.checklist', 'coordination.checklist-counts']) await emptied(database, name);
    expect((await chuan.checklist()).items).toEqual([]);
    granted(await (await operator('sc.xiaoming')).post('/api/coordination/checklist/rebuild', {}));
    expect(alike((await chuan.checklist()).items)).toEqual(alike(before[0].items));
    const refused = await (await chuan.officer()).post('/api/coordination/checklist/rebuild', {});
    expect(refused.status).toBe(403);
    expect(
      (await own.provinces.province('sichuan').log.read(topics.counts, { limit: 10 })).records.length,
    ).toBeGreaterThan(0);
  });

  it('lets both offices propose and report while the line is cut, and comes out alike', async () => {
    const project = await projectOf('notary-2');
    granted(await day.dev.cut());
    let mine: CaseRef;
    try {
      await chuan.step(project, 'change', {
        what: '定类',
        reason: '已具备条件',
        kind: '完成类',
        dueOn: addDays(day.today, 40),
      });
      mine = await chuan.open(
        'coordination.milestone',
        { name: '核实单统一', dueOn: addDays(day.today, 30), weight: 70 },
        project.id,
      );
      await yu.open(
        'coordination.milestone',
        { name: '渝方试行', dueOn: addDays(day.today, 35), weight: 30 },
        project.id,
      );
      expect([
        (await chuan.line('notary-2'))?.milestones.planned,
        (await yu.line('notary-2'))?.milestones.planned,
      ]).toEqual([1, 1]);
    } finally {
      granted(await day.dev.heal());
    }
    await yu.step(project, 'agree');
    await day.until('both alike', async () => {
      const [here, there] = await both('?item=notary-2');
      return (
        JSON.stringify(here.items) === JSON.stringify(there.items) &&
        here.items[0]?.milestones.planned === 2 &&
        here.items[0].kind === '完成类'
      );
    });
    await chuan.step(mine, 'report', { account: '已统一' });
    await yu.step(mine, 'send-back-to-owner', { reason: '请附样式' });
    await chuan.step(mine, 'report', { account: '样式已寄' });
    await yu.step(mine, 'countersign');
    await day.until('counted', async () => (await chuan.line('notary-2'))?.progress === 70);
  });

  it('turns amber and red as time passes, with the same history in both provinces', async () => {
    await day.advance(31 * DAY);
    const [here] = await both('?item=notary-2');
    expect(here.items[0]).toMatchObject({ colour: 'amber', why: expect.stringContaining('节点「渝方试行」') });
    await day.advance(5 * DAY);
    await day.advance(5 * DAY);
    const [late, there] = await both('?item=notary-2');
    expect(late.items[0]).toMatchObject({
      colour: 'red',
      why: '项目、节点「渝方试行」逾期',
      milestones: { overdue: 1 },
    });
    expect(late.items[0]?.colours.map(({ colour }) => colour)).toEqual(['green', 'amber', 'red']);
    expect(alike(late.items)).toEqual(alike(there.items));
    expect((await chuan.checklist()).totals.colours).toMatchObject({ red: 1, green: 51 });
    expect((await yu.checklist('?overdue=true')).items.map(({ item }) => item)).toEqual(['notary-2']);
  });
});

/** As after the loss of a database: nothing of the read model is left. */
const emptied = async (database: Database, name: string): Promise<void> => {
  const collection = await database.collection<{ id: string }>({
    name,
    fields: name.endsWith('counts') ? [] : ['workflow'],
    sets: {},
  });
  const { items } = await collection.find({ limit: 1000 });
  for (const { document, version } of items) await collection.remove(document.id, version);
};
