import fc from 'fast-check';
import { readTable } from './read-table';
import { reasonOf, workbookOf } from './table.fixture';
import { withSheet, zipOf } from './zip.fixture';

const csv = (text: string) => readTable(Buffer.from(text), 'csv');
const reasonFor = (text: string) => reasonOf(csv(text));

describe('a CSV file', () => {
  it('is read with the row numbers that the office program shows, empty rows left out', async () => {
    expect(await csv('编号,姓名\r\n0001,张三\r\n,\r\n\r\n0002,"李\n四"\r\n')).toEqual({
      header: ['编号', '姓名'],
      rows: [
        { at: 2, cells: ['0001', '张三'] },
        { at: 5, cells: ['0002', '李\n四'] },
      ],
    });
  });

  it('is the same in UTF-8 with a byte order mark, in GB18030 and as Unicode text', async () => {
    const plain = await csv('监区,姓名\n一监区,龙\n');
    const gb18030 = Buffer.from('bce0c7f82cd0d5c3fb0ad2bbbce0c7f82cc1fa0a', 'hex');
    const unicode = Buffer.from('\uFEFF监区\t姓名\n一监区\t龙\n', 'utf16le');
    expect(await csv('\uFEFF监区,姓名\n一监区,龙\n')).toEqual(plain);
    expect(await readTable(gb18030, 'csv')).toEqual(plain);
    expect(await readTable(unicode, 'csv')).toEqual(plain);
  });

  it('tells dates and times in the one form, however the office program wrote them', async () => {
    const { rows } = await csv(
      '日期\n2026/12/1\n2026年12月1日\n9:30\n2026/12/1 9:30\n2026-12-01 09:30:15\n第 2026/12 号\n',
    );
    expect(rows.map(({ cells }) => cells[0])).toEqual([
      '2026-12-01',
      '2026-12-01',
      '09:30',
      '2026-12-01T09:30',
      '2026-12-01T09:30:15',
      '第 2026/12 号',
    ]);
  });

  it('keeps a text that begins like a formula', async () => {
    expect((await csv('备注\n=1+1\n-\n')).rows.map(({ cells }) => cells[0])).toEqual(['=1+1', '-']);
  });

  it('is refused with its reason', async () => {
    expect(await reasonFor('')).toBe('文件是空的');
    expect(await reasonFor('\n , \n')).toBe('文件中没有内容，第一行应当是表头');
    expect(await reasonFor('a,,c\n')).toBe('单元格 B1 缺少列名');
    expect(await reasonFor('a,b,a\n')).toBe('表头中“a”出现两次');
    expect(await reasonFor('a,b\n1,2,3\n')).toBe('单元格 C2 在表头之外');
    expect(await reasonFor('a\n"1\n2\n')).toMatch('引号不成对');
    expect(await reasonFor('证件号码\n5.10107E+17\n')).toMatch('单元格 A2 的长数字已被表格软件改写');
    expect(await reasonFor(`a\n${'1\n'.repeat(10_001)}`)).toMatch('内容多于 10000 行');
    expect(await reasonFor(Array.from({ length: 65 }, (_, index) => index).join())).toBe('表头多于 64 列');
    expect(await reasonFor(`a\n${'1'.repeat(5_000_000)}`)).toBe('文件大于 4 MB');
    expect(await reasonFor('a\n\0')).toBe('这不是 CSV 文件');
    expect(await reasonOf(readTable(Buffer.from([0x61, 0xff, 0x0a]), 'csv'))).toMatch('文字编码无法识别');
  });
});

