export * from './folder-lock';
export * from './province-files';
export * from './running-province';
export * from './provinces';
export * from './run';
export * from './seed';
export * from './seed-registers';
export * from './seed-projects';
