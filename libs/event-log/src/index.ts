export * from './port';
export * from './lane-ports';
export * from './lanes';
export * from './partition';
export * from './relay';
export * from './sqlite';
export * from './nest-strategy';
export * from './cuttable';
