import type { readTable as ReadTable } from './read-table';
import type { spreadsheet as Spreadsheet } from './spreadsheet';
import type { wordDocument as WordDocument } from './word-document';
import type { pdf as Pdf } from './pdf';

export * from './blocks';
export type { TableFormat } from './read-table';
export type { Sheet } from './spreadsheet';
export type { Printed } from './pdf';
export { type Table, type TableRow, tableLimits, Unreadable } from './table';

// Each brings a large library, which is loaded when somebody first asks for it: most processes never print anything.
export const readTable: typeof ReadTable = async (...asked) =>
  (await import('@chuanyu/documents/read-table')).readTable(...asked);
export const spreadsheet: typeof Spreadsheet = async (...asked) =>
  (await import('@chuanyu/documents/spreadsheet')).spreadsheet(...asked);
export const wordDocument: typeof WordDocument = async (...asked) =>
  (await import('@chuanyu/documents/word-document')).wordDocument(...asked);
export const pdf: typeof Pdf = async (...asked) => (await import('@chuanyu/documents/pdf')).pdf(...asked);
