import { readTable, spreadsheet } from '@chuanyu/documents';
import { endOf, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { aMilestone, aProject } from './entries.fixture';
import { checklistOf } from './line';
import { sheetsOf } from './sheets';

it('is a workbook with a line for each project, in the words of an officer', async () => {
  const { entry } = aProject({ standing: { title: '=刑满释放衔接' } });
  const milestone = aMilestone({ under: entry.id, due: endOf('2026-11-24') });
  const lines = checklistOf({
    entries: [entry, milestone],
    statements: [],
    workflows,
    directory: twoProvinces,
    calendar: publishedCalendar,
    now: '2026-11-25T01:00:00.000Z',
  });
  const sheets = sheetsOf(lines, twoProvinces);
  expect(sheets.map(({ name, rows }) => [name, rows.length])).toEqual([
    ['项目清单', 1],
    ['节点', 1],
    ['堵点', 0],
    ['办件分布', 0],
    ['颜色变化', 3],
  ]);
  for (const { columns, rows } of sheets) for (const row of rows) expect(row).toHaveLength(columns.length);
  const { header, rows } = await readTable(await spreadsheet(sheets), 'xlsx');
  const told = Object.fromEntries(header.map((name, at) => [name, rows[0]?.cells[at]]));
  expect(told).toMatchObject({
    清单编号: 'prison-3',
    项目: '=刑满释放衔接',
    四川省牵头单位: '四川省监狱管理局',
    重庆市牵头单位: '重庆市监狱管理局',
    '节点（已确认/全部）': '0/1',
    逾期节点: '1',
    颜色: '红',
    说明: '节点「平台上线」逾期',
  });
});
