import { CsvError, parse } from 'csv-parse/sync';
import { isoText, lostDigits, type TableRow, Unreadable } from './table';

/** The encodings in which Chinese office programs save: UTF-8 (with BOM or not), Unicode text, and GB18030 otherwise. */
const encodings = ['utf-8', 'gb18030'];

/** Throws `Unreadable`. */
export function csvRows(bytes: Buffer): readonly TableRow[] {
  return records(decoded(bytes)).map((cells, index) => ({
    at: index + 1,
    cells: cells.map((cell, column) => cellText(cell, index + 1, column + 1)),
  }));
}

function decoded(bytes: Buffer): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  for (const encoding of wide ? ['utf-16le'] : encodings) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  throw new Unreadable('文字编码无法识别，请另存为 CSV UTF-8');
}

function records(text: string): readonly (readonly string[])[] {
  if (text.includes('\0')) throw new Unreadable('这不是 CSV 文件');
  const delimiter = (/^.*$/m.exec(text)?.[0] ?? '').includes('\t') ? '\t' : ',';
  try {
    return parse(text, { delimiter, relax_column_count: true, skip_empty_lines: false });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Unreadable(`第 ${String(error['lines'])} 行的引号不成对`);
  }
}

/** Long numbers that an office program has rewritten are lost: `5.10107E+17` is no resident id any more. */
function cellText(text: string, row: number, column: number): string {
  if (/^-?\d(\.\d+)?E\+\d+$/.test(text.trim())) throw new Unreadable(lostDigits(row, column));
  return isoText(text);
}
