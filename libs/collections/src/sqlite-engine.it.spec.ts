import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { aMessage, CASES, fill, found, idsOf, type CaseFile } from './contract/stage';
import { Duplicate, Unavailable, type Condition, type Database } from './port';
import { openSqlite, SqliteDatabase } from './sqlite';
import { connect, Statements } from './sqlite/connection';

const definition = { name: 'prison.cases', ...CASES };
const open = (database: Database) => database.collection<CaseFile>(definition);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collections-'));
  file = join(folder, 'cases.db');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** A database over a connection that the test may disturb. */
function disturbable(connection: DatabaseSync = connect({ file })) {
  return { connection, database: new SqliteDatabase(connection) };
}

test.each([
  ['full', 2],
  ['normal', 1],
] as const)('durability %s is what SQLite is told, beside the write-ahead log', (durability, synchronous) => {
  const connection = connect({ file, durability });
  expect(connection.prepare('PRAGMA synchronous').get()).toEqual({ synchronous });
  expect(connection.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  connection.close();
});

test('full durability is what one gets unasked', () => {
  const connection = connect({ file });
  expect(connection.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  connection.close();
});

test('a message that is settled does not wait for the disk, a save does, and both do when they share a transaction', async () => {
  const { connection, database } = disturbable();
  const told = jest.spyOn(connection, 'exec');
  const waits = () => connection.prepare('PRAGMA synchronous').get()?.synchronous === 2;
  const cases = await open(database);
  const settling = async (id: string) => {
    await cases.settle([id]);
    return waits();
  };
  await cases.insert({ id: 'a' }, [aMessage('m1'), aMessage('m2'), aMessage('m3')]);
  expect(waits()).toBe(true);
  expect(await settling('m1')).toBe(false);
  const [together] = await Promise.all([settling('m2'), cases.insert({ id: 'b' })]);
  expect(together).toBe(true);
  expect(await settling('m3')).toBe(false);
  expect(await cases.pending(10)).toEqual([]);
  expect(told.mock.calls.filter(([sql]) => sql.startsWith('PRAGMA'))).toHaveLength(3);
  await database.close();
});

test('many saves of one collection keep nobody waiting who saves in another', async () => {
  const { database } = disturbable();
  const lists = await database.collection({ name: 'lists', fields: [], sets: {} });
  const cases = await open(database);
  let listed = 0;
  const saves = Array.from({ length: 2000 }, async (_, n) => {
    await lists.insert({ id: `${n}` });
    listed += 1;
  });
  await cases.insert({ id: 'a' });
  expect(listed).toBeLessThanOrEqual(256);
  await Promise.all(saves);
  expect(await lists.count()).toBe(2000);
  await database.close();
});

test('where nothing waits for the disk, settling changes nothing', async () => {
  const connection = connect({ file, durability: 'normal' });
  const database = new SqliteDatabase(connection, 'normal');
  const cases = await open(database);
  await cases.insert({ id: 'a' }, [aMessage('m1')]);
  await cases.settle(['m1']);
  await cases.insert({ id: 'b' });
  expect(connection.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
  await database.close();
});

test.each([
  ['one transaction', 'no time', 0, 1],
  ['more than one', '7 ms each, and a transaction is ended after 10', 7, 100 / 2],
])('saves of one turn share %s where they take %s', async (_title, _how, milliseconds, transactions) => {
  const database = await openSqlite({ file });
  const cases = await open(database);
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (now += milliseconds));
  const run = jest.spyOn(Statements.prototype, 'run');
  await Promise.all(Array.from({ length: 100 }, (_, nth) => cases.insert({ id: `${nth}` })));
  expect(run.mock.calls.filter(([sql]) => sql === 'COMMIT')).toHaveLength(transactions);
  jest.restoreAllMocks();
  expect(await cases.count()).toBe(100);
  await database.close();
});

test('a commit that fails is Unavailable for its whole turn, and the next turn is on its own again', async () => {
  const database = await openSqlite({ file });
  const cases = await open(database);
  const kept = await cases.insert({ id: 'a' });
  const original = Statements.prototype.run;
  const run = jest.spyOn(Statements.prototype, 'run').mockImplementation(function (this: Statements, sql, ...values) {
    if (sql === 'COMMIT') throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
    return original.call(this, sql, ...values);
  });
  const turn = [
    cases.insert({ id: 'b' }, [aMessage('m1')]),
    cases.insert({ id: 'a' }),
    cases.remove('a', kept.version),
  ];
  const results = await Promise.allSettled(turn);
  run.mockRestore();
  // Even the one that met a duplicate: what it met is not certain either.
  for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable' } });
  expect(await cases.pending(10)).toEqual([]);
  await cases.insert({ id: 'b' }, [aMessage('m1')]);
  expect(await found(cases, {})).toEqual(['a', 'b']);
  await database.close();
});

test('a full disk is Unavailable, keeps nothing by half, and is over when there is room again', async () => {
  const { connection, database } = disturbable();
  const cases = await open(database);
  const first = await cases.insert({ id: 'first' });
  const pages = Number(connection.prepare('PRAGMA page_count').get()?.page_count);
  connection.exec(`PRAGMA max_page_count = ${pages + 4}`);
  const big = 'x'.repeat(50_000);
  const full = Array.from({ length: 5 }, (_, nth) =>
    cases.insert({ id: `${nth}`, words: ['big'], note: big }, [aMessage(`m${nth}`)]),
  );
  for (const save of full) await expect(save).rejects.toThrow(Unavailable);
  await expect(cases.replace({ id: 'first', note: big }, first.version, [aMessage('m9')])).rejects.toThrow(Unavailable);
  expect(await cases.get('first')).toEqual(first);
  expect(await cases.count()).toBe(1);
  expect(await cases.pending(10)).toEqual([]);

  connection.exec('PRAGMA max_page_count = 100000');
  await cases.replace({ id: 'first', note: big }, first.version, [aMessage('m9')]);
  expect(await cases.pending(10)).toEqual([aMessage('m9')]);
  expect(await cases.count({ where: { words: { all: ['big'] } } })).toBe(0);
  await database.close();
});

test('when the disk fills up in the middle of a turn, nobody of that turn is told that it was saved', async () => {
  const { connection, database } = disturbable();
  const cases = await open(database);
  const pages = Number(connection.prepare('PRAGMA page_count').get()?.page_count);
  connection.exec(`PRAGMA max_page_count = ${pages + 4}`);
  const notes = ['small', 'x'.repeat(50_000), 'small'];
  const saves = await Promise.allSettled(
    notes.map((note, nth) => cases.insert({ id: `${nth}`, note }, [aMessage(`m${nth}`)])),
  );
  const told = saves.filter(({ status }) => status === 'fulfilled');
  expect(saves[1]).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable' } });
  expect(await cases.count()).toBe(told.length);
  expect(await cases.pending(10)).toHaveLength(told.length);
  await cases.insert({ id: 'later', note: 'small' });
  await database.close();
});

test('a file that may only be read answers finds, and saves with Unavailable', async () => {
  const writable = await openSqlite({ file });
  const saved = await (await open(writable)).insert({ id: 'a' });
  const { connection, database } = disturbable();
  const cases = await open(database);
  connection.exec('PRAGMA query_only = ON');
  expect(await cases.get('a')).toEqual(saved);
  await expect(cases.insert({ id: 'b' })).rejects.toThrow(Unavailable);
  await expect(cases.settle(['m1'])).rejects.toThrow(Unavailable);
  await expect(disturbable(new DatabaseSync(file, { readOnly: true })).database.drop('prison.cases')).rejects.toThrow(
    Unavailable,
  );
  await Promise.all([database.close(), writable.close()]);
});

test('a place that cannot hold a database is Unavailable', async () => {
  await writeFile(file, 'this is no database, but long enough to be looked at as if it were one'.repeat(100));
  await expect(openSqlite({ file })).rejects.toThrow(Unavailable);
  await expect(openSqlite({ file: folder })).rejects.toThrow(Unavailable);
  await expect(openSqlite({ file: join(file, 'below', 'a.db') })).rejects.toThrow(Unavailable);
});

test('a file that another process holds is waited for, and the process answers meanwhile', async () => {
  const database = await openSqlite({ file });
  const cases = await open(database);
  const holder = new DatabaseSync(file);
  holder.exec('BEGIN IMMEDIATE');
  const original = Statements.prototype.run;
  let attempts = 0;
  const tried = new Promise<void>((resolve) => {
    jest.spyOn(Statements.prototype, 'run').mockImplementation(function (this: Statements, sql, ...values) {
      if (sql === 'BEGIN IMMEDIATE' && ++attempts === 3) resolve();
      return original.call(this, sql, ...values);
    });
  });
  let saved = false;
  const saving = cases.insert({ id: 'a' }).then(() => (saved = true));
  await tried;
  expect(await cases.count()).toBe(0);
  expect(saved).toBe(false);
  holder.exec('COMMIT');
  await saving;
  expect(await cases.count()).toBe(1);
  holder.close();
  await database.close();
});

test('a file that is never let go is Unavailable in the end', async () => {
  const database = await openSqlite({ file });
  const cases = await open(database);
  const holder = new DatabaseSync(file);
  holder.exec('BEGIN IMMEDIATE');
  await expect(cases.insert({ id: 'a' })).rejects.toThrow(Unavailable);
  holder.close();
  await cases.insert({ id: 'a' });
  await database.close();
}, 20_000);

test('a field that a newer version declares is filled by the older one too, while both run', async () => {
  const older = await openSqlite({ file });
  const before = await older.collection<CaseFile>({ name: 'prison.cases', fields: ['state'], sets: {} });
  const a = await before.insert({ id: 'a', state: 'open', unit: 'Jinjiang', claims: ['room 1'] });
  const newer = await openSqlite({ file });
  const after = await open(newer);
  await before.replace({ id: 'a', state: 'open', unit: 'Yuzhong', claims: ['room 2'] }, a.version);
  await before.insert({ id: 'b', unit: 'Jinjiang' });
  expect(await found(after, { unit: 'Yuzhong', claims: { all: ['room 2'] } })).toEqual(['a']);
  expect(await found(after, { unit: 'Jinjiang' })).toEqual(['b']);
  await expect(before.insert({ id: 'c', claims: ['room 2'] })).rejects.toThrow(Duplicate);
  await after.insert({ id: 'c', claims: ['room 1'] });
  await Promise.all([older.close(), newer.close()]);
});

test('a set cannot become unique while strings are shared; then nothing has changed', async () => {
  const database = await openSqlite({ file });
  const shared = { ...definition, sets: { words: { unique: false } } };
  const cases = await database.collection<CaseFile>(shared);
  await cases.insert({ id: 'a', words: ['x'] });
  const b = await cases.insert({ id: 'b', words: ['x'] });
  const unique = { ...shared, sets: { words: { unique: true }, claims: { unique: true } } };
  await expect(database.collection(unique)).rejects.toMatchObject({ name: 'Duplicate', path: 'words' });
  await cases.insert({ id: 'c', words: ['x'] });
  await cases.replace({ id: 'b' }, b.version);
  const c = await cases.get('c');
  await cases.remove('c', c?.version ?? '');
  const stricter = await database.collection<CaseFile>(unique);
  await expect(stricter.insert({ id: 'd', words: ['x'] })).rejects.toThrow(Duplicate);
  const laxer = await database.collection<CaseFile>(shared);
  await laxer.insert({ id: 'd', words: ['x'] });
  await database.close();
});

test('statements are prepared once for all values, and lists of all lengths share few', async () => {
  const { connection, database } = disturbable();
  const cases = await open(database);
  const prepare = jest.spyOn(connection, 'prepare');
  const use = async (nth: number) => {
    const saved = await cases.insert({ id: `${nth}`, state: `s${nth}`, words: [`w${nth}`] }, [aMessage(`m${nth}`)]);
    await cases.replace({ ...saved.document, state: 'other' }, saved.version);
    await cases.find({ filter: { where: { state: `s${nth}`, words: { any: [`w${nth}`] } } }, limit: 1 + (nth % 1000) });
    await cases.count({ where: { unit: { in: Array.from({ length: 17 + (nth % 16) }, (_, unit) => `u${unit}`) } } });
    await cases.pending(1 + nth);
    await cases.settle([`m${nth}`]);
  };
  await use(0);
  const once = prepare.mock.calls.length;
  for (let nth = 1; nth < 40; nth++) await use(nth);
  expect(once).toBeGreaterThan(0);
  expect(prepare.mock.calls.length).toBe(once);
  await database.close();
});

test('of too many statements, the one that was not used for longest makes room', () => {
  const connection = new DatabaseSync(':memory:');
  const statements = new Statements(connection);
  const prepare = jest.spyOn(connection, 'prepare');
  statements.get('SELECT 1');
  statements.get('SELECT 2');
  for (let nth = 0; nth < 500; nth++) {
    statements.get(`SELECT ${1000 + nth}`);
    statements.get('SELECT 1');
  }
  expect(prepare).toHaveBeenCalledTimes(502);
  statements.get('SELECT 2');
  expect(prepare).toHaveBeenCalledTimes(503);
  connection.close();
});

test.each([
  [
    'one of two fields of an index, sorted by its third',
    { unit: 'x', state: 'y' },
    'rank',
    /USING (COVERING )?INDEX prison.cases:by:unit,state,rank/,
  ],
  ['a dotted field', { 'person.name': 'x' }, undefined, /INDEX prison.cases:by:person.name/],
  ['a null', { unit: null, state: null }, 'rank', /INDEX prison.cases:by:unit,state,rank/],
  ['a page in the middle', {}, 'rank', /INDEX prison.cases:by:rank \(\(f:rank,id\)>/],
] as const)('an index answers: %s', async (_, where, by, plan) => {
  const { connection, database } = disturbable();
  const cases = await open(database);
  await cases.insert({ id: 'a', rank: 1 });
  await cases.insert({ id: 'b', rank: 2 });
  const sort = by === undefined ? {} : { sort: { by, order: 'ascending' } as const };
  const after = (await cases.find({ limit: 1, ...sort })).next;
  const prepare = jest.spyOn(connection, 'prepare');
  await cases.find({ filter: { where }, limit: 1, ...sort, ...(after !== undefined && { after }) });
  const sql = prepare.mock.calls[0]?.[0] ?? '';
  prepare.mockRestore();
  const values = Array.from({ length: sql.split('?').length - 1 }, () => 0);
  const steps = connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  const text = steps.map(({ detail }) => String(detail)).join('; ');
  expect(text).toMatch(plan);
  expect(text).not.toContain('TEMP B-TREE');
  await database.close();
});

test('a field that is only compared beside others has no index, one of an earlier version goes, and it finds as before', async () => {
  const { connection, database } = disturbable();
  const indexes = () =>
    connection
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE '%:by:state'`)
      .all()
      .map(({ name }) => name);
  await open(database);
  expect(indexes()).toEqual(['prison.cases:by:state']);
  const cases = await database.collection<CaseFile>({ ...definition, unindexed: ['state'] });
  expect(indexes()).toEqual([]);
  await cases.insert({ id: 'a', state: 'x' });
  await cases.insert({ id: 'b', state: 'y' });
  expect(await found(cases, { state: 'y' })).toEqual(['b']);
  await expect(database.collection({ ...definition, unindexed: ['nowhere'] })).rejects.toThrow(TypeError);
  await database.close();
});

test('rare words lead to their documents; common ones are met on the walk along the sort order', async () => {
  const connection = new DatabaseSync(':memory:');
  const { database } = disturbable(connection);
  const cases = await open(database);
  const common = 5100;
  await fill(
    cases,
    Array.from({ length: common }, (_, nth) => ({
      id: `${10_000 + nth}`,
      rank: -nth,
      words: nth < 3 ? ['common', 'rare'] : ['common'],
    })),
  );
  const prepare = jest.spyOn(connection, 'prepare');
  const listed = async (words: Condition) => {
    const sort = { by: 'rank', order: 'ascending' } as const;
    return idsOf(await cases.find({ filter: { where: { words } }, sort, limit: 2 }));
  };
  const list = (...all: string[]) => listed({ all });
  expect(await listed({ any: ['rare', 'never'] })).toEqual(['10002', '10001']);
  expect(prepare.mock.calls.at(-1)?.[0]).toContain(' AS lead ');
  expect(await listed({ any: ['rare', 'common'] })).toEqual(['15099', '15098']);
  expect(prepare.mock.calls.at(-1)?.[0]).not.toContain(' AS lead ');
  expect(await listed({ any: [] })).toEqual([]);
  expect(await list('common', 'rare')).toEqual(['10002', '10001']);
  expect(prepare.mock.calls.at(-1)?.[0]).toContain(' AS lead ');
  expect(await list('common')).toEqual(['15099', '15098']);
  expect(prepare.mock.calls.at(-1)?.[0]).not.toContain(' AS lead ');
  expect(await cases.count({ where: { words: { all: ['common'] } } })).toBe(common);
  await database.close();
});
