import { endOf, publishedCalendar } from '@chuanyu/reference';
import { colours } from './colour';
import type { Entry, Moment } from './entry';
import { anEntry, aMilestone, aProject, moment, standingWith } from './entries.fixture';

const until = (now: string, project: Entry, more: { milestones?: Entry[]; obstacles?: Entry[] } = {}) =>
  colours({ project, milestones: more.milestones ?? [], obstacles: more.obstacles ?? [] }, now, publishedCalendar).map(
    ({ at, colour, why }) => [at, colour, why],
  );
const far = '2027-12-31T00:00:00.000Z';
const confirmed = '2026-11-20T01:00:00.000Z';
const dueIn = (dueOn: string, at = '2026-11-21T01:00:00.000Z'): Moment =>
  moment('agree', at, 'active', { standing: standingWith({ dueOn }) });

describe('The colour of a project', () => {
  it('is green from its confirmation, and none before it and after it was closed', () => {
    const closed = '2026-12-01T01:00:00.000Z';
    const project = aProject({ moments: [moment('agree-closing', closed, 'closed')] }).entry;
    expect(until(far, project)).toEqual([
      [confirmed, 'green', '没有逾期和即将到期的事项'],
      [closed, null, '已销号'],
    ]);
    expect(until('2026-11-19T01:00:00.000Z', project)).toEqual([]);
  });
  it('turns amber ten working days before the day, and red when the day is over, by the clock alone', () => {
    const project = aProject({ moments: [dueIn('2026-12-18')] }).entry;
    const amber = endOf('2026-12-06');
    expect(until('2026-12-06T15:59:59.999Z', project)).toHaveLength(1);
    expect(until(amber, project).at(-1)).toEqual([amber, 'amber', '项目十个工作日内到期']);
    expect(until('2026-12-18T15:59:59.999Z', project)).toHaveLength(2);
    expect(until(endOf('2026-12-18'), project).at(-1)).toEqual([endOf('2026-12-18'), 'red', '项目逾期']);
  });
  it('counts working days: the national holiday moves amber forward', () => {
    const project = aProject({
      confirmed: '2026-09-01T01:00:00.000Z',
      moments: [dueIn('2026-10-12', '2026-09-01T02:00:00.000Z')],
    }).entry;
    // Back from 12 October: 12, 10 (worked instead), 9, 8, then 30 September to 23 September; 25 September is off (中秋).
    const amber = until(far, project).find(([, colour]) => colour === 'amber');
    expect(amber?.[0]).toBe(endOf('2026-09-21'));
  });
  it('keeps its history: what was late stays late then, though it is not now', () => {
    const project = aProject({ moments: [dueIn('2026-12-18'), dueIn('2027-12-31', '2026-12-25T01:00:00.000Z')] }).entry;
    expect(until('2027-01-10T00:00:00.000Z', project).map(([at, colour]) => [at, colour])).toEqual([
      [confirmed, 'green'],
      [endOf('2026-12-06'), 'amber'],
      [endOf('2026-12-18'), 'red'],
      ['2026-12-25T01:00:00.000Z', 'green'],
    ]);
  });
  it('follows its milestones: one reported in time makes nobody warn, until the other side is late', () => {
    const reported = '2026-12-01T01:00:00.000Z';
    const confirmBy = endOf('2026-12-15');
    const milestone = aMilestone({
      due: endOf('2026-12-31'),
      moments: [moment('report', reported, 'reported', { due: confirmBy })],
    });
    const project = aProject().entry;
    expect(until(confirmBy, project, { milestones: [milestone] })).toEqual([
      [confirmed, 'green', '没有逾期和即将到期的事项'],
      [confirmBy, 'red', '节点「平台上线」对方确认逾期'],
    ]);
    const counted = aMilestone({
      due: endOf('2026-12-31'),
      moments: [
        moment('report', reported, 'reported', { due: confirmBy }),
        moment('countersign', '2026-12-02T01:00:00.000Z', 'counted'),
      ],
    });
    expect(until(far, project, { milestones: [counted] })).toHaveLength(1);
  });
  it('names every cause', () => {
    const [one, two] = [
      aMilestone({ due: endOf('2026-12-03') }),
      aMilestone({ due: endOf('2026-12-03'), name: '培训完成' }),
    ];
    expect(until(endOf('2026-12-03'), aProject().entry, { milestones: [one, two] }).at(-1)?.[2]).toBe(
      '节点「平台上线」、节点「培训完成」逾期',
    );
  });
  it('follows open obstacles, by the day that was said last', () => {
    const obstacle = anEntry('coordination.obstacle', {
      forms: { Obstacle: { on: 'x', title: '接口', dueOn: '2026-12-01' }, Taking: { dueOn: '2026-12-08' } },
      moments: [
        moment('raise', '2026-11-22T01:00:00.000Z', 'raised', { form: { dueOn: '2026-12-01' } }),
        moment('take', '2026-11-30T01:00:00.000Z', 'clearing', { form: { dueOn: '2026-12-08' } }),
        moment('confirm', '2026-12-10T01:00:00.000Z', 'cleared'),
      ],
    });
    expect(until(far, aProject().entry, { obstacles: [obstacle] }).map(([at, colour]) => [at, colour])).toEqual([
      [confirmed, 'green'],
      ['2026-11-22T01:00:00.000Z', 'amber'],
      [endOf('2026-12-08'), 'red'],
      ['2026-12-10T01:00:00.000Z', 'green'],
    ]);
  });
});
