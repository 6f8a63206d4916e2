import type { CountsStatement } from '@chuanyu/service';
import { House, keeperOf, openHandover, resettlement, take, verified } from './house';

let house: House;
beforeEach(async () => {
  house = await House.make();
});
afterEach(() => house.end());

it('sums the same figures in both provinces, of each its own cases, without ids', async () => {
  const provinces = await house.start();
  const ids = [
    await openHandover(provinces, 'one'),
    await openHandover(provinces, 'other'),
    await openHandover(provinces, 'third'),
  ];
  await provinces.drain();
  await take(provinces, 'chongqing', ids[0] ?? '', 'verify', verified, resettlement);
  await provinces.drain();
  for (const each of provinces.all.values()) await each.services.get('prison')?.state();
  await provinces.drain();
  const figures = await Promise.all(
    ['sichuan', 'chongqing'].map(async (id) => {
      const { records } = await provinces.province(id).log.read('coordination.counts', { limit: 100 });
      const stated = records.map(({ value }) => value as CountsStatement).filter(({ domain }) => domain === 'prison');
      return stated
        .filter(({ province }) => province === 'sichuan')
        .at(-1)
        ?.counts.map(({ state, count }) => [state, count]);
    }),
  );
  expect(figures[0]).toEqual([
    ['notified', 2],
    ['verified', 1],
  ]);
  expect(figures[1]).toEqual(figures[0]);
  const everything = JSON.stringify(
    await provinces.province('chongqing').log.read('coordination.counts', { limit: 100 }),
  );
  for (const id of ids) expect(everything).not.toContain(id);
});

it('finds a case that the other side lacks altogether by the heads that are stated', async () => {
  const provinces = await house.start();
  const id = await openHandover(provinces, 'one');
  await provinces.drain();
  const theirs = keeperOf(provinces, 'chongqing');
  const kept = await theirs.get(id);
  await theirs.options.cases.remove(id, kept?.version ?? '');
  // No event follows, so nothing shows the gap: without stated heads it stays (protocol 21).
  await provinces.drain(6);
  expect(await theirs.get(id)).toBeUndefined();
  await provinces.province('sichuan').services.get('prison')?.state();
  await provinces.drain(6);
  expect((await theirs.get(id))?.document.head.hash).toBe(
    (await keeperOf(provinces, 'sichuan').get(id))?.document.head.hash,
  );
});
