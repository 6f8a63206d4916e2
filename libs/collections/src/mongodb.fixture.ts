import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mongo } from 'mongoose';
import { noMongoDb } from '@chuanyu/testing/engines';
import { GenericContainer } from 'testcontainers';
import type { Opened } from './contract-suite';
import { answersWithin, makeReplicaSet, openMongoDb } from './mongodb';

const address = process.env['CHUANYU_TEST_MONGODB'];
const runsDocker = process.env['DOCKER_HOST'] !== undefined || existsSync('/var/run/docker.sock');

/** Why there is no MongoDB to test on; undefined where there is one. */
export const noServer =
  address || runsDocker
    ? undefined
    : 'no MongoDB to test on: eval "$(script/engines start)" gives one, and so does a running Docker';

/** Why the tests that kill their server cannot have one of their own. They take a minute, so they run where a server was asked for. */
export const noServerOfOurOwn = address
  ? noMongoDb()
  : 'kills a server of its own: eval "$(script/engines start)" first';

/** A server, and databases of their own on it. */
export interface Lent {
  /** Of a new, empty database. */
  address(): string;
  giveBack(): Promise<void>;
}

/** The server that the environment names, else one in a container. */
export async function lendServer(): Promise<Lent> {
  if (address) return databasesOn(address, async () => undefined);
  const container = await new GenericContainer('mongo:8.0')
    .withCommand(['--replSet', 'chuanyu', '--bind_ip_all'])
    .withExposedPorts(27017)
    .start();
  const server = `mongodb://${container.getHost()}:${container.getMappedPort(27017)}/?directConnection=true`;
  await makeReplicaSet(server, 'chuanyu', 'localhost:27017');
  await answersWithin(server, 60_000, () => true);
  return databasesOn(server, async () => void (await container.stop()));
}

export function databasesOn(server: string, giveBack: () => Promise<void>): Lent {
  const [, hosts = '', options = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*(\?.*)?$/.exec(server) ?? [];
  const made: string[] = [];
  return {
    address() {
      const name = `test-${randomUUID()}`;
      made.push(name);
      return `${hosts}/${name}${options}`;
    },
    async giveBack() {
      const client = await new mongo.MongoClient(server).connect();
      for (const name of made) await client.db(name).dropDatabase();
      await client.close();
      await giveBack();
    },
  };
}

/** What the contract suite asks of an adapter: an empty database each time. */
export async function openLent(lent: Lent): Promise<Opened> {
  // Patient: a server that is tested with may be slow, and 1,000 saves at once wait for each other.
  const options = { address: lent.address(), waitMilliseconds: 60_000 };
  let database = await openMongoDb(options);
  return {
    database,
    async reopen() {
      await database.close();
      database = await openMongoDb(options);
      return database;
    },
    dispose: () => database.close(),
  };
}
