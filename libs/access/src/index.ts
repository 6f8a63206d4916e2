export * from './accounts';
export * from './audit';
export * from './audit-chain';
export * from './denial';
export * from './officers';
export * from './seed';
export * from './tokens';
