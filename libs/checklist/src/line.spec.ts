import { endOf, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { changesBetween, snapshotOf } from './changes';
import type { Entry } from './entry';
import { aMilestone, anEntry, aProject, moment, standingWith } from './entries.fixture';
import { checklistOf } from './line';
import { selected } from './query';
import { totalsOf } from './totals';

const now = '2026-11-25T01:00:00.000Z';
const statement = (
  province: string,
  counts: readonly { workflow: string; state: string; month: string; count: number }[],
) => ({
  province,
  domain: 'prison',
  time: now,
  counts,
});
const lines = (entries: readonly Entry[], statements: readonly ReturnType<typeof statement>[] = [], at = now) =>
  checklistOf({ entries, statements, workflows, directory: twoProvinces, calendar: publishedCalendar, now: at });
const handover = (state: string, month: string, count: number) => ({
  workflow: 'prison.release-handover',
  state,
  month,
  count,
});

describe('A line of the checklist', () => {
  it('counts a milestone’s weight only when it was countersigned; one that was dropped is not planned', () => {
    const { entry } = aProject();
    const done = [moment('report', '2026-11-21T01:00:00.000Z', 'reported'), moment('countersign', now, 'counted')];
    const under = { under: entry.id };
    const [line] = lines([
      entry,
      aMilestone({ ...under, due: endOf('2026-12-31'), weight: 30, moments: done }),
      aMilestone({ ...under, due: endOf('2026-12-31'), weight: 60, moments: done.slice(0, 1) }),
      aMilestone({ ...under, due: endOf('2026-11-24'), weight: 10 }),
      aMilestone({ ...under, due: endOf('2026-11-24'), weight: 90, moments: [moment('drop', now, 'dropped')] }),
      aMilestone({ under: 'another', due: endOf('2026-11-24'), weight: 90 }),
    ]);
    expect([line?.progress, line?.milestones]).toMatchObject([30, { counted: 1, planned: 3, overdue: 1 }]);
    expect(line).toMatchObject({ colour: 'red', why: '节点「平台上线」逾期', changedAt: now });
  });
  it('finds its obstacles by its number, or that of a milestone of its own', () => {
    const { entry } = aProject();
    const milestone = aMilestone({ under: entry.id, due: endOf('2026-12-31') });
    const obstacle = (on: string, state = 'raised') =>
      anEntry('coordination.obstacle', {
        forms: { Obstacle: { on, title: '接口', owner: 'cq-prison-bureau', dueOn: '2026-11-20' } },
        moments: [moment('raise', '2026-11-21T00:00:00.000Z', state)],
      });
    const [line] = lines([
      entry,
      milestone,
      obstacle(entry.number),
      obstacle(milestone.number),
      obstacle(entry.number, 'cleared'),
      obstacle('川〔2020〕9号'),
    ]);
    expect(line?.obstacles).toMatchObject({ open: 2, overdue: 2 });
    expect(line?.obstacles.all[0]?.owner.name).toBe('重庆市监狱管理局');
  });
  it('sums the cases of the workflows that serve its item over both provinces, of this year and in all', () => {
    const [line] = lines(
      [aProject().entry],
      [
        statement('sichuan', [
          handover('notified', '2026-11', 2),
          handover('notified', '2025-12', 1),
          { ...handover('x', '2026-11', 50), workflow: 'prison.other' },
        ]),
        statement('chongqing', [handover('notified', '2026-10', 3), handover('received', '2025-01', 4)]),
      ],
    );
    expect(line?.counts).toMatchObject([{ workflow: 'prison.release-handover', thisYear: 5, inAll: 10 }]);
    expect(line?.counts[0]?.states).toEqual([
      { state: 'notified', title: '待核实', thisYear: 5, inAll: 6 },
      { state: 'received', title: '帮教中', thisYear: 0, inAll: 4 },
    ]);
  });
  it('leaves out what was not taken into the list, and tells what became of a project with its reasons', () => {
    const declined = anEntry('coordination.project', { moments: [moment('register', now, 'declined')] });
    const { entry } = aProject({
      moments: [moment('refuse', now, 'active', { form: { reason: '再议' }, by: 'chongqing' })],
    });
    const all = lines([declined, entry]);
    expect(all).toHaveLength(1);
    expect(all[0]?.history.at(-1)).toMatchObject({ step: 'refuse', by: 'chongqing', kind: '未定类', why: '再议' });
  });
});

describe('The checklist asked for', () => {
  const notary = aProject({
    forms: {
      Project: { item: 'notary-2', list: 2026 },
      Standing: {
        kind: '完成类',
        stage: '实施',
        title: '异地核实',
        lead: 'sc-notary-association',
        peerLead: 'cq-notary-association',
        dueOn: '2026-11-26',
      },
    },
    moments: [
      moment('agree', '2026-11-21T00:00:00.000Z', 'active', {
        standing: {
          kind: '完成类',
          stage: '实施',
          title: '异地核实',
          lead: 'sc-notary-association',
          peerLead: 'cq-notary-association',
          dueOn: '2026-11-26',
        },
      }),
    ],
  }).entry;
  const all = lines([notary, aProject().entry]);
  const items = (query: string) =>
    selected(`/api/coordination/checklist${query}`, all, twoProvinces).map(({ item }) => item);
  it('comes in the order of the list', () => expect(items('')).toEqual(['prison-3', 'notary-2']));
  it.each([
    ['?kind=%E5%AE%8C%E6%88%90%E7%B1%BB', ['notary-2']],
    ['?colour=amber', ['notary-2']],
    ['?colour=red', []],
    ['?domain=prison', ['prison-3']],
    ['?unit=cq-notary-association', ['notary-2']],
    ['?unit=sc-justice-department', ['prison-3']],
    ['?q=%E5%BC%82%E5%9C%B0', ['notary-2']],
    ['?overdue=false&sort=item&order=descending', ['notary-2', 'prison-3']],
    ['?sort=colour', ['notary-2', 'prison-3']],
    ['?item=prison-3&list=2026', ['prison-3']],
  ])('filters and sorts by %s', (query, found) => expect(items(query)).toEqual(found));
  it('names every bad parameter and what is allowed', () => {
    try {
      items('?kind=x&colour=blue&unit=nobody&list=26&sort=name');
      throw new Error('it was not refused');
    } catch (error) {
      const { more } = error as { more: { errors: { pointer: string; detail: string }[] } };
      expect(more.errors.map(({ pointer }) => pointer)).toEqual(['/kind', '/colour', '/unit', '/list', '/sort']);
      expect(more.errors[0]?.detail).toContain('完成类');
    }
    expect(() => items('?page=2')).toThrow();
  });
  it('adds up', () => {
    expect(totalsOf(all)).toMatchObject({
      projects: 2,
      kinds: { 未定类: 1, 完成类: 1 },
      colours: { green: 1, amber: 1, red: 0, none: 0 },
    });
  });
});

describe('What changed between two bulletins', () => {
  const { entry } = aProject();
  const before = snapshotOf(lines([entry], [statement('sichuan', [handover('notified', '2026-11', 1)])]), now);
  it('is nothing where nothing changed, and nothing for the first bulletin', () => {
    expect(changesBetween(before, before)).toEqual([]);
    expect(changesBetween(undefined, before)).toEqual([]);
  });
  it('is each aspect of each project, with both values', () => {
    const moved = aProject({
      id: entry.id,
      number: entry.number,
      moments: [
        moment('agree', now, 'active', {
          standing: standingWith({ kind: '完成类', stage: '实施', dueOn: '2026-11-26' }),
        }),
      ],
    }).entry;
    const milestone = aMilestone({ under: entry.id, due: endOf('2026-11-24'), weight: 10 });
    const added = aProject().entry;
    const after = snapshotOf(
      lines([moved, milestone, added], [statement('sichuan', [handover('notified', '2026-11', 3)])]),
      now,
    );
    const changes = changesBetween(before, after).map(({ number, aspect, before: was, after: is }) => [
      number === entry.number ? 'one' : 'new',
      aspect,
      was,
      is,
    ]);
    expect(changes).toEqual([
      ['one', 'kind', '未定类', '完成类'],
      ['one', 'stage', '待定类', '实施'],
      ['one', 'due', '未定', '2026-11-26'],
      ['one', 'colour', '绿', '红'],
      ['one', 'milestones', '已确认 0/0', '已确认 0/1，逾期 1'],
      ['one', 'counts', '刑满释放衔接 1 件', '刑满释放衔接 3 件'],
      ['new', 'listed', '—', '新列入'],
    ]);
    expect(changesBetween(after, before).at(-1)).toMatchObject({ aspect: 'listed', after: '不在清单' });
  });
});
