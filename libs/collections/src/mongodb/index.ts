export { addUser, answersWithin, makeReplicaSet } from './administration';
export { orUnavailable, type MongoDbOptions } from './connection';
export { openMongoDb } from './database';
