import type { Condition } from '../port';
import { fill, found, type CaseFile, type Stage } from './stage';

const FILES: readonly CaseFile[] = [
  { id: 'a', state: 'open', unit: 'Jinjiang', rank: 3, person: { name: '张三' }, words: ['张三', '盗窃'] },
  { id: 'b', state: 'open', unit: 'Yuzhong', rank: 10, person: { name: '李四' }, words: ['李四', '盗窃'] },
  { id: 'c', state: 'closed', unit: 'Jinjiang', rank: '10', words: ['张三'] },
  { id: 'd', state: null, rank: true, person: {} },
  { id: 'e', unit: 'Yuzhong', rank: 1, words: [] },
  { id: 'f', state: 'open', rank: false },
];

export function findingContract(stage: Stage): void {
  const filled = async () => {
    const cases = await stage.collection();
    await fill(cases, FILES);
    return cases;
  };

  test.each<[string, Record<string, Condition>, string]>([
    ['nothing asked', {}, 'abcdef'],
    ['a string', { state: 'open' }, 'abf'],
    ['two fields', { state: 'open', unit: 'Jinjiang' }, 'a'],
    ['a dotted path', { 'person.name': '张三' }, 'a'],
    ['null, which absent is too', { state: null }, 'de'],
    ['absent below an absent object', { 'person.name': null }, 'cdef'],
    ['a number is not the string of it', { rank: 10 }, 'b'],
    ['a string is not the number', { rank: '10' }, 'c'],
    ['true is not 1', { rank: true }, 'd'],
    ['1 is not true', { rank: 1 }, 'e'],
    ['false', { rank: false }, 'f'],
    ['one of several', { rank: { in: [3, '10', false, 'never'] } }, 'acf'],
    ['one of several with null', { state: { in: ['closed', null] } }, 'cde'],
    ['one of none', { state: { in: [] } }, ''],
    ['not', { state: { not: 'open' } }, 'cde'],
    ['not null', { state: { not: null } }, 'abcf'],
    ['above a number', { rank: { gt: 3 } }, 'b'],
    ['from a number', { rank: { gte: 3 } }, 'ab'],
    ['below a number', { rank: { lt: 10 } }, 'ae'],
    ['up to a number', { rank: { lte: 10 } }, 'abe'],
    ['between', { rank: { gt: 1, lte: 9.5 } }, 'a'],
    ['strings from a string', { rank: { gte: '' } }, 'c'],
    ['strings below a string', { rank: { lt: '2' } }, 'c'],
    ['null is in no range', { state: { lt: 'zzz' } }, 'abcf'],
    ['a range over two types', { rank: { gte: 0, lte: '~' } }, ''],
    ['all of one', { words: { all: ['盗窃'] } }, 'ab'],
    ['all of two', { words: { all: ['盗窃', '张三', '盗窃'] } }, 'a'],
    ['all of two, one of which nobody has', { words: { all: ['盗窃', 'never'] } }, ''],
    ['all of none', { words: { all: [] } }, 'abcdef'],
    ['any of two', { words: { any: ['李四', '张三', 'never'] } }, 'abc'],
    ['any of none', { words: { any: [] } }, ''],
    ['a set and a field', { words: { any: ['张三'] }, state: { not: 'closed' } }, 'a'],
  ])('filter: %s', async (_, where, ids) => {
    const cases = await filled();
    expect((await found(cases, where)).join('')).toBe(ids);
    expect(await cases.count({ where })).toBe(ids.length);
  });

  test('or: one of the alternatives besides all conditions', async () => {
    const cases = await filled();
    const alternatives = [{ rank: { gt: 5 } }, { words: { all: ['张三'] }, unit: 'Jinjiang' }];
    expect(await found(cases, { state: 'open' }, alternatives)).toEqual(['a', 'b']);
    expect(await found(cases, {}, alternatives)).toEqual(['a', 'b', 'c']);
    expect(await found(cases, {}, [{ state: 'never' }, {}])).toHaveLength(6);
    expect(await found(cases, {}, [])).toEqual([]);
  });

  test('filters follow a document through its changes', async () => {
    const cases = await filled();
    const a = await cases.get('a');
    await cases.replace({ id: 'a', state: 'closed', words: ['诈骗'] }, a?.version ?? '');
    expect(await found(cases, { state: 'closed' })).toEqual(['a', 'c']);
    expect(await found(cases, { words: { all: ['张三'] } })).toEqual(['c']);
    expect(await found(cases, { words: { all: ['诈骗'] } })).toEqual(['a']);
    expect(await found(cases, { unit: null })).toEqual(['a', 'd', 'f']);
    const c = await cases.get('c');
    await cases.remove('c', c?.version ?? '');
    expect(await found(cases, { words: { all: ['张三'] } })).toEqual([]);
  });

  test('tally counts each combination', async () => {
    const cases = await filled();
    const tally = await cases.tally(['state', 'unit']);
    expect(new Map(tally.map(({ values, count }) => [values.join('/'), count]))).toEqual(
      new Map([
        ['open/Jinjiang', 1],
        ['open/Yuzhong', 1],
        ['closed/Jinjiang', 1],
        ['open/', 1],
        ['/Yuzhong', 1],
        ['/', 1],
      ]),
    );
    const ranks = await cases.tally(['rank'], { where: { unit: null } });
    expect(ranks.map(({ values, count }) => `${values[0]} ${count}`).sort()).toEqual(['false 1', 'true 1']);
    expect(await cases.tally(['state'], { where: { state: 'never' } })).toEqual([]);
    expect(await cases.tally([])).toEqual([{ values: [], count: 6 }]);
  });

  test('what was not declared throws, whatever it is called', async () => {
    const cases = await filled();
    const refused = (path: string, condition: Condition = 'x') =>
      expect(found(cases, { [path]: condition })).rejects.toThrow(TypeError);
    await refused('note');
    await refused('id');
    await refused('constructor');
    await refused('__proto__');
    await refused('state.x');
    await refused("state' OR 1 --");
    await refused('$where', 'true');
    await expect(found(cases, {}, [{ note: 'x' }])).rejects.toThrow(TypeError);
    await expect(cases.count({ where: { note: 1 } })).rejects.toThrow(TypeError);
    await expect(cases.tally(['words'])).rejects.toThrow(TypeError);
    await expect(cases.tally(['state'], { where: { note: 1 } })).rejects.toThrow(TypeError);
    await expect(cases.find({ limit: 1, sort: { by: 'note', order: 'ascending' } })).rejects.toThrow(TypeError);
    await expect(cases.find({ limit: 1, sort: { by: 'words', order: 'ascending' } })).rejects.toThrow(TypeError);
  });

  test('what is no condition throws: dropped, it would show more than was asked for', async () => {
    const cases = await filled();
    // As a caller without types would send them.
    const wrong: Condition[] = JSON.parse(
      '[{}, [], {"$gt": ""}, {"gt": null}, {"gt": true}, {"gt": 1, "not": 2}, {"in": "open"}, {"in": [{}]}, {"not": {}}, {"all": ["x"]}, {"any": []}]',
    );
    for (const condition of [...wrong, Number.NaN, { in: [Infinity] }, { gt: Infinity }]) {
      await expect(found(cases, { state: condition })).rejects.toThrow(TypeError);
    }
    const wrongOfSets: Condition[] = JSON.parse(
      '["x", null, {}, {"all": "x"}, {"any": [1]}, {"in": ["x"]}, {"all": [], "any": []}]',
    );
    for (const condition of wrongOfSets) {
      await expect(found(cases, { words: condition })).rejects.toThrow(TypeError);
    }
  });

  test.each([0, -1, 1001, 1.5, Number.NaN, Infinity])('a limit of %p throws', async (limit) => {
    const cases = await filled();
    await expect(cases.find({ limit })).rejects.toThrow(RangeError);
  });
}
