import type { Sheet } from '@chuanyu/documents';
import { dateOf, type Directory } from '@chuanyu/reference';
import { aspects, colourName, type Difference } from './changes';
import type { ChecklistLine } from './line';

/** The checklist as a workbook: one line per project, then milestones, obstacles, the cases behind it and colours as they were. */
export const sheetsOf = (lines: readonly ChecklistLine[], directory: Directory): readonly Sheet[] => {
  const provinceName = (id: string) => directory.province(id)?.name ?? id;
  const provinces = directory.provinces
    .map(({ id }) => id)
    .filter((id) => lines.some((line) => leadOf(line, id) !== ''));
  return [
    {
      name: '项目清单',
      columns: columns([
        ['清单编号', 16],
        ['类别（组）', 22],
        ['项目', 50],
        ['项目编号', 22],
        ['类别', 10],
        ['阶段', 10],
        ['状态', 18],
        ...provinces.map((id) => [`${provinceName(id)}牵头单位`, 26] as const),
        ['参与单位', 30],
        ['完成期限', 13],
        ['进度（%）', 10],
        ['节点（已确认/全部）', 14],
        ['逾期节点', 10],
        ['未疏通堵点', 11],
        ['颜色', 8],
        ['说明', 34],
        ['本年办件', 10],
        ['累计办件', 10],
        ['最近变化', 13],
      ]),
      rows: lines.map((line) => [
        line.item,
        line.group,
        line.title,
        line.number,
        line.kind,
        line.stage,
        line.stateTitle,
        ...provinces.map((id) => leadOf(line, id)),
        line.partners.map(({ name }) => name).join('、'),
        line.dueOn,
        line.progress,
        `${line.milestones.counted}/${line.milestones.planned}`,
        line.milestones.overdue,
        line.obstacles.open,
        colourName(line),
        line.why,
        line.counts.reduce((sum, { thisYear }) => sum + thisYear, 0),
        line.counts.reduce((sum, { inAll }) => sum + inAll, 0),
        dateOf(line.changedAt),
      ]),
    },
    {
      name: '节点',
      columns: columns([
        ['清单编号', 16],
        ['项目', 50],
        ['节点编号', 22],
        ['节点', 40],
        ['所属方', 12],
        ['权重', 8],
        ['完成期限', 13],
        ['状态', 14],
        ['是否逾期', 10],
      ]),
      rows: lines.flatMap(({ item, title, milestones }) =>
        milestones.all.map((each) => [
          item,
          title,
          each.number,
          each.name,
          provinceName(each.owner),
          each.weight,
          each.dueOn,
          each.stateTitle,
          each.overdue ? '逾期' : '',
        ]),
      ),
    },
    {
      name: '堵点',
      columns: columns([
        ['清单编号', 16],
        ['项目', 50],
        ['堵点编号', 22],
        ['堵点', 40],
        ['责任单位', 30],
        ['疏通期限', 13],
        ['是否逾期', 10],
      ]),
      rows: lines.flatMap(({ item, title, obstacles }) =>
        obstacles.all.map((each) => [
          item,
          title,
          each.number,
          each.title,
          each.owner.name,
          each.dueOn,
          each.overdue ? '逾期' : '',
        ]),
      ),
    },
    {
      name: '办件分布',
      columns: columns([
        ['清单编号', 16],
        ['项目', 50],
        ['事项', 24],
        ['环节', 20],
        ['本年', 10],
        ['累计', 10],
      ]),
      rows: lines.flatMap(({ item, title, counts }) =>
        counts.flatMap((each) =>
          each.states.map((state) => [item, title, each.title, state.title, state.thisYear, state.inAll]),
        ),
      ),
    },
    {
      name: '颜色变化',
      columns: columns([
        ['清单编号', 16],
        ['项目', 50],
        ['日期', 13],
        ['颜色', 8],
        ['原因', 60],
      ]),
      rows: lines.flatMap(({ item, title, colours }) =>
        colours.map(({ at, colour, why }) => [item, title, dateOf(at), colourName({ colour }), why]),
      ),
    },
  ];
};
const columns = (all: readonly (readonly [string, number])[]): Sheet['columns'] =>
  all.map(([title, width]) => ({ title, width }));
const leadOf = ({ leads }: ChecklistLine, province: string): string =>
  leads.find((lead) => lead.province === province)?.name ?? '';
/** What changed since the bulletin before. */
export const changesSheet = (changes: readonly Difference[]): Sheet => ({
  name: '变化',
  columns: columns([
    ['清单编号', 16],
    ['项目', 50],
    ['项目编号', 22],
    ['事由', 10],
    ['上一期', 26],
    ['本期', 26],
  ]),
  rows: changes.map((each) => [each.item, each.title, each.number, aspects[each.aspect], each.before, each.after]),
});
