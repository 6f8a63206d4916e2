import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { openMongoDb } from './mongodb';

/**
 * Rates of the adapter against the bare driver doing the same on the same server, in interleaved rounds; medians and ratios.
 *   script/node libs/collections/src/mongodb-rates.fixture.ts --address mongodb://… [--documents 300] [--rounds 5]
 */
const { values } = parseArgs({
  options: {
    address: { type: 'string', default: 'mongodb://127.0.0.1:27017/rates' },
    documents: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
  },
});
const [documents, rounds] = [Number(values.documents), Number(values.rounds)];
/** As many as a busy service has under way. */
const AT_ONCE = 8;

type Work = (nth: number) => Promise<unknown>;

/** Calls per second, and milliseconds of this process's own time for each. */
async function rate(work: Work): Promise<{ readonly rate: number; readonly own: number }> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  let next = 0;
  const lane = async () => {
    for (let nth = next++; nth < documents; nth = next++) await work(nth);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const { user, system } = process.cpuUsage(used);
  return { rate: (documents / (performance.now() - began)) * 1000, own: (user + system) / 1000 / documents };
}

async function compare(title: string, bare: (round: number) => Work, ours: (round: number) => Work): Promise<void> {
  const results: {
    readonly bare: number;
    readonly ours: number;
    readonly bareOwn: number;
    readonly oursOwn: number;
  }[] = [];
  for (let round = 0; round < rounds; round++) {
    const [one, other] = [await rate(bare(round)), await rate(ours(round))];
    results.push({ bare: one.rate, ours: other.rate, bareOwn: one.own, oursOwn: other.own });
  }
  const median = (of: readonly number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
  const [driver, adapter] = [median(results.map(({ bare: of }) => of)), median(results.map(({ ours: of }) => of))];
  const [driverOwn, adapterOwn] = [
    median(results.map((one) => one.bareOwn)),
    median(results.map((one) => one.oursOwn)),
  ];
  process.stdout.write(
    `${title}: driver ${driver.toFixed(0)}/s, ours ${adapter.toFixed(0)}/s, ratio ${(adapter / driver).toFixed(2)}; ` +
      `own time ${driverOwn.toFixed(2)} and ${adapterOwn.toFixed(2)} ms a call\n`,
  );
}

async function main(): Promise<void> {
  const client = await new mongo.MongoClient(values.address, {
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
  }).connect();
  const bare = client
    .db()
    .collection<{ _id: string; version: string; state: string; rank: number; body: string }>('bare');
  await bare.createIndexes([
    { key: { state: 1, _id: 1 }, name: 'state' },
    { key: { rank: 1, _id: 1 }, name: 'rank' },
  ]);
  const database = await openMongoDb({ address: values.address, waitMilliseconds: 60_000 });
  const cases = await database.collection<{ id: string; state: string; rank: number; note: string }>({
    name: 'ours',
    fields: ['state', 'rank'],
    sets: {},
  });
  // About what the document of a case with ten steps has.
  const note = 'x'.repeat(10_000);
  const versions = new Map<string, string>();
  const document = (id: string, rank: number) => ({ id, state: rank % 15 === 0 ? 'open' : 'closed', rank, note });
  const record = (id: string, rank: number) => {
    const { state, ...rest } = document(id, rank);
    return { _id: id, version: randomUUID(), state, rank, body: JSON.stringify({ ...rest, state }) };
  };
  await compare(
    'insert',
    (round) => (nth) => bare.insertOne(record(`${round}-${nth}`, nth)),
    (round) => async (nth) => {
      const id = `${round}-${nth}`;
      versions.set(id, (await cases.insert(document(id, nth))).version);
    },
  );
  await compare(
    'replace at version',
    (round) => (nth) => {
      const { _id, ...rest } = record(`${round}-${nth}`, nth);
      return bare.updateOne({ _id, version: { $exists: true } }, { $set: rest });
    },
    (round) => (nth) => {
      const id = `${round}-${nth}`;
      return cases.replace(document(id, nth), versions.get(id) ?? '');
    },
  );
  await compare(
    'get',
    (round) => async (nth) => {
      const found = await bare.findOne({ _id: `${round}-${nth}` }, { projection: { version: 1, body: 1 } });
      JSON.parse(found?.body ?? '');
    },
    (round) => (nth) => cases.get(`${round}-${nth}`),
  );
  await compare(
    'find 20 of a state, by rank',
    () => async () => {
      const found = bare.find({ state: 'open' }, { projection: { version: 1, body: 1 } });
      for (const { body } of await found.sort({ rank: 1, _id: 1 }).limit(21).toArray()) JSON.parse(body);
    },
    () => () =>
      cases.find({ filter: { where: { state: 'open' } }, sort: { by: 'rank', order: 'ascending' }, limit: 20 }),
  );
  await database.drop('ours');
  await bare.drop();
  await database.close();
  await client.close();
}

void main();
