export * from './officers';
export * from './seed';
