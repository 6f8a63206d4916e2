export * from './keys';
export * from './exchange-log-use';
export * from './exchange-service';
export { type PublicEvent } from './published';
export * from './verify';
