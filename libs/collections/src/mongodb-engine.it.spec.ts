import { mongo } from 'mongoose';
import { describeOrSkip } from '@chuanyu/testing/skip';
import { aMessage, CASES, fill, found, idsOf, type CaseFile } from './contract/stage';
import { lendServer, noServer, type Lent } from './mongodb.fixture';
import { connect, WAIT_MILLISECONDS } from './mongodb/connection';
import { MongoDatabase, openMongoDb } from './mongodb/database';
import { Places } from './mongodb/places';
import { Duplicate, TooLarge, Unavailable, VersionConflict, type Database } from './port';

const definition = { name: 'prison.cases', ...CASES };
const open = (database: Database) => database.collection<CaseFile>(definition);
const ids = (messages: readonly { readonly id: string }[]) => messages.map(({ id }) => id);

describeOrSkip('MongoDB as such', noServer, () => {
  let lent: Lent;
  let address: string;
  let database: Database;
  const opened: Database[] = [];
  /** As another process would: its own connection to the same database. */
  const another = async () => {
    const own = await openMongoDb({ address, waitMilliseconds: 60_000 });
    opened.push(own);
    return own;
  };
  beforeAll(async () => void (lent = await lendServer()), 600_000);
  afterAll(() => lent.giveBack());
  beforeEach(async () => {
    address = lent.address();
    database = await another();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const own of opened.splice(0)) await own.close();
  });
  /** The records as they lie there. */
  const raw = async <R>(look: (records: mongo.Collection<{ _id: string }>) => Promise<R>): Promise<R> => {
    const client = await new mongo.MongoClient(address).connect();
    try {
      return await look(client.db().collection(definition.name));
    } finally {
      await client.close();
    }
  };

  test('every save is acknowledged by the disks of a majority; nothing is read that could be rolled back', async () => {
    const { connection, database: watched } = await connect({
      address: `${address}${address.includes('?') ? '&' : '?'}monitorCommands=true`,
    });
    const own = new MongoDatabase(connection, watched, WAIT_MILLISECONDS);
    opened.push(own);
    const commands: mongo.CommandStartedEvent[] = [];
    connection.getClient().on('commandStarted', (event) => commands.push(event));
    const cases = await open(own);
    const a = await cases.insert({ id: 'a' }, [aMessage('m1')]);
    const b = await cases.replace({ id: 'a', rank: 1 }, a.version, [aMessage('m2')]);
    await cases.find({ limit: 1 });
    await cases.count();
    await cases.tally(['rank']);
    await cases.pending(1);
    await cases.settle(['m1']);
    await cases.remove('a', b.version);
    const names = ['insert', 'update', 'delete', 'createIndexes', 'find', 'aggregate'];
    expect(names.filter((name) => !commands.some(({ commandName }) => commandName === name))).toEqual([]);
    for (const { commandName, command } of commands.filter(({ commandName }) => names.includes(commandName))) {
      const reads = commandName === 'find' || commandName === 'aggregate';
      if (reads) expect(command).toMatchObject({ readConcern: { level: 'majority' } });
      else expect(command).toMatchObject({ writeConcern: { w: 'majority', j: true } });
    }
  });

  test('of 1,000 inserts of one unique string by two clients at once, one succeeds', async () => {
    const [here, there] = [await open(database), await open(await another())];
    const inserts = Array.from({ length: 1000 }, (_, nth) =>
      (nth % 2 === 0 ? here : there).insert({ id: `${nth}`, claims: ['room 1'] }, [aMessage(`m${nth}`)]),
    );
    const results = await Promise.allSettled(inserts);
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(lost).toHaveLength(999);
    expect(
      lost.every((reason) => reason instanceof Duplicate && reason.path === 'claims' && reason.value === 'room 1'),
    ).toBe(true);
    const [holder] = await found(await open(database), { claims: { any: ['room 1'] } });
    expect(ids(await (await open(database)).pending(10))).toEqual([`m${holder}`]);
  }, 180_000);

  test('two clients race for each version: every change is made once and none is lost', async () => {
    const clients = [await open(database), await open(await another())];
    await clients[0]?.insert({ id: 'a', rank: 0 });
    let conflicts = 0;
    const work = clients.map(async (cases) => {
      for (let done = 0; done < 50;) {
        const kept = await cases.get('a');
        try {
          await cases.replace({ id: 'a', rank: Number(kept?.document.rank) + 1 }, kept?.version ?? '');
          done += 1;
        } catch (error) {
          if (!(error instanceof VersionConflict)) throw error;
          conflicts += 1;
        }
      }
    });
    await Promise.all(work);
    expect((await clients[1]?.get('a'))?.document.rank).toBe(100);
    expect(conflicts).toBeGreaterThan(0);
  });

  test('who was refused a version or a claim sees at once what stood in the way', async () => {
    const [here, there] = [await open(database), await open(await another())];
    const a = await here.insert({ id: 'a', rank: 1 });
    const b = await there.replace({ id: 'a', rank: 2 }, a.version);
    await expect(here.replace({ id: 'a', rank: 3 }, a.version)).rejects.toThrow(VersionConflict);
    expect(await here.get('a')).toEqual(b);
    await expect(here.remove('a', a.version)).rejects.toThrow(VersionConflict);
    await expect(here.insert({ id: 'a' })).rejects.toMatchObject({ path: 'id', value: 'a' });
  });

  test('a save whose answer was lost and that the driver sent again is a save, not a conflict with itself', async () => {
    const cases = await open(database);
    const { insertOne, updateOne } = mongo.Collection.prototype;
    jest.spyOn(mongo.Collection.prototype, 'insertOne').mockImplementation(async function (
      this: mongo.Collection,
      ...args
    ) {
      await insertOne.apply(this, args);
      return insertOne.apply(this, args);
    });
    jest.spyOn(mongo.Collection.prototype, 'updateOne').mockImplementation(async function (
      this: mongo.Collection,
      ...args
    ) {
      await updateOne.apply(this, args);
      return updateOne.apply(this, args);
    });
    const a = await cases.insert({ id: 'a', claims: ['room 1'] }, [aMessage('m1')]);
    const b = await cases.replace({ id: 'a', claims: ['room 1', 'room 2'] }, a.version, [aMessage('m2')]);
    jest.restoreAllMocks();
    expect(await cases.get('a')).toEqual(b);
    expect(ids(await cases.pending(10))).toEqual(['m1', 'm2']);
  });

  test('what a removed document left behind is found by nothing but its messages, and ends with them', async () => {
    const cases = await open(database);
    await fill(cases, [{ id: 'b', state: 'open', words: ['x'] }, { id: 'c' }]);
    for (const rank of [1, null]) {
      const a = await cases.insert({ id: 'a', rank, words: ['x'], claims: ['room 1'] }, [
        aMessage('m1'),
        aMessage('m2'),
      ]);
      await cases.remove('a', a.version);
      expect(await cases.get('a')).toBeUndefined();
      expect(idsOf(await cases.find({ limit: 9 }))).toEqual(['b', 'c']);
      expect(idsOf(await cases.find({ limit: 9, sort: { by: 'rank', order: 'descending' } }))).toEqual(['c', 'b']);
      for (const where of [{}, { rank: null }, { rank: { not: 2 } }, { words: { all: [] } }])
        expect(await cases.count({ where })).toBe(2);
      expect(await cases.count({ where: {}, or: [{ rank: null }] })).toBe(2);
      expect(await cases.tally(['rank'])).toEqual([{ values: [null], count: 2 }]);
      await expect(cases.remove('a', a.version)).rejects.toThrow(VersionConflict);
      await expect(cases.replace({ id: 'a' }, a.version)).rejects.toThrow(VersionConflict);
      await cases.settle(['m1']);
      expect(ids(await cases.pending(9))).toEqual(['m2']);
      await cases.settle(['m2']);
      expect(await raw((records) => records.countDocuments())).toBe(2);
    }
  });

  test('a removed id that is taken again before its messages left keeps their order, also when both were settled together', async () => {
    const cases = await open(database);
    const a = await cases.insert({ id: 'a', claims: ['room 1'] }, [aMessage('m9')]);
    await cases.remove('a', a.version);
    const again = await cases.insert({ id: 'a', state: 'open' }, [aMessage('m1')]);
    expect(ids(await cases.pending(9))).toEqual(['m9', 'm1']);
    await cases.settle(['m9', 'm1']);
    expect(await cases.get('a')).toEqual(again);
    await cases.insert({ id: 'b', claims: ['room 1'] });
  });

  test('within a document messages keep their order, though the second process is behind in time', async () => {
    const cases = await open(database);
    const next = jest.spyOn(Places.prototype, 'next');
    next.mockReturnValueOnce('5').mockReturnValueOnce('4').mockReturnValueOnce('3').mockReturnValueOnce('6');
    const a = await cases.insert({ id: 'a' }, [aMessage('m1'), aMessage('m2')]);
    const b = await cases.replace({ id: 'a' }, a.version, [aMessage('m3')]);
    await cases.insert({ id: 'b' }, [aMessage('m0')]);
    await cases.replace({ id: 'a' }, b.version, [aMessage('m4')]);
    expect(ids(await cases.pending(9))).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(ids(await cases.pending(2))).toEqual(['m0', 'm1']);
  });

  test('a document that MongoDB could not keep is TooLarge, at once or when its waiting messages make it so', async () => {
    const cases = await open(database);
    const megabytes = (count: number) => 'x'.repeat(count * 1_000_000);
    await expect(cases.insert({ id: 'a', note: megabytes(16) })).rejects.toThrow(TooLarge);
    await expect(cases.insert({ id: 'a' }, [aMessage('m1', { value: megabytes(16) })])).rejects.toThrow(TooLarge);
    const a = await cases.insert({ id: 'a', note: megabytes(6) }, [aMessage('m1', { value: megabytes(6) })]);
    await expect(
      cases.replace({ id: 'a', note: megabytes(6) }, a.version, [aMessage('m2', { value: megabytes(6) })]),
    ).rejects.toThrow(TooLarge);
    expect((await cases.get('a'))?.version).toBe(a.version);
    expect(ids(await cases.pending(9))).toEqual(['m1']);
    await cases.settle(['m1']);
    await cases.replace({ id: 'a', note: megabytes(6) }, a.version, [aMessage('m2', { value: megabytes(6) })]);
  });

  test('a field and a set that a newer version declares are filled by the older one too, while both run', async () => {
    const before = await database.collection<CaseFile>({ name: 'prison.cases', fields: ['state'], sets: {} });
    const a = await before.insert({ id: 'a', state: 'open', unit: 'Jinjiang', claims: ['room 1'] });
    const after = await open(await another());
    await before.replace({ id: 'a', state: 'open', unit: 'Yuzhong', claims: ['room 2'] }, a.version);
    await before.insert({ id: 'b', unit: 'Jinjiang' });
    expect(await found(after, { unit: 'Yuzhong', claims: { all: ['room 2'] } })).toEqual(['a']);
    expect(await found(after, { unit: 'Jinjiang' })).toEqual(['b']);
    await expect(before.insert({ id: 'c', claims: ['room 2'] })).rejects.toThrow(Duplicate);
    await after.insert({ id: 'c', claims: ['room 1'] });
  });

  test('an upgrade that died before it had filled the documents is finished by the next one', async () => {
    const before = await database.collection<CaseFile>({ name: 'prison.cases', fields: ['state'], sets: {} });
    await before.insert({ id: 'a', unit: 'Jinjiang', claims: ['room 1'] });
    const bulkWrite = jest.spyOn(mongo.Collection.prototype, 'bulkWrite').mockRejectedValueOnce(new Error('killed'));
    await expect(open(await another())).rejects.toThrow('killed');
    expect(bulkWrite).toHaveBeenCalledTimes(1);
    const after = await open(await another());
    expect(await found(after, { unit: 'Jinjiang', claims: { any: ['room 1'] } })).toEqual(['a']);
    await expect(after.insert({ id: 'b', claims: ['room 1'] })).rejects.toThrow(Duplicate);
  });

  test('a field that is only compared beside others has no index, and one of an earlier version goes', async () => {
    const has = (name: string) => raw((records) => records.indexExists(name));
    await open(database);
    expect(await has('by state')).toBe(true);
    const cases = await database.collection<CaseFile>({ ...definition, unindexed: ['state'] });
    expect([await has('by state'), await has('by unit,state,rank')]).toEqual([false, true]);
    await cases.insert({ id: 'a', state: 'x' });
    await cases.insert({ id: 'b', state: 'y' });
    expect(await found(cases, { state: 'y' })).toEqual(['b']);
    await database.collection<CaseFile>({ ...definition, unindexed: ['state'] });
  });

  test('a set cannot become unique while strings are shared; then it is as it was', async () => {
    const shared = { ...definition, sets: { words: { unique: false } } };
    const unique = { ...definition, sets: { words: { unique: true } } };
    const cases = await database.collection<CaseFile>(shared);
    await cases.insert({ id: 'a', words: ['x'] });
    const b = await cases.insert({ id: 'b', words: ['x'] });
    await expect(database.collection(unique)).rejects.toMatchObject({ name: 'Duplicate', path: 'words' });
    expect(await raw((records) => records.indexExists('set words'))).toBe(true);
    await cases.insert({ id: 'c', words: ['x'] });
    await cases.replace({ id: 'b' }, b.version);
    const c = await cases.get('c');
    await cases.remove('c', c?.version ?? '');
    const stricter = await database.collection<CaseFile>(unique);
    await expect(stricter.insert({ id: 'd', words: ['x'] })).rejects.toThrow(Duplicate);
    const laxer = await database.collection<CaseFile>(shared);
    await laxer.insert({ id: 'd', words: ['x'] });
  });

  test('a collection that another process dropped is not saved to for longer than the lease, since it would have no indexes', async () => {
    const cases = await open(database);
    await cases.insert({ id: 'a' });
    const other = await another();
    await other.drop(definition.name);
    // By the layout that it read before, until its lease ends.
    let refused: unknown;
    for (const end = performance.now() + 30_000; refused === undefined && performance.now() < end;)
      await cases.insert({ id: 'a' }).then(
        ({ version }) => cases.remove('a', version),
        (error: unknown) => (refused = error),
      );
    expect(String(refused)).toContain('was dropped');
  });

  test('what is not declared is refused by the schema too, should the port ever let it pass', async () => {
    const { connection, database: plain } = await connect({ address });
    const own = new MongoDatabase(connection, plain, WAIT_MILLISECONDS);
    opened.push(own);
    await open(own);
    const model = connection.model(definition.name);
    await expect(model.find({ note: 'x' }).exec()).rejects.toThrow('note');
    await expect(model.find({ 'f:note': 'x' }).exec()).rejects.toThrow('f:note');
  });

  test('an address without a database, with a wrong password, or where nobody answers', async () => {
    const [, host = ''] = /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(address) ?? [];
    await expect(openMongoDb({ address: `mongodb://${host}` })).rejects.toThrow(TypeError);
    await expect(openMongoDb({ address: 'http://127.0.0.1/x' })).rejects.toThrow(TypeError);
    const nobody = openMongoDb({ address: 'mongodb://127.0.0.1:1/x', waitMilliseconds: 500 });
    await expect(nobody).rejects.toThrow(Unavailable);
    if (!address.includes('@')) return;
    const stranger = address.replace(/:\/\/[^@]*@/, '://services:wrong@');
    await expect(openMongoDb({ address: stranger })).rejects.toThrow(Unavailable);
    const wrong = await openMongoDb({ address: stranger }).catch(String);
    expect(wrong).not.toContain('wrong@');
  });

  test('listeners hear of saves in their own process only; others look for themselves', async () => {
    const [here, there] = [await open(database), await open(await another())];
    let calls = 0;
    there.onOutgoing(() => (calls += 1));
    const heard = new Promise<void>((resolve) => here.onOutgoing(resolve));
    await here.insert({ id: 'a' }, [aMessage('m1')]);
    await heard;
    expect(calls).toBe(0);
    expect(ids(await there.pending(9))).toEqual(['m1']);
  });
});
