import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoDbServer } from '@chuanyu/testing/engines';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { aMessage, CASES, type CaseFile } from './contract/stage';
import { each } from './each';
import { noServerOfOurOwn } from './mongodb.fixture';
import { openMongoDb } from './mongodb';
import { Unavailable, VersionConflict, type Collection, type Database } from './port';

const WAIT_MILLISECONDS = 5000;
const PATIENTLY = 60_000;

describeOrSkip('MongoDB that fails', noServerOfOurOwn, () => {
  let folder: string;
  let server: MongoDbServer;
  let address: string;
  let made = 0;
  let database: Database;
  let cases: Collection<CaseFile>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mongodb-'));
    server = new MongoDbServer(folder);
    await server.start();
  }, 120_000);
  afterAll(async () => {
    await server.kill();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await server.start();
    made += 1;
    address = server.address(`faults-${made}`);
    database = await openMongoDb({ address, waitMilliseconds: WAIT_MILLISECONDS });
    cases = await database.collection<CaseFile>({ name: 'cases', ...CASES });
  }, 120_000);
  afterEach(() => database.close());

  /** Saves without end, four at a time, until told to stop; tells what was acknowledged and how the rest was refused. */
  function saving(name: string) {
    const told: string[] = [];
    const refused: unknown[] = [];
    let running = true;
    let progress = (): void => undefined;
    const lane = async (nth: number) => {
      for (let turn = 0; running; turn++) {
        const id = `${name}-${nth}-${turn}`;
        try {
          const { version } = await cases.insert({ id, rank: 0, claims: [id], words: ['all'] }, [
            aMessage(`m1 ${id}`),
            aMessage(`m2 ${id}`),
          ]);
          await cases.replace({ id, rank: 1, claims: [id], words: ['all'] }, version, [aMessage(`m3 ${id}`)]);
          told.push(id);
        } catch (error) {
          refused.push(error);
        }
        progress();
      }
    };
    const lanes = Promise.all([0, 1, 2, 3].map(lane));
    return {
      told,
      refused,
      until: (condition: () => boolean) =>
        new Promise<void>((resolve) => {
          progress = () => condition() && resolve();
        }),
      async stop() {
        running = false;
        await lanes;
      },
    };
  }

  test('killed under load and started again: what was acknowledged is there with its messages, nothing by half, and saving goes on', async () => {
    const load = saving('killed');
    for (let round = 1; round <= 3; round++) {
      const before = load.told.length;
      await load.until(() => load.told.length >= before + 20);
      await server.kill();
      const refused = load.refused.length;
      await load.until(() => load.refused.length >= refused + 4);
      await expect(database.ping()).rejects.toThrow(Unavailable);
      await server.start();
    }
    const last = load.told.length;
    await load.until(() => load.told.length >= last + 20);
    await load.stop();

    expect(load.refused.filter((error) => !(error instanceof Unavailable))).toEqual([]);
    const kept = new Map<string, CaseFile>();
    for await (const { document } of each(cases, { limit: 1000 })) kept.set(document.id, document);
    expect(load.told.filter((id) => kept.get(id)?.rank !== 1)).toEqual([]);
    // A save brought all of its messages or none, acknowledged or not.
    const messages = new Set((await cases.pending(100_000)).map(({ id }) => id));
    const owed = [...kept.values()].flatMap(({ id, rank }) =>
      (rank === 1 ? ['m1', 'm2', 'm3'] : ['m1', 'm2']).map((m) => `${m} ${id}`),
    );
    expect([...messages].sort()).toEqual(owed.sort());
    expect(await cases.count({ where: { words: { all: ['all'] } } })).toBe(kept.size);
    await expect(cases.insert({ id: 'late', claims: [load.told[0] ?? ''] })).rejects.toMatchObject({ path: 'claims' });
  }, 300_000);

  test('a server that stands still is Unavailable after the wait, and answers again when it goes on', async () => {
    const a = await cases.insert({ id: 'a', rank: 1 });
    server.freeze();
    const began = performance.now();
    const calls = [cases.get('a'), cases.replace({ id: 'a', rank: 2 }, a.version), cases.pending(1), database.ping()];
    for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ reason: { name: 'Unavailable' } });
    expect(performance.now() - began).toBeLessThan(3 * WAIT_MILLISECONDS);
    server.thaw();
    const patient = await openMongoDb({ address, waitMilliseconds: PATIENTLY });
    const again = await patient.collection<CaseFile>({ name: 'cases', ...CASES });
    // What was on its way may still arrive, whole or not at all; whoever goes on by the version that stands there is safe.
    const ranks: unknown[] = [];
    for (let saved = false; !saved;) {
      const kept = await again.get('a');
      ranks.push(kept?.document.rank);
      saved = await again.replace({ id: 'a', rank: 3 }, kept?.version ?? '').then(
        () => true,
        (error: unknown) => {
          if (error instanceof VersionConflict) return false;
          throw error;
        },
      );
    }
    expect([[1], [2], [1, 2]]).toContainEqual(ranks);
    expect((await again.get('a'))?.document.rank).toBe(3);
    await patient.close();
  }, 120_000);

  test('a short restart is waited for: nobody is refused', async () => {
    const patient = await openMongoDb({ address, waitMilliseconds: PATIENTLY });
    const own = await patient.collection<CaseFile>({ name: 'cases', ...CASES });
    await server.stop();
    const saves = Promise.all(
      Array.from({ length: 20 }, (_, nth) => own.insert({ id: `${nth}` }, [aMessage(`m${nth}`)])),
    );
    await server.start();
    expect(await saves).toHaveLength(20);
    expect(await own.pending(100)).toHaveLength(20);
    await patient.close();
  }, 120_000);

  test('closing a database whose server is gone ends', async () => {
    const own = await openMongoDb({ address, waitMilliseconds: WAIT_MILLISECONDS });
    await own.collection({ name: 'cases', ...CASES });
    await server.kill();
    await own.close();
    await expect(own.ping()).rejects.toThrow(Unavailable);
    await server.start();
    await database.ping();
  }, 120_000);
});
