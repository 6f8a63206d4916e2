import type { Party } from '../contract-suite';
import { BARRIER, NotYet, Poison, type LogRecord } from '../port';
import { gate, keysOfOnePartition, recorder, until } from './harness';

/** A record with the header `barrier`: behind all before it, before all behind it, in its partition. */
export function barrierContract(party: () => Party): void {
  const fence = (topic: string, partition = 0) => ({
    topic,
    key: 'fence',
    partition,
    headers: { [BARRIER]: '' },
    value: 'x',
  });

  test('a barrier waits for every key before it, and every key behind it waits', async () => {
    const { bench } = party();
    const [a, b, c] = keysOfOnePartition(3);
    const [doorA, doorFence] = [gate(), gate()];
    const { seen, handle } = recorder(async ({ key }) => {
      if (key === a) await doorA.opened;
      if (key === 'fence') await doorFence.opened;
    });
    const running = await bench.subscribe(handle);
    await bench.append([a, 1], [b, 1]);
    await bench.log.append([fence(bench.topic)]);
    await bench.append([b, 2], [c, 1]);
    await until(() => seen.includes(`${b} 1`), 'what is before the barrier');
    doorA.open();
    await until(() => seen.includes('fence x'), 'the barrier');
    expect(seen.slice(0, 2).sort()).toEqual([`${a} 1`, `${b} 1`].sort());
    expect(seen).toHaveLength(3);
    doorFence.open();
    await running.drained();
    expect(seen.slice(3).sort()).toEqual([`${b} 2`, `${c} 1`].sort());
  });

  test('a barrier waits for other keys also where its own key is in hand', async () => {
    const { bench } = party();
    const [a] = keysOfOnePartition(1);
    const [own, other] = [gate(), gate()];
    const { seen, handle } = recorder(({ key, value }) => {
      if (key === a) return other.opened;
      return value === 'own' ? own.opened : undefined;
    });
    const running = await bench.subscribe(handle);
    await bench.log.append([
      { topic: bench.topic, key: 'fence', partition: 0, value: 'own' },
      { topic: bench.topic, key: a, value: 1 },
      fence(bench.topic),
      { topic: bench.topic, key: 'fence', partition: 0, value: 'after' },
    ]);
    await until(() => seen.length === 2, 'both in hand');
    own.open();
    await bench.log.append([{ topic: bench.topic, key: 'probe', partition: 1, value: 1 }]);
    await until(() => seen.includes('probe 1'), 'time for what must not happen');
    expect(seen).not.toContain('fence x');
    other.open();
    await running.drained();
    expect(seen.slice(3)).toEqual(['fence x', 'fence after']);
  });

  test('other partitions do not wait for a barrier', async () => {
    const { bench } = party();
    const door = gate();
    const { seen, handle } = recorder(({ key }) => (key === 'fence' ? door.opened : undefined));
    const running = await bench.subscribe(handle);
    await bench.log.append([fence(bench.topic, 3), { topic: bench.topic, key: 'other', partition: 4, value: 1 }]);
    await until(() => seen.includes('other 1') && seen.includes('fence x'), 'both partitions');
    door.open();
    await running.drained();
  });

  test('a barrier holds between more records than are taken at once, two in a row as well', async () => {
    const { bench } = party();
    const keys = keysOfOnePartition(50);
    const broken: string[] = [];
    let [last, inHand, handled] = [0, 0, 0];
    const running = await bench.subscribe(async ({ key, value, partition }: LogRecord) => {
      if (partition !== 0 || typeof value !== 'number') return;
      if (value < last || (key === 'fence' && inHand > 0))
        broken.push(`${key} ${value} after ${last} beside ${inHand}`);
      last = value;
      inHand++;
      handled++;
      await new Promise((resolve) => setImmediate(resolve));
      inHand--;
    });
    const block = (value: number) =>
      Array.from({ length: 2500 }, (_, n) => ({ topic: bench.topic, key: keys[n % 50] ?? '', value }));
    const at = (value: number) => ({ ...fence(bench.topic), value });
    for (const records of [block(1), [at(2), at(3)], block(4), [at(5)], block(6)]) await bench.log.append(records);
    await running.drained();
    expect(broken).toEqual([]);
    expect(handled).toBe(7503);
  });

  test('a barrier waits for a record that is not ready, and is not kept up by a dead one', async () => {
    const { bench } = party();
    const [early, dead, after] = keysOfOnePartition(3);
    let isReady = false;
    const { seen, handle } = recorder(({ key }) => {
      if (key === early && !isReady) throw new NotYet('no clause');
      if (key === dead) throw new Poison('broken');
    });
    const running = await bench.subscribe(handle);
    await bench.append([early, 1], [dead, 1]);
    await bench.log.append([fence(bench.topic)]);
    await bench.append([after, 1], [dead, 2]);
    await until(() => seen.filter((each) => each === `${early} 1`).length > 3, 'some attempts');
    expect(seen).not.toContain('fence x');
    isReady = true;
    await running.drained();
    expect(seen.slice(-2)).toEqual(['fence x', `${after} 1`]);
    expect(await bench.letters()).toEqual([`${dead} 1 dead`, `${dead} 2 parked`]);
  });

  test('a barrier that is not ready keeps all behind it waiting; a dead one does not', async () => {
    const { bench } = party();
    const [key] = keysOfOnePartition(1);
    let fate: Error | undefined = new NotYet('not readmitted');
    const { seen, handle } = recorder((record) => {
      if (record.key === 'fence' && fate) throw fate;
    });
    const running = await bench.subscribe(handle);
    await bench.log.append([fence(bench.topic)]);
    await bench.append([key, 1]);
    await until(() => seen.length > 3, 'some attempts');
    expect(seen).not.toContain(`${key} 1`);
    fate = new Poison('broken');
    await running.drained();
    expect(seen.at(-1)).toBe(`${key} 1`);
    expect(await bench.letters()).toEqual(['fence x dead']);
    fate = undefined;
    await bench.log.redrive(bench.group, 'fence');
    await running.drained();
    expect(seen.at(-1)).toBe('fence x');
    expect(await bench.letters()).toEqual([]);
  });
}
