import { change } from './change';
import { Duplicate, type Collection, type Database } from './port';
import { openSqlite } from './sqlite';

interface Tally {
  readonly id: string;
  readonly n: number;
  readonly names: readonly string[];
}
let database: Database;
let tallies: Collection<Tally>;
beforeEach(async () => {
  database = await openSqlite({ file: ':memory:', durability: 'normal' });
  tallies = await database.collection<Tally>({ name: 'tallies', fields: [], sets: { names: { unique: true } } });
});
afterEach(() => database.close());

const more = (id: string) => change(tallies, id, (known) => ({ id, n: (known?.n ?? 0) + 1, names: [] }));

test('given many who change one document at once, when it is not there yet, then each change counts', async () => {
  await Promise.all(Array.from({ length: 50 }, () => more('one')));
  expect((await tallies.get('one'))?.document.n).toBe(50);
});
test('given nothing to make, then nothing is saved', async () => {
  expect(await change(tallies, 'none', () => undefined)).toBeUndefined();
  expect(await tallies.get('none')).toBeUndefined();
  const before = await more('one');
  expect(await change(tallies, 'one', () => undefined)).toBeUndefined();
  expect(await tallies.get('one')).toEqual(before);
});
test('given a string that another document holds, then it is said, and not tried for ever', async () => {
  await tallies.insert({ id: 'one', n: 0, names: ['甲'] });
  await expect(change(tallies, 'two', () => ({ id: 'two', n: 0, names: ['甲'] }))).rejects.toThrow(Duplicate);
});
