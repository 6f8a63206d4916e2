export * from './port';
export { openSqlite } from './sqlite';
export type { SqliteOptions } from './sqlite/connection';
