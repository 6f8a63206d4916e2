export * from './port';
export * from './folder';
export * from './open-store';
export * from './media-type';
export * from './scanner';
