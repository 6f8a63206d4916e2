import { Duplicate, VersionConflict, type Outgoing } from '../port';
import { aMessage, type Stage } from './stage';

const ids = (messages: readonly Outgoing[]): string[] => messages.map(({ id }) => id);

export function outgoingContract(stage: Stage): void {
  test('messages wait as they were saved, oldest save first, in order within a document', async () => {
    const cases = await stage.collection();
    const full = aMessage('m1', {
      partition: 3,
      headers: { type: 'Released', 'x-y': '值' },
      value: { list: [1, null, '川'] },
    });
    const a = await cases.insert({ id: 'z' }, [full, aMessage('m0', { value: null })]);
    await cases.insert({ id: 'y' });
    await cases.insert({ id: 'x' }, [aMessage('m3')]);
    await cases.replace({ id: 'z' }, a.version, [aMessage('m9'), aMessage('m2')]);
    expect(await cases.pending(10)).toEqual([
      full,
      aMessage('m0', { value: null }),
      aMessage('m3'),
      aMessage('m9'),
      aMessage('m2'),
    ]);
    expect(ids(await cases.pending(2))).toEqual(['m1', 'm0']);
    await expect(cases.pending(0)).rejects.toThrow(RangeError);
  });

  test('saves that were begun in an order leave in that order', async () => {
    const cases = await stage.collection();
    const saves = Array.from({ length: 200 }, (_, nth) => cases.insert({ id: `${999 - nth}` }, [aMessage(`m${nth}`)]));
    await Promise.all(saves);
    expect(ids(await cases.pending(1000))).toEqual(saves.map((_, nth) => `m${nth}`));
  });

  test('settled messages are forgotten, the others stay in order, unknown ids are ignored', async () => {
    const cases = await stage.collection();
    await cases.insert(
      { id: 'a' },
      ['m1', 'm2', 'm3', 'm4'].map((id) => aMessage(id)),
    );
    await cases.settle(['m3', 'never', 'm1', 'm1']);
    expect(ids(await cases.pending(10))).toEqual(['m2', 'm4']);
    await cases.settle([]);
    await cases.settle(['m1', 'm2', 'm4']);
    expect(await cases.pending(10)).toEqual([]);
    expect((await cases.get('a'))?.document).toEqual({ id: 'a' });
  });

  test('settling does not disturb a document that is being saved', async () => {
    const cases = await stage.collection();
    const a = await cases.insert({ id: 'a' }, [aMessage('m1')]);
    await cases.settle(['m1']);
    const b = await cases.replace({ id: 'a', rank: 1 }, a.version, [aMessage('m2')]);
    expect(await cases.get('a')).toEqual(b);
    expect(ids(await cases.pending(10))).toEqual(['m2']);
  });

  test('a message is saved if and only if its document is', async () => {
    const cases = await stage.collection();
    const a = await cases.insert({ id: 'a', claims: ['room 1'] });
    await cases.insert({ id: 'b', claims: ['room 2'] });
    const failing = [
      expect(cases.insert({ id: 'a' }, [aMessage('m1')])).rejects.toThrow(Duplicate),
      expect(cases.insert({ id: 'c', claims: ['room 3', 'room 1'] }, [aMessage('m2')])).rejects.toThrow(Duplicate),
      expect(cases.replace({ id: 'a', claims: ['room 2'] }, a.version, [aMessage('m3')])).rejects.toThrow(Duplicate),
      expect(cases.replace({ id: 'a' }, 'other', [aMessage('m4')])).rejects.toThrow(VersionConflict),
    ];
    const succeeding = cases.insert({ id: 'd', claims: ['room 3'] }, [aMessage('m5')]);
    await Promise.all([...failing, succeeding]);
    expect(ids(await cases.pending(10))).toEqual(['m5']);
    expect(await cases.get('a')).toEqual(a);
    expect(await cases.count()).toBe(3);
  });

  test('a save with a message that still waits under the same id is refused as a whole', async () => {
    const cases = await stage.collection();
    const a = await cases.insert({ id: 'a' }, [aMessage('m1')]);
    await expect(cases.insert({ id: 'b' }, [aMessage('m2'), aMessage('m1')])).rejects.toThrow(Duplicate);
    await expect(cases.replace({ id: 'a', rank: 1 }, a.version, [aMessage('m1')])).rejects.toThrow(Duplicate);
    expect(await cases.get('a')).toEqual(a);
    expect(await cases.get('b')).toBeUndefined();
    expect(ids(await cases.pending(10))).toEqual(['m1']);
  });

  test('a message without JSON for a value is refused together with its document', async () => {
    const cases = await stage.collection();
    await expect(cases.insert({ id: 'a' }, [aMessage('m1', { value: undefined })])).rejects.toThrow(TypeError);
    expect(await cases.get('a')).toBeUndefined();
  });

  test('messages of a removed document still leave', async () => {
    const cases = await stage.collection();
    const a = await cases.insert({ id: 'a' }, [aMessage('m1')]);
    await cases.remove('a', a.version);
    await cases.insert({ id: 'a' }, [aMessage('m2')]);
    expect(ids(await cases.pending(10))).toEqual(['m1', 'm2']);
    await cases.settle(['m1']);
    expect(ids(await cases.pending(10))).toEqual(['m2']);
  });

  test('a listener is called after saves that brought messages, and only after those', async () => {
    const cases = await stage.collection();
    let calls = 0;
    let called = (): void => undefined;
    const stop = cases.onOutgoing(() => {
      calls += 1;
      called();
    });
    const call = () => new Promise<void>((resolve) => (called = resolve));
    await cases.insert({ id: 'a' });
    await expect(cases.insert({ id: 'a' }, [aMessage('m1')])).rejects.toThrow(Duplicate);
    expect(calls).toBe(0);
    const first = call();
    const b = await cases.insert({ id: 'b' }, [aMessage('m1')]);
    await first;
    const second = call();
    await cases.replace({ id: 'b' }, b.version, [aMessage('m2')]);
    await second;
    expect(calls).toBe(2);

    stop();
    const other = new Promise<void>((resolve) => cases.onOutgoing(resolve));
    await cases.insert({ id: 'c' }, [aMessage('m3')]);
    await other;
    expect(calls).toBe(2);
  });
}
