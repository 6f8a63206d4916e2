import { openSqlite, type Database } from '@chuanyu/collections';
import { FixedClock } from '@chuanyu/reference';
import { RegisterBook } from './register-book';

const unit = 'sc-chengdu-prison';
const register = 'inmates';
const place = (key: string, of = unit) => ({ register, unit: of, key });
const rowsOf = (keys: readonly string[], level: string) =>
  keys.map((key) => ({ key, record: { number: key, name: `王${key}`, level } }));
const clock = new FixedClock(Date.parse('2026-11-23T01:00:00.000Z'));

let database: Database;
let book: RegisterBook;
beforeEach(async () => {
  database = await openSqlite({ file: ':memory:' });
  book = await RegisterBook.open(database, 'prison', clock);
});
afterEach(() => database.close());
const all = async (of = book) => {
  const { items } = await of.list({ register, units: [unit], limit: 100 });
  return items.map(({ document }) => [document.key, document.record['level'], document.change]);
};
const versionOf = async (key: string): Promise<string> => {
  const page = await book.list({ register, units: [unit], limit: 100 });
  return page.items.find(({ document }) => document.key === key)?.version ?? '';
};

it('keeps a record, every version of it, and who changed it', async () => {
  const added = await book.add(place('1'), { number: '1', level: '普管' }, 'sc.a');
  const put = await book.put(place('1'), added.version, { number: '1', level: '宽管' }, 'sc.b');
  const removed = await book.remove(place('1'), put.version, 'sc.c');
  expect(removed.document).toMatchObject({ revision: 3, removed: true, by: 'sc.c' });
  expect(await book.find(place('1'))).toBeUndefined();
  expect(
    (await book.history(removed.document.id, 10)).map((was) => [was.revision, was.record['level'], was.by]),
  ).toEqual([
    [2, '宽管', 'sc.b'],
    [1, '普管', 'sc.a'],
  ]);
  const again = await book.add(place('1'), { number: '1', level: '严管' }, 'sc.a');
  expect(again.document).toMatchObject({ id: removed.document.id, revision: 4, removed: false });
});
it('refuses what was changed meanwhile, and a second record of one key; the same again is no change', async () => {
  const added = await book.add(place('1'), { number: '1', level: '普管' }, 'sc.a');
  await book.put(place('1'), added.version, { number: '1', level: '宽管' }, 'sc.b');
  await expect(book.put(place('1'), added.version, { number: '1', level: '严管' }, 'sc.a')).rejects.toMatchObject({
    code: 'stale-version',
  });
  await expect(book.add(place('1'), { number: '1', level: '严管' }, 'sc.a')).rejects.toMatchObject({
    code: 'not-possible',
  });
  expect((await book.add(place('1'), { number: '1', level: '宽管' }, 'sc.a')).document.revision).toBe(2);
});
it('tells units apart, and finds by name and number', async () => {
  await book.imports.take(register, unit, rowsOf(['1', '2'], '普管'), 'sc.a');
  await book.imports.take(register, 'sc-jinjiang-prison', rowsOf(['1'], '宽管'), 'sc.d');
  expect((await book.find(place('1')))?.['level']).toBe('普管');
  expect((await book.find(place('1', 'sc-jinjiang-prison')))?.['level']).toBe('宽管');
  const found = await book.list({ register, units: [unit], q: '王2', limit: 10 });
  expect(found.items.map(({ document }) => document.key)).toEqual(['2']);
  expect((await book.list({ register, units: [unit], q: '——', limit: 10 })).items).toEqual([]);
  expect([...(await book.count(register))]).toEqual([
    ['sc-chengdu-prison', 2],
    ['sc-jinjiang-prison', 1],
  ]);
});

/** The same database, in a process that dies: after so many writes there are no more. */
const dyingAfter = (file: Database, most: number): Database => {
  let writes = 0;
  const dying = (target: object) =>
    new Proxy(target, {
      get: (of, name) => {
        const value: unknown = Reflect.get(of, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if ((name === 'insert' || name === 'replace') && (writes += 1) > most) throw new Error('the power is gone');
          return Reflect.apply(value, of, args);
        };
      },
    });
  return { ...file, collection: async (definition) => dying(await file.collection(definition)) as never };
};
it('shows an import whole or not at all, wherever the process dies in between', async () => {
  const outcomes = new Set<string>();
  for (let dies = 0; dies < 12; dies += 1) {
    const file = await openSqlite({ file: ':memory:' });
    const kept = await RegisterBook.open(file, 'prison', clock);
    await kept.imports.take(register, unit, rowsOf(['1', '2', '9'], '普管'), 'sc.a');
    const dying = await RegisterBook.open(dyingAfter(file, dies), 'prison', clock);
    const crashed = await dying.imports.take(register, unit, rowsOf(['1', '2', '3'], '宽管'), 'sc.b').then(
      () => false,
      () => true,
    );
    const next = await RegisterBook.open(file, 'prison', clock);
    const shown = JSON.stringify(await all(next));
    const before = [
      ['1', '普管', 'import'],
      ['2', '普管', 'import'],
      ['9', '普管', 'import'],
    ];
    const after = [
      ['1', '宽管', 'import'],
      ['2', '宽管', 'import'],
      ['3', '宽管', 'import'],
      ['9', '普管', 'import'],
    ];
    expect([JSON.stringify(before), JSON.stringify(after)]).toContain(shown);
    outcomes.add(`${crashed} ${shown === JSON.stringify(after)}`);
    // and nothing waits any more, and a change after it stands
    const { items } = await next.list({ register, units: [unit], limit: 1 });
    const [first] = items;
    if (!first) throw new Error('nothing is kept');
    await next.put(place('1'), first.version, { number: '1', level: '严管' }, 'sc.c');
    await next.imports.finishAll();
    expect((await next.find(place('1')))?.['level']).toBe('严管');
    await file.close();
  }
  // Died before it was taken in, died after, and lived.
  expect([...outcomes].sort()).toEqual(['false true', 'true false', 'true true']);
});
it('lets many take in and finish at once: each import whole, none twice', async () => {
  const books = await Promise.all([1, 2, 3].map(() => RegisterBook.open(database, 'prison', clock)));
  const keys = Array.from({ length: 40 }, (_, n) => String(n + 1).padStart(2, '0'));
  const levels = ['宽管', '考察', '普管', '严管', '宽管', '考察'];
  await Promise.all(
    levels.map((level, at) => (books[at % 3] ?? book).imports.take(register, unit, rowsOf(keys, level), 'sc.a')),
  );
  const shown = await all();
  expect(shown).toHaveLength(40);
  expect(new Set(shown.map(([, level]) => level)).size).toBe(1);
  const { items } = await book.list({ register, units: [unit], limit: 100 });
  expect(
    items.every(({ document }) => document.revision === levels.length && document.imported === levels.length),
  ).toBe(true);
});
it('keeps what an officer changed after an import from whoever finishes that import late', async () => {
  await book.imports.take(register, unit, rowsOf(['1'], '普管'), 'sc.a');
  await book.put(place('1'), await versionOf('1'), { number: '1', level: '严管' }, 'sc.b');
  await book.apply(place('1'), { number: '1', level: '普管' }, { n: 1, by: 'sc.a' });
  expect((await book.find(place('1')))?.['level']).toBe('严管');
});
