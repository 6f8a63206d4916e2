import { readTable, spreadsheet } from '@chuanyu/documents';
import {
  CalendarDate,
  defineRegister,
  Instant,
  OneOf,
  Optional,
  PersonNames,
  Private,
  Text,
  TimeOfDay,
  Whole,
  YesNo,
} from '@chuanyu/engine';
import { readSheet, template } from './sheet';

class Entry {
  @Text(20) @Private('编号') number!: string;
  @OneOf('宽管', '普管') @Private('等级') level!: string;
  @PersonNames(3) @Optional() @Private('亲属') relatives?: string[];
  @TimeOfDay() @Optional() @Private('开始') opens?: string;
  @CalendarDate() @Optional() @Private('入监日期') since?: string;
  @Instant() @Optional() @Private('下次') next?: string;
  @YesNo() @Optional() @Private('停用') closed?: boolean;
  @Whole(0, 31) @Optional() @Private('次数') visits?: number;
}
const register = defineRegister('entries', {
  title: '台账',
  english: 'Entries',
  of: Entry,
  key: 'number',
  keptBy: ['visit-officer'],
});
const read = async (csv: string) => readSheet(register, await readTable(Buffer.from(csv), 'csv'));
const one = async (title: string, cell: string): Promise<unknown> => {
  const { rows, faults } = await read(`编号,等级,${title}\n1,宽管,"${cell}"\n`);
  return faults[0]?.detail ?? rows[0]?.record;
};

it.each([
  ['亲属', '李兰、王小宝', { relatives: ['李兰', '王小宝'] }],
  ['亲属', '李兰; 王小宝；王大山', { relatives: ['李兰', '王小宝', '王大山'] }],
  ['亲属', '李兰', { relatives: ['李兰'] }],
  ['开始', '9:30', { opens: '09:30' }],
  ['开始', '09:30:00', { opens: '09:30' }],
  ['开始', '9：30', { opens: '09:30' }],
  ['开始', '9时30分', { opens: '09:30' }],
  ['开始', '下午2点', { opens: '14:00' }],
  ['入监日期', '2026/3/5', { since: '2026-03-05' }],
  ['入监日期', '2026年3月5日', { since: '2026-03-05' }],
  ['下次', '2026/12/1 9:30', { next: '2026-12-01T01:30:00.000Z' }],
  ['停用', '是', { closed: true }],
  ['停用', '否', { closed: false }],
  ['停用', 'FALSE', { closed: false }],
  ['次数', '2.0', { visits: 2 }],
  ['次数', '', {}],
])('reads %s «%s» as a person means it', async (title, cell, wanted) => {
  expect(await one(title, cell)).toEqual({ number: '1', level: '宽管', ...wanted });
});
it.each([
  ['亲属', '李兰、李兰', '同一姓名不得出现两次'],
  ['亲属', '甲、乙、丙、丁', '最多 3 项'],
  ['开始', '25:00', '应为二十四小时制的时间，如 09:30'],
  ['开始', '上午', '应为二十四小时制的时间，如 09:30'],
  ['入监日期', '2026-02-30', '应为存在的日期，如 2026-12-01'],
  ['停用', '也许', '应为是（true）或否（false）'],
  ['次数', '两次', expect.stringContaining('应为整数')],
])('says of %s «%s» what is allowed', async (title, cell, why) => {
  const detail = await one(title, cell);
  expect(detail).toEqual(why);
});

it('names every fault by row and column, with its reason', async () => {
  const { rows, faults } = await read('编号,等级\n0001,宽管\n0002,特管\n,普管\n0001,普管\n=1+1,普管\n');
  expect(faults.map(({ row, column, detail }) => [row, column, detail])).toEqual([
    [3, '等级', '应为其中之一：宽管、普管'],
    [4, '编号', expect.stringContaining('必填')],
    [5, '编号', '与第 2 行重复'],
  ]);
  expect(rows.map(({ key }) => key)).toEqual(['0001', '0001', '=1+1']);
  expect(faults[0]?.pointer).toBe('/rows/3/等级');
});
it('knows which columns are missing, and which are not of the register', async () => {
  const { rows, faults } = await read('编号,登记\n1,甲\n');
  expect(rows).toEqual([]);
  expect(faults.map(({ row, column, rule }) => [row, column, rule])).toEqual([
    [1, '登记', 'unknown-column'],
    [1, '等级', 'missing-column'],
  ]);
});
it('takes no more rows than an office has', async () => {
  const lines = Array.from({ length: 5001 }, (_, n) => `${n},宽管\n`).join('');
  expect((await read(`编号,等级\n${lines}`)).faults[0]?.detail).toBe('一次最多 5000 行，请分成几个文件');
});
it('reads its own template back, filled in with an office program', async () => {
  const empty = await readTable(await template(register), 'xlsx');
  expect(empty.header).toEqual(['编号', '等级', '亲属', '开始', '入监日期', '下次', '停用', '次数']);
  const columns = empty.header.map((title) => ({ title, width: 9 }));
  const row = ['0001', '宽管', '李兰、王小宝', '9:00', '', '', '否', 2];
  const filled = await spreadsheet([{ name: '台账', columns, rows: [row] }]);
  const { rows, faults } = readSheet(register, await readTable(filled, 'xlsx'));
  expect(faults).toEqual([]);
  expect(rows[0]?.record).toEqual({
    number: '0001',
    level: '宽管',
    relatives: ['李兰', '王小宝'],
    opens: '09:00',
    closed: false,
    visits: 2,
  });
});
