import { csvRows } from './csv';
import { type Table, tableLimits, tableOf, Unreadable } from './table';
import { workbookRows } from './workbook';

export type TableFormat = 'xlsx' | 'csv';

/** The table in a file that a person filled in with an office program. Throws `Unreadable`, and nothing else for any bytes. */
export async function readTable(bytes: Uint8Array, format: TableFormat): Promise<Table> {
  if (bytes.length === 0) throw new Unreadable('文件是空的');
  if (bytes.length > tableLimits.file) throw new Unreadable(`文件大于 ${tableLimits.file / 1024 / 1024} MB`);
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return tableOf(format === 'csv' ? csvRows(content) : await workbookRows(content));
}
