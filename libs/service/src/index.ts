export * from './cases/keeper';
export * from './cases/receive';
export * from './cases/timer';
export * from './cases/clause-book';
export * from './cases/collections';
