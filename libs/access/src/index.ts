export * from './officers';
export * from './seed';
export * from './accounts';
export * from './denial';
export * from './tokens';
