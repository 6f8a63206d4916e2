import { eachPage } from '../each';
import { BadCursor, type Query } from '../port';
import { fill, idsOf, pages, type CaseFile, type Stage } from './stage';

/** In the order that every engine must give: null, numbers, strings by code point, booleans; equal ones by id. */
const IN_ORDER: readonly CaseFile[] = [
  { id: 'k' },
  { id: 'l', rank: null },
  { id: 'j', rank: -3.5 },
  { id: 'i', rank: 0 },
  { id: 'b', rank: 9 },
  { id: 'h', rank: 9 },
  { id: 'a', rank: 10 },
  { id: 'g', rank: '' },
  { id: 'c', rank: '10' },
  { id: 'm', rank: '9' },
  { id: 'f', rank: 'Z' },
  { id: 'd', rank: 'a' },
  { id: 'e', rank: 'a' },
  { id: 'n', rank: '张' },
  { id: 'o', rank: '\u{ff5e}' },
  { id: 'p', rank: '\u{20bb7}' },
  { id: 'r', rank: false },
  { id: 'q', rank: true },
];
const IDS = IN_ORDER.map(({ id }) => id);
const byRank = { by: 'rank', order: 'ascending' } as const;
const byRankDown = { by: 'rank', order: 'descending' } as const;

export function pagingContract(stage: Stage): void {
  const filled = async () => {
    const cases = await stage.collection();
    await fill(
      cases,
      [...IN_ORDER].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    return cases;
  };

  test('without a sort, by id', async () => {
    const cases = await filled();
    expect((await pages(cases, { limit: 5 })).flat()).toEqual([...IDS].sort());
  });

  test.each([1, 2, 3, 7, 17, 18, 1000])(
    'pages of %p go through nulls, numbers, strings and ties without a gap',
    async (limit) => {
      const cases = await filled();
      const up = await pages(cases, { sort: byRank, limit });
      expect(up.flat()).toEqual(IDS);
      expect(up).toHaveLength(Math.ceil(IDS.length / limit));
      expect((await pages(cases, { sort: byRankDown, limit })).flat()).toEqual([...IDS].reverse());
    },
  );

  test('pages of a filter', async () => {
    const cases = await filled();
    const filter = { where: { rank: { gte: 'Z' } } };
    expect(await pages(cases, { filter, sort: byRank, limit: 2 })).toEqual([
      ['f', 'd'],
      ['e', 'n'],
      ['o', 'p'],
    ]);
    expect((await cases.find({ filter: { where: { rank: 'never' } }, limit: 2 })).next).toBeUndefined();
  });

  test('whoever was there from the first page to the last is shown once, whatever is saved meanwhile', async () => {
    const cases = await filled();
    let nth = 0;
    const disturb = async () => {
      nth += 1;
      await fill(cases, [
        { id: `0${nth}`, rank: 9 },
        { id: `z${nth}`, rank: 9 },
        { id: `y${nth}` },
        { id: `x${nth}`, rank: false },
      ]);
      const spare = await cases.get(`z${nth - 1}`);
      if (spare !== undefined) await cases.remove(spare.document.id, spare.version);
    };
    for (const sort of [byRank, byRankDown]) {
      const shown = (await pages(cases, { sort, limit: 2 }, disturb)).flat();
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown.filter((id) => IDS.includes(id))).toEqual(sort === byRank ? IDS : [...IDS].reverse());
    }
  });

  test('values are those of the fields asked for, by id, page by page, though no document is read', async () => {
    const cases = await filled();
    const ranks = new Map(IN_ORDER.map(({ id, rank = null }) => [id, rank]));
    const wanted = [...ranks.keys()].sort().map((id) => ({ id, values: [ranks.get(id), null, ranks.get(id)] }));
    for (const limit of [1, 5, 17, 18, 1000]) {
      const items: unknown[] = [];
      for await (const page of eachPage((from) => cases.values(['rank', 'unit', 'rank'], { limit, ...from }))) {
        items.push(...page.items);
        expect(page.items.length).toBeLessThanOrEqual(limit);
      }
      expect(items).toEqual(wanted);
    }
    const filter = { where: { rank: { gte: 'Z' } } };
    const two = await cases.values([], { filter, limit: 2 });
    expect(two).toEqual({ items: ['d', 'e'].map((id) => ({ id, values: [] })), next: 'e' });
    await expect(cases.values(['nowhere'], { limit: 1 })).rejects.toThrow(TypeError);
    for (const limit of [0, 1.5, 1001]) await expect(cases.values([], { limit })).rejects.toThrow(RangeError);
  });

  test('a page goes on where the last one ended, though its last document is gone', async () => {
    const cases = await filled();
    const first = await cases.find({ sort: byRank, limit: 5 });
    const last = first.items.at(-1);
    await cases.remove(last?.document.id ?? '', last?.version ?? '');
    const second = await cases.find({ sort: byRank, limit: 2, ...(first.next !== undefined && { after: first.next }) });
    expect(idsOf(second)).toEqual(['h', 'a']);
  });

  test('a cursor that this list did not make throws', async () => {
    const [cases, others] = [await filled(), await filled()];
    const { next = '' } = await cases.find({ sort: byRank, limit: 2 });
    const foreign = await others.find({ sort: byRank, limit: 2 });
    const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const own: unknown = JSON.parse(Buffer.from(next, 'base64url').toString());
    expect(forge(own)).toBe(next);
    const wrong: Query[] = [
      ...['', 'x', ' ', '../..', `${next}=`, `${next}A`, next.slice(0, -2), next.slice(1), `${next}${next}`].map(
        (after) => ({ sort: byRank, limit: 2, after }),
      ),
      ...[null, 1, {}, [], [own], { ...Object(own) }].map((value) => ({ sort: byRank, limit: 2, after: forge(value) })),
      { sort: byRank, limit: 2, after: foreign.next ?? '' },
      { sort: byRankDown, limit: 2, after: next },
      { sort: { by: 'state', order: 'ascending' }, limit: 2, after: next },
      { limit: 2, after: next },
    ];
    for (const query of wrong) await expect(cases.find(query)).rejects.toThrow(BadCursor);
    expect(idsOf(await cases.find({ sort: byRank, limit: 2, after: next }))).toEqual(['j', 'i']);
  });
}
