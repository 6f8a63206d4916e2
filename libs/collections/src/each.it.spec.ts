import { each, eachPage, type From } from './each';
import type { Collection, Database } from './port';
import { openSqlite } from './sqlite';

interface Thing {
  readonly id: string;
  readonly rank: number;
}
let database: Database;
let things: Collection<Thing>;
beforeEach(async () => {
  database = await openSqlite({ file: ':memory:', durability: 'normal' });
  things = await database.collection<Thing>({ name: 'things', fields: ['rank'], sets: {} });
  for (const rank of [3, 1, 5, 2, 4]) await things.insert({ id: `t${rank}`, rank });
});
afterEach(() => database.close());

const byRank = { sort: { by: 'rank', order: 'ascending' } } as const;
const found = async (query: Parameters<typeof each>[1], meanwhile?: (thing: Thing) => Promise<unknown>) => {
  const ids: string[] = [];
  for await (const { document } of each(things, query)) {
    ids.push(document.id);
    await meanwhile?.(document);
  }
  return ids;
};

test('given pages of any length, then all that is found comes once, in its order', async () => {
  for (const limit of [1, 2, 5, 100]) expect(await found({ ...byRank, limit })).toEqual(['t1', 't2', 't3', 't4', 't5']);
  expect(await found({ filter: { where: { rank: { gt: 3 } } }, limit: 1 })).toEqual(['t4', 't5']);
  expect(await found({ filter: { where: { rank: { gt: 9 } } }, limit: 1 })).toEqual([]);
});
test('given that each is removed as it comes, then none is left out', async () => {
  const remove = async ({ id }: Thing) => things.remove(id, (await things.get(id))?.version ?? '');
  expect(await found({ ...byRank, limit: 2 }, remove)).toEqual(['t1', 't2', 't3', 't4', 't5']);
  expect(await things.count()).toBe(0);
});
test('given that nobody wants more, then no further page is asked for', async () => {
  const asked: From[] = [];
  const ask = async (from: From) => {
    asked.push(from);
    return { next: String(asked.length) };
  };
  for await (const { next } of eachPage(ask)) if (next === '3') break;
  expect(asked).toEqual([{}, { after: '1' }, { after: '2' }]);
});
