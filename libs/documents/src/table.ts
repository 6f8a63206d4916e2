/** What a spreadsheet file says, as text: dates `2026-12-01`, times `09:30`, both `2026-12-01T09:30`, numbers as typed. */
export interface Table {
  /** Every heading is there, and none twice. */
  readonly header: readonly string[];
  /** As many cells as headings; empty rows are left out. */
  readonly rows: readonly TableRow[];
}
export interface TableRow {
  /** The row's number as the office program shows it, from 1. */
  readonly at: number;
  readonly cells: readonly string[];
}

/** A file that cannot be read as a table; the reason is for the person who handed it in. */
export class Unreadable extends Error {
  constructor(
    /** Chinese, without a full stop. */
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'Unreadable';
  }
}

/** How much of a file is read; a register of a province is a hundredth of it. */
export const tableLimits = {
  /** Bytes of the file. */
  file: 4 * 1024 * 1024,
  /** Bytes of all its parts unpacked. */
  unpacked: 32 * 1024 * 1024,
  rows: 10_000,
  columns: 64,
  /** Cells of all sheets, formatted empty ones included. */
  cells: 200_000,
} as const;

/** A cell as people speak of it: `B3`. */
export function cellName(row: number, column: number): string {
  return `${columnName(column)}${row}`;
}
function columnName(column: number): string {
  const rest = Math.floor((column - 1) / 26);
  return (rest > 0 ? columnName(rest) : '') + String.fromCharCode(65 + ((column - 1) % 26));
}

export function lostDigits(row: number, column: number): string {
  return `单元格 ${cellName(row, column)} 的长数字已被表格软件改写而失去末几位，请先将该列设为文本格式再重新填写`;
}

/** The table in the rows of a file, whichever kind it is of. Throws `Unreadable`. */
export function tableOf(rows: readonly TableRow[]): Table {
  const [head, ...rest] = rows.map(({ at, cells }) => ({ at, cells: trimmed(cells) })).filter(hasContent);
  if (!head) throw new Unreadable('文件中没有内容，第一行应当是表头');
  if (head.cells.length > tableLimits.columns) throw new Unreadable(`表头多于 ${tableLimits.columns} 列`);
  if (rest.length > tableLimits.rows) throw new Unreadable(`内容多于 ${tableLimits.rows} 行，请分成几个文件`);
  for (const [index, heading] of head.cells.entries()) {
    if (heading === '') throw new Unreadable(`单元格 ${cellName(head.at, index + 1)} 缺少列名`);
    if (head.cells.indexOf(heading) !== index) throw new Unreadable(`表头中“${heading}”出现两次`);
  }
  return { header: head.cells, rows: rest.map((row) => filled(row, head.cells.length)) };
}

function hasContent(row: TableRow): boolean {
  return row.cells.length > 0;
}
function trimmed(cells: readonly string[]): readonly string[] {
  const texts = cells.map((cell) => cell.replaceAll('\r\n', '\n').trim());
  return texts.slice(0, texts.findLastIndex((text) => text !== '') + 1);
}
function filled({ at, cells }: TableRow, width: number): TableRow {
  if (cells.length > width) throw new Unreadable(`单元格 ${cellName(at, cells.length)} 在表头之外`);
  return { at, cells: [...cells, ...Array.from({ length: width - cells.length }, () => '')] };
}

const DATE = /^(\d{4})(?:\/(\d{1,2})\/(\d{1,2})|年(\d{1,2})月(\d{1,2})日|-(\d{1,2})-(\d{1,2}))$/;
const TIME = /^(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?$/;

/** Dates and times as office programs write them in Chinese, in the one form: `2026/12/1` → `2026-12-01`, `9:30` → `09:30`. */
export function isoText(text: string): string {
  const [date = '', time, ...more] = text.trim().split(/\s+/);
  const [day, hour] = [isoDate(date), isoTime(time ?? date)];
  if (more.length > 0 || (time !== undefined && !(day && hour))) return text;
  return time === undefined ? (day ?? hour ?? text) : `${day}T${hour}`;
}
function isoDate(text: string): string | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [year = '', month = '', day = ''] = found.slice(1).filter((part) => part !== undefined);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
function isoTime(text: string): string | undefined {
  const [, hour, minute, second = '00'] = TIME.exec(text) ?? [];
  if (hour === undefined) return undefined;
  return `${hour.padStart(2, '0')}:${minute}${second === '00' ? '' : `:${second}`}`;
}
