import { Workbook } from 'exceljs';
import { readTable } from './read-table';
import { spreadsheet } from './spreadsheet';
import { partsOf, unpack } from './zip';

const projects = {
  name: '事项清单',
  columns: [
    { title: '事项', width: 40 },
    { title: '办件数', width: 10 },
  ],
  rows: [
    ['远程会见', 12],
    ['=HYPERLINK("http://evil","x")', null],
    ['@SUM(A1)', -3],
    ['_x0041_ 和控制字符\u0001𠮷', 0],
  ],
};

describe('a spreadsheet', () => {
  it('is read back as it was written, and no text becomes a formula', async () => {
    expect(await readTable(await spreadsheet([projects]), 'xlsx')).toEqual({
      header: ['事项', '办件数'],
      rows: [
        { at: 2, cells: ['远程会见', '12'] },
        { at: 3, cells: ['=HYPERLINK("http://evil","x")', ''] },
        { at: 4, cells: ['@SUM(A1)', '-3'] },
        { at: 5, cells: ['_x0041_ 和控制字符𠮷', '0'] },
      ],
    });
    const file = await spreadsheet([projects]);
    const sheet = partsOf(file).find(({ name }) => name.includes('worksheets/'));
    expect((sheet && (await unpack(file, sheet, 1e6)))?.toString()).not.toMatch('<f>');
  });

  it('has a header that stays in sight, widths, and text cells that remain text when they are edited', async () => {
    const workbook = new Workbook();
    await workbook.xlsx.load(new Uint8Array(await spreadsheet([projects])).buffer);
    const [sheet] = workbook.worksheets;
    expect(sheet?.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(sheet?.getColumn(1).width).toBe(40);
    expect(sheet?.getCell('A1').font).toMatchObject({ bold: true });
    expect(sheet?.getCell('A3').numFmt).toBe('@');
  });

  it('names its sheets as office programs allow, each differently', async () => {
    const names = ['四川/重庆: [2026]', 'a'.repeat(40), 'a'.repeat(40), ''];
    const file = await spreadsheet(names.map((name) => ({ ...projects, name })));
    const workbook = new Workbook();
    await workbook.xlsx.load(new Uint8Array(file).buffer);
    expect(workbook.worksheets.map(({ name }) => name)).toEqual([
      '四川_重庆_ _2026_',
      'a'.repeat(31),
      `${'a'.repeat(27)} (2)`,
      '表',
    ]);
  });

  it('is the same bytes for the same content and instant, at any time', async () => {
    const first = await spreadsheet([projects], '2026-12-01T01:00:00.000Z');
    jest.useFakeTimers({ now: Date.parse('2031-05-05T05:05:05Z'), doNotFake: ['setImmediate', 'nextTick'] });
    try {
      expect((await spreadsheet([projects], '2026-12-01T01:00:00.000Z')).equals(first)).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });
});
