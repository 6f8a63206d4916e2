import { type Cell, type CellValue, ValueType, Workbook, type Worksheet } from 'exceljs';
import { cellName, isoText, lostDigits, tableLimits, type TableRow, Unreadable } from './table';
import { BrokenZip, partsOf, TooMuchInside, unpack } from './zip';

/** What a table does not need, and what exceljs would lay out cell by cell over whole columns. */
const ignoreNodes = [
  'dataValidations',
  'conditionalFormatting',
  'hyperlinks',
  'drawing',
  'legacyDrawing',
  'tableParts',
];
const protectedFile = Buffer.from('EncryptedPackage', 'utf16le');

/**
 * The rows of the first visible sheet. A merged cell counts in every row and column that it covers, as it is seen; a
 * formula is what it last showed; a title merged over the top of the table is left out. Throws `Unreadable`.
 */
export async function workbookRows(bytes: Buffer): Promise<readonly TableRow[]> {
  await inspect(bytes);
  const sheet = (await load(bytes)).worksheets.find(({ state }) => state === 'visible');
  if (!sheet) throw new Unreadable('文件中没有可见的工作表');
  return rowsOf(sheet);
}

async function load(bytes: Buffer): Promise<Workbook> {
  const workbook = new Workbook();
  try {
    // exceljs declares a Buffer of its own, an ArrayBuffer in name.
    await workbook.xlsx.load(new Uint8Array(bytes).buffer, { ignoreNodes });
  } catch {
    throw new Unreadable('文件已损坏，请用表格软件打开后重新保存');
  }
  return workbook;
}

/** Looks into the file before exceljs does, which lays out whatever it is given. */
async function inspect(bytes: Buffer): Promise<void> {
  if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') {
    const locked = bytes.includes(protectedFile);
    throw new Unreadable(locked ? '文件设有密码，请取消密码后再上传' : '这是旧版的 .xls 文件，请另存为 .xlsx');
  }
  if (!bytes.subarray(0, 2).equals(Buffer.from('PK'))) throw new Unreadable('这不是 .xlsx 文件');
  let names: readonly string[];
  try {
    names = await measure(bytes);
  } catch (error) {
    if (error instanceof TooMuchInside) throw new Unreadable('文件解压后过大');
    if (error instanceof BrokenZip) throw new Unreadable('文件已损坏，请用表格软件打开后重新保存');
    throw error;
  }
  if (!names.includes('xl/workbook.xml')) throw new Unreadable('这不是 .xlsx 文件');
}

async function measure(bytes: Buffer): Promise<readonly string[]> {
  const parts = partsOf(bytes);
  let [left, cells]: [number, number] = [tableLimits.unpacked, 0];
  for (const part of parts) {
    const content = await unpack(bytes, part, left);
    left -= content.length;
    if (part.name.includes('worksheets/')) cells += cellsOf(content.toString('latin1'));
    if (cells > tableLimits.cells) throw new Unreadable('单元格过多（含只设了格式的空白单元格），请删除空白的行和列');
  }
  return parts.map(({ name }) => name);
}

/** Cells of a sheet, merged ones by their area. */
function cellsOf(xml: string): number {
  if (/<c\s[^>]*\bt=["']d["']/.test(xml)) throw new Unreadable('日期的存储格式不受支持，请另存为普通的 .xlsx');
  let count = xml.match(/<c[\s>/]/g)?.length ?? 0;
  const merges = [...xml.matchAll(/<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"\s*\/?>/g)];
  if (merges.length !== (xml.match(/<mergeCell[\s>/]/g)?.length ?? 0)) throw new BrokenZip();
  for (const [, left = '', top, right = '', bottom] of merges) {
    count += (1 + columnOf(right) - columnOf(left)) * (1 + Number(bottom) - Number(top));
  }
  return count;
}
function columnOf(letters: string): number {
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);
}

function rowsOf(sheet: Worksheet): readonly TableRow[] {
  const rows: TableRow[] = [];
  sheet.eachRow((row, at) => {
    const texts: string[] = [];
    const masters = new Set<string>();
    row.eachCell((cell, column) => {
      const text = cellText(cell);
      if (text === '') return;
      masters.add(cell.master.address);
      while (texts.length < column - 1) texts.push('');
      texts.push(text);
    });
    const isTitle = rows.length === 0 && masters.size === 1 && texts.length > 1;
    if (texts.length > 0 && !isTitle) rows.push({ at, cells: texts });
  });
  return rows;
}

function cellText(cell: Cell): string {
  const { row, col } = cell.fullAddress;
  const where = `单元格 ${cellName(row, col)}`;
  const value = cell.type === ValueType.Merge ? cell.master.value : cell.value;
  const shown = cell.formula === undefined ? value : cell.result;
  if (shown === undefined) throw new Unreadable(`${where}的公式没有结果，请用表格软件打开后重新保存`);
  if (typeof shown === 'number') return numberText(shown, cell.numFmt, () => lostDigits(row, col));
  if (shown instanceof Date) {
    if (Number.isNaN(shown.getTime())) throw new Unreadable(`${where}的日期无法识别`);
    return dateText(shown);
  }
  return plainText(shown, where);
}

function plainText(value: Exclude<CellValue, number | Date | undefined>, where: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return isoText(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if ('richText' in value) return isoText(value.richText.map(({ text }) => text).join(''));
  if ('error' in value) throw new Unreadable(`${where}是错误值 ${value.error}`);
  throw new Unreadable(`${where}的内容无法识别`);
}

/** Office programs keep fifteen digits; from the sixteenth on they write zeros, without a word. */
function numberText(value: number, format: string | undefined, lost: () => string): string {
  if (Math.abs(value) >= 1e15) throw new Unreadable(lost());
  const text = value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 15 });
  return /^0+$/.test(format ?? '') ? text.padStart((format ?? '').length, '0') : text;
}

/** exceljs tells the cell's day and hour as UTC; a time of day alone falls on 1899-12-30. */
function dateText(value: Date): string {
  const [day = '', rest = ''] = new Date(Math.round(value.getTime() / 1000) * 1000).toISOString().split('T');
  const time = rest.slice(0, rest.startsWith('00', 6) ? 5 : 8);
  if (day === '1899-12-30') return time;
  return time === '00:00' ? day : `${day}T${time}`;
}
