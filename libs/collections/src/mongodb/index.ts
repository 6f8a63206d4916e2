export { addUser, answersWithin, makeReplicaSet } from './administration';
export type { MongoDbOptions } from './connection';
export { openMongoDb } from './database';