describe('an .xlsx file', () => {
  const cells = async (...values: unknown[]) => {
    const file = await workbookOf((sheet) => sheet.addRows([['值'], ...values.map((value) => [value])]));
    return (await readTable(file, 'xlsx')).rows.map((row) => row.cells[0]);
  };

  it('tells what stands in its cells as text', async () => {
    const dated = await workbookOf((sheet) => {
      sheet.addRows([
        ['值'],
        [new Date('2026-12-01T00:00Z')],
        [0.395833333333],
        [new Date('2026-12-01T09:30:00Z')],
        [7],
      ]);
      sheet.getCell('A3').numFmt = 'h:mm';
      sheet.getCell('A5').numFmt = '0000';
    });
    expect((await readTable(dated, 'xlsx')).rows.map((row) => row.cells[0])).toEqual([
      '2026-12-01',
      '09:30',
      '2026-12-01T09:30',
      '0007',
    ]);
    expect(await cells(12, 0.1 + 0.2, 1e-7, 123456789012345, -3.5, true, ' 甲 ')).toEqual([
      '12',
      '0.3',
      '0.0000001',
      '123456789012345',
      '-3.5',
      'TRUE',
      '甲',
    ]);
    const rich = { richText: [{ text: '红' }, { text: '字', font: { bold: true } }] };
    const link = { text: '主页', hyperlink: 'https://example.org' };
    const sum = { formula: 'A2+1', result: 13, date1904: false };
    expect(await cells(rich, link, sum, '2026/12/1')).toEqual(['红字', '主页', '13', '2026-12-01']);
  });

  it('reads the first sheet that is seen, past a title, with merged cells as they are seen', async () => {
    const file = await workbookOf((sheet, workbook) => {
      sheet.state = 'hidden';
      workbook
        .addWorksheet('会见室')
        .addRows([['会见室登记表'], ['室', '时段'], ['一号', '上午'], [], ['', '下午'], ['二号', '上午']]);
      workbook.getWorksheet('会见室')?.mergeCells('A1:B1');
      workbook.getWorksheet('会见室')?.mergeCells('A3:A5');
    });
    expect(await readTable(file, 'xlsx')).toEqual({
      header: ['室', '时段'],
      rows: [
        { at: 3, cells: ['一号', '上午'] },
        { at: 4, cells: ['一号', ''] },
        { at: 5, cells: ['一号', '下午'] },
        { at: 6, cells: ['二号', '上午'] },
      ],
    });
  });

  it('is not slowed by rules that cover whole columns', async () => {
    const file = await workbookOf((sheet) => {
      sheet.addRows([['类别'], ['甲']]);
    });
    const rule = '<dataValidations count="1"><dataValidation type="list" sqref="A1:XFD1048576"/></dataValidations>';
    const changed = await withSheet(file, (xml) => xml.replace('<pageMargins', `${rule}<pageMargins`));
    expect((await readTable(changed, 'xlsx')).rows).toEqual([{ at: 2, cells: ['甲'] }]);
  });

  it('is refused with its reason', async () => {
    const reason = (bytes: Buffer) => reasonOf(readTable(bytes, 'xlsx'));
    const reasonOfCell = (value: unknown) => reasonOf(cells(value));
    expect(await reasonOfCell(510107199003077216)).toMatch('单元格 A2 的长数字已被表格软件改写');
    expect(await reasonOfCell({ error: '#N/A' })).toBe('单元格 A2是错误值 #N/A');
    expect(await reasonOfCell({ formula: 'B1' })).toMatch('单元格 A2的公式没有结果');
    expect(await reason(Buffer.from('a,b\n'))).toBe('这不是 .xlsx 文件');
    const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');
    expect(await reason(compound)).toMatch('旧版的 .xls 文件');
    expect(await reason(Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le')]))).toMatch('设有密码');

    const file = await workbookOf((sheet) => sheet.addRows([['值'], ['甲']]));
    expect(await reason(file.subarray(0, file.length - 5))).toMatch('文件已损坏');
    expect(await reason(zipOf('word/document.xml', Buffer.from('<a/>')))).toBe('这不是 .xlsx 文件');
    expect(await reason(zipOf('xl/workbook.xml', Buffer.from('<a')))).toMatch('文件已损坏');
    const huge = await withSheet(file, (xml) =>
      xml.replace('<pageMargins', '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><pageMargins'),
    );
    expect(await reason(huge)).toMatch('单元格过多');
  });

  it('is not unpacked beyond the limit, whatever size it claims', async () => {
    const bomb = zipOf('xl/workbook.xml', Buffer.alloc(40 * 1024 * 1024), 10);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await reasonOf(readTable(bomb, 'xlsx'))).toBe('文件解压后过大');
  });

  it('gives a table or a reason for whatever bytes it is', async () => {
    const file = await workbookOf((sheet) =>
      sheet.addRows([
        ['值', '乙'],
        ['甲', 1],
        [new Date(0), true],
      ]),
    );
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(file.length), async (changes, length) => {
        const bytes = Buffer.from(file);
        for (const [at, byte] of changes) bytes[at] = byte;
        await reasonOf(readTable(bytes.subarray(0, Math.max(length, file.length - 200)), 'xlsx'));
      }),
      { numRuns: 60, seed: 20261125 },
    );
  });
});
