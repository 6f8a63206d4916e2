export * from './blocks';
export * from './read-table';
export * from './spreadsheet';
export { type Table, type TableRow, tableLimits, Unreadable } from './table';
export * from './word-document';
