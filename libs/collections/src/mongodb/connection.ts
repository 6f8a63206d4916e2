import { Mongoose, mongo, type Connection } from 'mongoose';
import { Duplicate, TooLarge, Unavailable } from '../port';
import { fromText } from '../text';
import { pathOf } from './record';

export interface MongoDbOptions {
  /** `mongodb://<user>:<password>@<host>:<port>/<database>?…`: a replica set (of one server at least), or a sharded cluster. */
  readonly address: string;
  /** After how long a call that had no answer is `Unavailable`: 10,000 unless said. Its outcome is then unknown. */
  readonly waitMilliseconds?: number;
}
export const WAIT_MILLISECONDS = 10_000;

/** Throws `Unavailable` where nobody answers, `TypeError` for an address or a server that cannot be used. */
export async function connect({ address, waitMilliseconds = WAIT_MILLISECONDS }: MongoDbOptions) {
  // The address holds a password, so it is not repeated.
  if (!/^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/.test(address))
    throw new TypeError('an address of MongoDB names hosts and a database: mongodb://127.0.0.1:27017/sichuan');
  const patience = Math.ceil(waitMilliseconds / 2);
  const connection = new Mongoose().createConnection(address, {
    // What is acknowledged is on the disks of a majority, and what is read will not be rolled back.
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    retryWrites: true,
    retryReads: true,
    serverSelectionTimeoutMS: patience,
    connectTimeoutMS: patience,
    maxPoolSize: 32,
    autoCreate: false,
    autoIndex: false,
    bufferCommands: false,
  });
  try {
    await connection.asPromise();
    const database = databaseOf(connection);
    const hello = await database.command({ hello: 1 });
    if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid')
      throw new TypeError('this MongoDB is no replica set: start it with --replSet, one server is enough');
    return { connection, database };
  } catch (error) {
    await connection.destroy();
    throw portError(error);
  }
}

function databaseOf(connection: Connection): mongo.Db {
  if (connection.db === undefined) throw new Unavailable(new Error('it is not connected'));
  return connection.db;
}

/** What the driver throws when there is nobody to ask, or nobody any more. */
const UNREACHABLE = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoClientClosedError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoServerClosedError',
  'MongoExpiredSessionError',
  'MongoWaitQueueTimeoutError',
  'MongoWriteConcernError',
]);
/**
 * HostUnreachable, HostNotFound, Unauthorized, AuthenticationFailed, LockTimeout, MaxTimeMSExpired, WriteConcernFailed,
 * NetworkTimeout, ShutdownInProgress, UnsatisfiableWriteConcern, WriteConflict, FailedToSatisfyReadPreference,
 * PrimarySteppedDown, ExceededTimeLimit, SocketException, NotWritablePrimary, Interrupted…, NotPrimary…, OutOfDiskSpace:
 * the place, not the question, is at fault.
 */
const UNAVAILABLE = new Set<unknown>([
  6, 7, 13, 18, 24, 50, 64, 89, 91, 100, 112, 133, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);
/** BSONObjectTooLarge, also by an update. */
const TOO_LARGE = new Set<unknown>([10334, 17419, 17420]);

/** `Unavailable` for what the place is to blame for; every other error as it is. */
export function orUnavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return UNREACHABLE.has(error.name) || UNAVAILABLE.has(codeOf(error)) ? new Unavailable(error) : error;
}

/** What went wrong, as the port names it; every other error as it is. */
export function portError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (TOO_LARGE.has(codeOf(error))) return new TooLarge({ cause: error });
  return duplicateOf(error) ?? orUnavailable(error);
}

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

/** A duplicate key, by the index that refused it. */
export function duplicateOf(error: unknown): Duplicate | undefined {
  if (!(error instanceof mongo.MongoServerError) || error.code !== 11000) return undefined;
  const [[key] = []] = entriesOf(error['keyPattern']);
  if (key === undefined) return undefined;
  const [, value] = entriesOf(error['keyValue']).find(([name]) => name === key) ?? [];
  return typeof value === 'string' ? new Duplicate(pathOf(key), fromText(value)) : new Duplicate(pathOf(key));
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
