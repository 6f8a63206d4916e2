import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { Unavailable } from '../port';
import { portError } from './connection';

/** For those who run a server: what is done to it once, before anybody opens a database there. */

const PAUSE_MILLISECONDS = 100;

/** Resolves when the server at the address takes saves. Throws `Unavailable` after that time, or when it is no longer `isUp`. */
export async function answersWithin(address: string, milliseconds: number, isUp: () => boolean): Promise<void> {
  for (const end = performance.now() + milliseconds; ; await pause(PAUSE_MILLISECONDS)) {
    try {
      // Each time by a client of its own: one that has met nobody does not look again.
      const hello = await asking(address, (database) => database.command({ hello: 1 }));
      if (hello['isWritablePrimary'] === true) return;
    } catch (error) {
      if (!(portError(error) instanceof Unavailable)) throw error;
    }
    if (!isUp() || performance.now() > end) throw new Unavailable(new Error('it does not answer'));
  }
}

/** A user who may read and write every database, and drop it, on a server that knows none yet. */
export async function addUser(address: string, user: string, password: string): Promise<void> {
  const roles = ['readWriteAnyDatabase', 'dbAdminAnyDatabase'];
  await asking(address, (database) => database.command({ createUser: user, pwd: password, roles }));
}

/** Makes one server a replica set of one, which is what majorities and change streams need. */
export async function makeReplicaSet(address: string, name: string, host: string): Promise<void> {
  const members = [{ _id: 0, host }];
  await asking(address, (database) => database.command({ replSetInitiate: { _id: name, members } }));
}

async function asking<R>(address: string, ask: (database: mongo.Db) => Promise<R>): Promise<R> {
  const client = new mongo.MongoClient(address, { directConnection: true, serverSelectionTimeoutMS: 1000 });
  try {
    return await ask(client.db('admin'));
  } finally {
    await client.close();
  }
}
