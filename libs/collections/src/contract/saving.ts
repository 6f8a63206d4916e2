import { Duplicate, VersionConflict } from '../port';
import { aMessage, found, type Stage } from './stage';

export function savingContract(stage: Stage): void {
  test('a document comes back as it was saved, with the version of its saving', async () => {
    const cases = await stage.collection();
    const file = { id: 'a', state: 'open', note: { deep: [1, 1.5, -2e-7, 2 ** 53, true, null, '', '川渝', [], {}] } };
    const saved = await cases.insert(file);
    expect(saved.document).toEqual(file);
    expect(await cases.get('a')).toEqual(saved);
    expect(await cases.get('b')).toBeUndefined();
    expect((await cases.find({ limit: 1 })).items).toEqual([saved]);
  });

  test('what is handed out and what was handed in are copies', async () => {
    const cases = await stage.collection();
    const note = { count: 1 };
    const saving = cases.insert({ id: 'a', note });
    note.count = 2;
    const saved = await saving;
    expect(saved.document.note).toEqual({ count: 1 });
    Object.assign(saved.document, { note: 'spoilt' });
    const read = await cases.get('a');
    expect(read?.document.note).toEqual({ count: 1 });
    Object.assign(read ?? {}, { document: 'spoilt' });
    expect((await cases.get('a'))?.document.note).toEqual({ count: 1 });
  });

  test('an id is taken once', async () => {
    const cases = await stage.collection();
    await cases.insert({ id: 'a', state: 'first' });
    const again = cases.insert({ id: 'a', state: 'second' });
    await expect(again).rejects.toThrow(Duplicate);
    await expect(again).rejects.toMatchObject({ path: 'id' });
    expect((await cases.get('a'))?.document.state).toBe('first');
  });

  test('a unique string has one holder at a time, by insert and by replace', async () => {
    const cases = await stage.collection();
    const a = await cases.insert({ id: 'a', claims: ['room 1', 'room 2', 'room 1'] });
    const b = await cases.insert({ id: 'b', claims: ['room 3'] });
    const taken = { path: 'claims' };
    await expect(cases.insert({ id: 'c', claims: ['room 9', 'room 2'] })).rejects.toMatchObject(taken);
    await expect(cases.replace({ id: 'b', claims: ['room 3', 'room 1'] }, b.version)).rejects.toThrow(Duplicate);
    expect(await cases.get('c')).toBeUndefined();
    expect(await cases.get('b')).toEqual(b);
    expect(await found(cases, { claims: { any: ['room 9'] } })).toEqual([]);

    const later = await cases.replace({ id: 'a', claims: ['room 2'] }, a.version);
    await cases.replace({ id: 'b', claims: ['room 1'] }, b.version);
    await cases.remove('a', later.version);
    await cases.insert({ id: 'c', claims: ['room 2', 'room 3'] });
    expect(await found(cases, { claims: { any: ['room 1', 'room 2'] } })).toEqual(['b', 'c']);
  });

  test('a set that is not unique may share its strings', async () => {
    const cases = await stage.collection();
    await cases.insert({ id: 'a', words: ['张三'] });
    await cases.insert({ id: 'b', words: ['张三'] });
    expect(await cases.count({ where: { words: { all: ['张三'] } } })).toBe(2);
  });

  test('a set that does not hold strings is refused, since a claim must not be passed over', async () => {
    const cases = await stage.collection();
    const wrong: { id: string; claims: string[] } = JSON.parse('{ "id": "a", "claims": ["room 1", 2] }');
    await expect(cases.insert(wrong)).rejects.toThrow(TypeError);
    expect(await cases.get('a')).toBeUndefined();
  });

  test('only the version that was read is replaced or removed', async () => {
    const cases = await stage.collection();
    const first = await cases.insert({ id: 'a', rank: 1 });
    const second = await cases.replace({ id: 'a', rank: 2 }, first.version);
    expect(second.version).not.toBe(first.version);
    await expect(cases.replace({ id: 'a', rank: 3 }, first.version)).rejects.toThrow(VersionConflict);
    await expect(cases.remove('a', first.version)).rejects.toThrow(VersionConflict);
    expect(await cases.get('a')).toEqual(second);
    await cases.remove('a', second.version);
    expect(await cases.get('a')).toBeUndefined();
    await expect(cases.replace({ id: 'a', rank: 4 }, second.version)).rejects.toThrow(VersionConflict);
    await expect(cases.remove('a', second.version)).rejects.toThrow(VersionConflict);
    await expect(cases.replace({ id: 'never', rank: 4 }, 'x')).rejects.toMatchObject({ id: 'never' });
    expect(await cases.count()).toBe(0);
  });

  test('a version never comes back, not even with the same document under the same id', async () => {
    const cases = await stage.collection();
    const versions = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const first = await cases.insert({ id: 'a', rank: 1 });
      const second = await cases.replace({ id: 'a', rank: 1 }, first.version);
      await cases.remove('a', second.version);
      versions.add(first.version).add(second.version);
    }
    expect(versions.size).toBe(40);
  });

  test('of many that replace one version at once, one does', async () => {
    const cases = await stage.collection();
    const { version } = await cases.insert({ id: 'a', rank: -1 });
    const tries = Array.from({ length: 50 }, (_, rank) =>
      cases.replace({ id: 'a', rank }, version, [aMessage(`m${rank}`)]),
    );
    const results = await Promise.allSettled(tries);
    const won = results.filter(({ status }) => status === 'fulfilled');
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(won).toHaveLength(1);
    expect(lost.every((reason) => reason instanceof VersionConflict)).toBe(true);
    expect((await cases.pending(100)).map(({ id }) => id)).toEqual([`m${(await cases.get('a'))?.document.rank}`]);
  });

  test('of 1,000 that claim 10 strings at once, 10 succeed and the others leave no trace', async () => {
    const cases = await stage.collection();
    const claim = (nth: number) => ({ id: `case ${nth}`, claims: [`of case ${nth}`, `slot ${nth % 10}`] });
    const inserts = Array.from({ length: 1000 }, (_, nth) => cases.insert(claim(nth), [aMessage(`m${nth}`)]));
    const results = await Promise.allSettled(inserts);
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.document] : []));
    const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(won.map(({ claims }) => claims?.[1]).sort()).toEqual(
      Array.from({ length: 10 }, (_, slot) => `slot ${slot}`),
    );
    expect(lost.every((reason) => reason instanceof Duplicate && reason.path === 'claims')).toBe(true);
    expect(await cases.count()).toBe(10);
    expect(await cases.pending(1000)).toHaveLength(10);
    const winners = new Set(won.map(({ id }) => `of ${id}`));
    const free = Array.from({ length: 1000 }, (_, nth) => `of case ${nth}`).filter((string) => !winners.has(string));
    await cases.insert({ id: 'late', claims: free });
  });

  test('collections do not see each other; a dropped one begins anew', async () => {
    const [one, other] = [await stage.collection(), await stage.collection()];
    await one.insert({ id: 'a', claims: ['room 1'] }, [aMessage('m1')]);
    await other.insert({ id: 'a', claims: ['room 1'] }, [aMessage('m1')]);
    await stage.database.drop(one.definition.name);
    const again = await stage.collection(one.definition);
    expect([await again.count(), await other.count()]).toEqual([0, 1]);
    expect([await again.pending(9), await other.pending(9)]).toEqual([[], [aMessage('m1')]]);
    await again.insert({ id: 'a', claims: ['room 1'] });
    await stage.database.drop('contract.never-made');
  });

  test('the same definition may be opened again; one that gained a field and a set finds the old documents by them', async () => {
    const before = await stage.collection({ fields: ['state'], sets: {}, indexes: [] });
    await before.insert({ id: 'a', state: 'open', rank: 7, claims: ['room 1'] });
    await before.insert({ id: 'b', state: 'open' });
    await stage.collection(before.definition);
    const after = await stage.collection({ name: before.definition.name });
    expect(await found(after, { rank: 7 })).toEqual(['a']);
    expect(await found(after, { rank: null })).toEqual(['b']);
    expect(await found(after, { claims: { all: ['room 1'] } })).toEqual(['a']);
    await expect(after.insert({ id: 'c', claims: ['room 1'] })).rejects.toThrow(Duplicate);
    await before.insert({ id: 'd', state: 'open', rank: 7 });
    expect(await found(after, { rank: 7 })).toEqual(['a', 'd']);
  });

  test('a definition that no engine could hold is refused', async () => {
    await expect(stage.collection({ name: 'cases"; DROP' })).rejects.toThrow(TypeError);
    await expect(stage.collection({ fields: ['$where'] })).rejects.toThrow(TypeError);
    await expect(stage.collection({ fields: ['a', 'a'] })).rejects.toThrow(TypeError);
    await expect(stage.collection({ indexes: [['never declared']] })).rejects.toThrow(TypeError);
  });
}
