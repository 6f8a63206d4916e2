export * from './json';
export * from './answers';
export * from './event';
export * from './message';
export * from './problem';
export * from './topics';
