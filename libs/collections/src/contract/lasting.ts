import { Duplicate, Unavailable } from '../port';
import { aMessage, CASES, found, type CaseFile, type Stage } from './stage';

export function lastingContract(stage: Stage): void {
  const definition = { name: 'contract.lasting', ...CASES };

  test('documents, versions, claims and messages are there after the database was opened again', async () => {
    const opened = await stage.open();
    try {
      const cases = await opened.database.collection<CaseFile>(definition);
      const a = await cases.insert({ id: 'a', rank: 1, claims: ['room 1'], words: ['张三'] }, [
        aMessage('m1'),
        aMessage('m2'),
      ]);
      await cases.settle(['m1']);
      if (opened.reopen === undefined) return;
      const database = await opened.reopen();
      const again = await database.collection<CaseFile>(definition);
      expect(await again.get('a')).toEqual(a);
      expect(await found(again, { rank: 1, words: { all: ['张三'] } })).toEqual(['a']);
      expect(await again.pending(10)).toEqual([aMessage('m2')]);
      await expect(again.insert({ id: 'b', claims: ['room 1'] })).rejects.toThrow(Duplicate);
      await again.replace({ id: 'a', rank: 2 }, a.version, [aMessage('m3')]);
      expect((await again.pending(10)).map(({ id }) => id)).toEqual(['m2', 'm3']);
    } finally {
      await opened.dispose();
    }
  });

  test('closing finishes what was begun; then nothing answers', async () => {
    const opened = await stage.open();
    try {
      const { database } = opened;
      const cases = await database.collection<CaseFile>(definition);
      await database.ping();
      const a = await cases.insert({ id: 'a' });
      const begun = Promise.all(Array.from({ length: 20 }, (_, nth) => cases.insert({ id: `b${nth}` })));
      await database.close();
      await database.close();
      expect(await begun).toHaveLength(20);
      const closed = [
        () => database.ping(),
        () => database.collection(definition),
        () => database.drop(definition.name),
        () => cases.insert({ id: 'c' }),
        () => cases.replace({ id: 'a' }, a.version),
        () => cases.remove('a', a.version),
        () => cases.get('a'),
        () => cases.find({ limit: 1 }),
        () => cases.values([], { limit: 1 }),
        () => cases.count(),
        () => cases.tally(['state']),
        () => cases.pending(1),
        () => cases.settle(['m1']),
      ];
      for (const call of closed) await expect(call()).rejects.toThrow(Unavailable);
    } finally {
      await opened.dispose();
    }
  });
}
