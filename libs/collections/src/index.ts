export * from './port';
export { change } from './change';
export { each, eachPage } from './each';
export { openSqlite } from './sqlite';
export type { SqliteOptions } from './sqlite/connection';
export * from './copy';
