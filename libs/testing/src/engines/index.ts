export * from './engine';
export * from './kafka-broker';
export * from './kafka-engine';
export * from './kafka-jars';
export { properties } from './kafka-properties';
export * from './mongodb-engine';
export * from './mongodb-program';
export * from './mongodb-server';
export { freePort } from './processes';
