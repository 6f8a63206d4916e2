import type { Party } from '../contract-suite';
import { Poison } from '../port';
import { keysOfOnePartition, recorder } from './harness';

/** What becomes of the records behind a dead one, and how all of them come back. */
export function lettersContract(party: () => Party): void {
  /** A subscriber to whom `dead` is poison until it is mended. */
  function mendable(dead: string) {
    let isMended = false;
    const { seen, handle } = recorder(({ key, value }) => {
      if (!isMended && `${key} ${String(value)}` === dead) throw new Poison('broken');
    });
    return { seen, handle, mend: () => (isMended = true) };
  }

  test('later records of a dead key are parked behind it, those of others are not', async () => {
    const { bench } = party();
    const [key, other] = keysOfOnePartition(2);
    const { seen, handle } = mendable(`${key} 2`);
    const running = await bench.subscribe(handle);
    await bench.append([key, 1], [key, 2], [key, 3], [other, 1]);
    await running.drained();
    await bench.append([key, 4], [other, 2]);
    await running.drained();
    expect(seen.filter((each) => each.startsWith(`${key} `))).toEqual([`${key} 1`, `${key} 2`]);
    expect(seen.filter((each) => each.startsWith(`${other} `))).toEqual([`${other} 1`, `${other} 2`]);
    expect(await bench.letters()).toEqual([`${key} 2 dead`, `${key} 3 parked`, `${key} 4 parked`]);
    expect(await bench.log.deadLetters(bench.group, { limit: 2 })).toHaveLength(2);
    expect(await bench.log.countLetters(bench.group)).toEqual({ dead: 1, parked: 2 });
    expect(await bench.log.deadLetters(`${bench.group}.other`)).toEqual([]);
    expect(await bench.log.countLetters(`${bench.group}.other`)).toEqual({ dead: 0, parked: 0 });
  });

  test('a dead key stays parked after the log is opened again, and can be redriven there', async () => {
    const { bench, reopen } = party();
    if (!reopen) return;
    await (await bench.subscribe(mendable('a 1').handle)).drained();
    await bench.append(['a', 1], ['a', 2]);
    const running = await bench.subscribe(mendable('a 1').handle);
    await running.drained();
    await reopen();
    const { seen, handle } = recorder();
    const after = await bench.subscribe(handle);
    await bench.append(['a', 3]);
    await after.drained();
    expect(seen).toEqual([]);
    expect(await bench.letters()).toEqual(['a 1 dead', 'a 2 parked', 'a 3 parked']);
    await bench.log.redrive(bench.group, 'a');
    await after.drained();
    expect(seen).toEqual(['a 1', 'a 2', 'a 3']);
    expect(await bench.letters()).toEqual([]);
  });

  test('a redrive hands out the dead and the parked in order, then the key goes on; twice is harmless', async () => {
    const { bench } = party();
    const { seen, handle, mend } = mendable('a 1');
    const running = await bench.subscribe(handle);
    await bench.append(['a', 1], ['a', 2], ['a', 3]);
    await running.drained();
    mend();
    await Promise.all([bench.log.redrive(bench.group, 'a'), bench.log.redrive(bench.group, 'a')]);
    await bench.append(['a', 4]);
    await running.drained();
    await bench.log.redrive(bench.group, 'a');
    await bench.log.redrive(bench.group, 'never seen');
    await bench.append(['a', 5]);
    await running.drained();
    expect(seen).toEqual(['a 1', 'a 1', 'a 2', 'a 3', 'a 4', 'a 5']);
    expect(await bench.letters()).toEqual([]);
  });

  test('a redrive asked for while nobody subscribes is carried out by who comes next', async () => {
    const { bench } = party();
    const before = await bench.subscribe(mendable('a 1').handle);
    await bench.append(['a', 1], ['a', 2]);
    await before.drained();
    await before.stop();
    await bench.log.redrive(bench.group, 'a');
    const { seen, handle } = recorder();
    const after = await bench.subscribe(handle);
    await bench.append(['a', 3]);
    await after.drained();
    expect(seen).toEqual(['a 1', 'a 2', 'a 3']);
    expect(await bench.letters()).toEqual([]);
  });

  test('a redrive that fails leaves the letters as they were, with the new reason', async () => {
    const { bench } = party();
    let reason = 'first';
    const { seen, handle } = recorder(({ value }) => {
      if (value === 1) throw new Poison(reason);
    });
    const running = await bench.subscribe(handle);
    await bench.append(['a', 1], ['a', 2]);
    await running.drained();
    reason = 'second';
    await bench.log.redrive(bench.group, 'a');
    await running.drained();
    expect(seen).toEqual(['a 1', 'a 1']);
    expect(await bench.letters()).toEqual(['a 1 dead', 'a 2 parked']);
    expect((await bench.log.deadLetters(bench.group))[0]?.reason).toContain('second');
    await bench.append(['a', 3]);
    await running.drained();
    expect(await bench.letters()).toEqual(['a 1 dead', 'a 2 parked', 'a 3 parked']);
  });

  test('a redrive that fails half-way keeps what is behind the new dead one', async () => {
    const { bench } = party();
    const dead = new Set<unknown>([1]);
    const { seen, handle } = recorder(({ value }) => {
      if (dead.has(value)) throw new Poison('broken');
    });
    const running = await bench.subscribe(handle);
    await bench.append(['a', 1], ['a', 2], ['a', 3]);
    await running.drained();
    dead.clear();
    dead.add(2);
    await bench.log.redrive(bench.group, 'a');
    await running.drained();
    expect(seen).toEqual(['a 1', 'a 1', 'a 2']);
    expect(await bench.letters()).toEqual(['a 2 dead', 'a 3 parked']);
    dead.clear();
    await bench.log.redrive(bench.group, 'a');
    await running.drained();
    expect(seen).toEqual(['a 1', 'a 1', 'a 2', 'a 2', 'a 3']);
  });

  test('a long row of parked records comes back whole and in order', async () => {
    const { bench } = party();
    const { seen, handle, mend } = mendable('a 0');
    const running = await bench.subscribe(handle);
    const row = Array.from({ length: 250 }, (_, n) => `a ${n}`);
    await bench.append(...row.map((_, n) => ['a', n] as const));
    await running.drained();
    mend();
    await bench.log.redrive(bench.group, 'a');
    await running.drained();
    expect(seen).toEqual(['a 0', ...row]);
  });
}
