import { Workbook, type Worksheet } from 'exceljs';
import { undated } from './zip';

export interface Sheet {
  /** Made fit for office programs: their forbidden characters replaced, cut to 31. */
  readonly name: string;
  readonly columns: readonly {
    readonly title: string;
    /** In characters of Latin letters; a Chinese one takes two. */
    readonly width: number;
  }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The longest text that a cell may hold. */
const LONGEST = 32_767;
const line = { style: 'thin', color: { argb: 'FFBFBFBF' } } as const;
const borders = { top: line, bottom: line, left: line, right: line };

/**
 * An .xlsx file with these sheets: bold header that stays in sight, borders, wrapped text. A text stays text, whatever
 * it begins with. `at`: the instant that the file names as its making; the same content and instant give the same bytes.
 */
export async function spreadsheet(sheets: readonly Sheet[], at = '1980-01-01T00:00:00.000Z'): Promise<Buffer> {
  const workbook = new Workbook();
  workbook.created = workbook.modified = new Date(at);
  const names = new Set<string>();
  for (const sheet of sheets) write(workbook.addWorksheet(sheetName(sheet.name, names)), sheet);
  return undated(new Uint8Array(await workbook.xlsx.writeBuffer({ useStyles: true })));
}

function write(into: Worksheet, { columns, rows }: Sheet): void {
  into.views = [{ state: 'frozen', ySplit: 1 }];
  into.columns = columns.map(({ width }) => ({ width }));
  for (const row of [columns.map(({ title }) => title), ...rows]) into.addRow(row.map(cellValue));
  into.eachRow((row, at) => {
    row.eachCell({ includeEmpty: true }, (cell) => {
      cell.font = { name: '宋体', size: 11, bold: at === 1 };
      cell.alignment = { vertical: 'middle', wrapText: true, ...(at === 1 && { horizontal: 'center' }) };
      cell.border = borders;
      if (at === 1) cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE7EDF5' } };
      // A text cell: also after editing in the office program, `=` begins no formula.
      if (typeof cell.value === 'string') cell.numFmt = '@';
    });
  });
  if (columns.length > 0) into.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
}

/** Characters that XML cannot carry are dropped; `_x0041_`, which office programs take for a letter, is escaped. */
function cellValue(value: string | number | null): string | number | null {
  if (typeof value !== 'string') return value;
  const text = value.toWellFormed().replace(/[^\P{Cc}\n\t]|[\uFFFE\uFFFF]/gu, '');
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text;
  return cut.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

function sheetName(wanted: string, taken: Set<string>): string {
  const clean =
    wanted
      .toWellFormed()
      .replace(/[[\]:*?/\\\p{Cc}]/gu, '_')
      .replace(/^'|'$/g, '_') || '表';
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : ` (${count})`;
    const name = clean.slice(0, 31 - suffix.length).toWellFormed() + suffix;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
