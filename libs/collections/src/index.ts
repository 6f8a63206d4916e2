export * from './port';
export { change } from './change';
export { openSqlite } from './sqlite';
export type { SqliteOptions } from './sqlite/connection';
export * from './copy';
