import type { Party } from '../contract-suite';
import { partitionOf } from '../partition';
import { PARTITIONS, type LogRecord } from '../port';
import { gate, keysOfOnePartition, random, recorder, until } from './harness';

/** Order, partitions, groups, positions, orderly ends. */
export function deliveryContract(party: () => Party): void {
  test('records of a key are handled in the order appended, one at a time, several keys at once', async () => {
    const { bench } = party();
    const chance = random(7);
    const keys = keysOfOnePartition(10);
    const inHand = new Set<string>();
    let most = 0;
    const handled = new Map<string, unknown[]>(keys.map((key) => [key, []]));
    const running = await bench.subscribe(async ({ key, value }) => {
      expect(inHand).not.toContain(key);
      inHand.add(key);
      most = Math.max(most, inHand.size);
      await new Promise((resolve) => setTimeout(resolve, chance() * 3));
      inHand.delete(key);
      handled.get(key)?.push(value);
    });
    for (let n = 0; n < 20; n++) await bench.append(...keys.map((key) => [key, n] as const));
    await running.drained();
    for (const key of keys) expect(handled.get(key)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(most).toBeGreaterThan(1);
    expect(await bench.letters()).toEqual([]);
  });

  test('no more keys are in hand than said', async () => {
    const { bench } = party();
    let inHand = 0;
    let most = 0;
    const running = await bench.subscribe(
      async () => {
        most = Math.max(most, ++inHand);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inHand--;
      },
      { parallel: 3 },
    );
    await bench.append(...keysOfOnePartition(30).map((key) => [key, 1] as const));
    await running.drained();
    expect(most).toBe(3);
  });

  test('the key decides the partition as Kafka would, unless one is named', async () => {
    const { bench } = party();
    const keys = ['案件-1', 'b', '', '510101-2026-0001'];
    const at = new Map<string, number>();
    const running = await bench.subscribe(async ({ key, partition }) => void at.set(key, partition));
    await bench.append(...keys.map((key) => [key, 1] as const));
    await bench.log.append([{ topic: bench.topic, key: 'fence', partition: 7, value: 1 }]);
    await running.drained();
    for (const key of keys) expect(at.get(key)).toBe(partitionOf(key, PARTITIONS));
    expect(at.get('fence')).toBe(7);
    await expect(
      bench.log.append([{ topic: bench.topic, key: 'fence', partition: PARTITIONS, value: 1 }]),
    ).rejects.toThrow();
  });

  test('a record comes as it was appended: headers, Unicode, 256 KB', async () => {
    const { bench } = party();
    const values: readonly (readonly [key: string, value: unknown])[] = [
      ['案件·川渝 𠮷 👩‍⚖️', { name: '张·三', deep: [null, true, -0.5, { 空: '' }] }],
      ['line\nbreak\u0000nul', 'null \u0000 and \u2028 and \ud800 alone'],
      ['big', '汉'.repeat(85_000)],
      ['nothing', null],
    ];
    const got = new Map<string, LogRecord>();
    const running = await bench.subscribe(async (record) => void got.set(record.key, record));
    await bench.log.append(
      values.map(([key, value]) => ({ topic: bench.topic, key, value, headers: { kind: '事件', epoch: '3' } })),
    );
    await running.drained();
    for (const [key, value] of values)
      expect(got.get(key)).toMatchObject({
        topic: bench.topic,
        key,
        value,
        headers: { kind: '事件', epoch: '3' },
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
    expect(got.size).toBe(values.length);
  });

  test('what is not JSON, and a topic that was not declared, are refused', async () => {
    const { bench } = party();
    await expect(bench.append(['a', undefined])).rejects.toThrow();
    await expect(bench.log.append([{ topic: `${bench.topic}.missing`, key: 'a', value: 1 }])).rejects.toThrow();
    await expect(bench.log.append([])).resolves.toBeUndefined();
  });

  test('appends that do not wait for each other stay in the order of their calls', async () => {
    const { bench } = party();
    const other = `${bench.topic}.other`;
    await bench.log.declare([{ name: other }]);
    const { seen, handle } = recorder();
    const running = await bench.subscribe(handle, { topics: [bench.topic, other] });
    const calls = Array.from({ length: 100 }, (_, n) =>
      bench.log.append([
        ...(n % 3 === 0 ? [{ topic: other, key: 'b', value: n }] : []),
        { topic: bench.topic, key: 'a', value: n },
      ]),
    );
    await Promise.all(calls);
    await running.drained();
    const of = (key: string) => seen.filter((each) => each.startsWith(key)).map((each) => Number(each.slice(2)));
    const all = Array.from({ length: 100 }, (_, n) => n);
    expect([of('a'), of('b')]).toEqual([all, all.filter((n) => n % 3 === 0)]);
  });

  test('a subscriber that could take no more goes on when it can, and misses nothing', async () => {
    const { bench } = party();
    const door = gate();
    const { seen, handle } = recorder(() => door.opened);
    const running = await bench.subscribe(handle, { handlerLimit: 60_000 });
    const row = Array.from({ length: 6000 }, (_, n) => n);
    for (let from = 0; from < row.length; from += 1000)
      await bench.append(...row.slice(from, from + 1000).map((n) => ['a', n] as const));
    await until(() => seen.length === 1, 'the first in hand');
    door.open();
    await running.drained();
    expect(seen).toEqual(row.map((n) => `a ${n}`));
  });

  test('declaring twice harms nothing', async () => {
    const { bench } = party();
    await bench.append(['a', 1]);
    await bench.log.declare([{ name: bench.topic }]);
    const { seen, handle } = recorder();
    await (await bench.subscribe(handle)).drained();
    expect(seen).toEqual(['a 1']);
  });

  test('a new group begins at the beginning or the end; one that was here goes on where it was', async () => {
    const { bench } = party();
    await bench.append(['a', 1]);
    const [all, late, again] = [recorder(), recorder(), recorder()];
    const first = await bench.subscribe(all.handle);
    const second = await bench.subscribe(late.handle, { group: `${bench.group}.late`, from: 'end' });
    await bench.append(['a', 2]);
    await Promise.all([first.drained(), second.drained()]);
    expect(all.seen).toEqual(['a 1', 'a 2']);
    expect(late.seen).toEqual(['a 2']);
    await second.stop();
    await bench.append(['a', 3]);
    const third = await bench.subscribe(again.handle, { group: `${bench.group}.late`, from: 'end' });
    await third.drained();
    expect(again.seen).toEqual(['a 3']);
  });

  test('a group may have several subscriptions on different topics', async () => {
    const { bench } = party();
    const other = `${bench.topic}.other`;
    await bench.log.declare([{ name: other }]);
    const [one, two] = [recorder(), recorder()];
    const first = await bench.subscribe(one.handle);
    const second = await bench.subscribe(two.handle, { topics: [other] });
    await bench.append(['a', 1]);
    await bench.log.append([{ topic: other, key: 'a', value: 2 }]);
    await Promise.all([first.drained(), second.drained()]);
    expect([one.seen, two.seen]).toEqual([['a 1'], ['a 2']]);
  });

  test('drained resolves when all is handled, and not before', async () => {
    const { bench } = party();
    const door = gate();
    const { seen, handle } = recorder(() => door.opened);
    const running = await bench.subscribe(handle);
    await running.drained();
    await bench.append(['a', 1], ['b', 1], ['a', 2]);
    let isDrained = false;
    const drained = running.drained().then(() => (isDrained = true));
    await until(() => seen.length === 2, 'both keys in hand');
    expect(isDrained).toBe(false);
    door.open();
    await drained;
    expect([...seen].sort()).toEqual(['a 1', 'a 2', 'b 1']);
  });

  test('stopping lets what is in hand end and repeats nothing', async () => {
    const { bench } = party();
    const door = gate();
    const [a, b, c] = keysOfOnePartition(3);
    const before = recorder(() => door.opened);
    const running = await bench.subscribe(before.handle, { parallel: 2 });
    await bench.append([a, 1], [a, 2], [b, 1], [b, 2], [c, 1]);
    await until(() => before.seen.length === 2, 'two in hand');
    const stopped = running.stop();
    door.open();
    await stopped;
    // What lies before the last record begun ends too, or that one would be delivered again.
    expect([...before.seen].sort()).toEqual([`${a} 1`, `${a} 2`, `${b} 1`].sort());
    const after = recorder();
    await (await bench.subscribe(after.handle)).drained();
    expect([...after.seen].sort()).toEqual([`${b} 2`, `${c} 1`].sort());
  });

  test('what was committed is not delivered after the log is opened again', async () => {
    const { bench, reopen } = party();
    if (!reopen) return;
    await bench.append(['a', 1]);
    await (await bench.subscribe(recorder().handle)).drained();
    await bench.end();
    await reopen();
    await bench.append(['a', 2]);
    const { seen, handle } = recorder();
    await (await bench.subscribe(handle, { from: 'end' })).drained();
    expect(seen).toEqual(['a 2']);
  });

  test('what was in hand at a crash is delivered again, with what follows it', async () => {
    const { bench, reopen } = party();
    if (!reopen) return;
    const door = gate();
    const before = recorder(({ value }) => (value === 2 ? door.opened : undefined));
    const running = await bench.subscribe(before.handle, { handlerLimit: 60_000 });
    await bench.append(['a', 1]);
    await running.drained();
    await bench.append(['a', 2], ['a', 3]);
    await until(() => before.seen.includes('a 2'), 'the second in hand');
    await reopen();
    const after = recorder();
    await (await bench.subscribe(after.handle)).drained();
    expect(after.seen).toEqual(['a 2', 'a 3']);
    // What the old one still had in hand ends now, and moves nothing.
    door.open();
    await bench.append(['a', 4]);
    await until(() => after.seen.length === 3, 'the new subscriber goes on');
    expect(after.seen).toEqual(['a 2', 'a 3', 'a 4']);
    expect(before.seen).not.toContain('a 4');
  });
}
