import type { Party } from '../contract-suite';
import { eachRecord } from '../each-record';
import { recorder, until } from './harness';

/** Reading without a group, lag, listeners, generation. */
export function readingContract(party: () => Party): void {
  test('reading by cursor gives every record once, in order per key, and goes on later', async () => {
    const { bench } = party();
    const keys = Array.from({ length: 9 }, (_, n) => `案件-${n}`);
    for (let n = 0; n < 5; n++) await bench.append(...keys.map((key) => [key, n] as const));
    const read: string[] = [];
    let after: string | undefined;
    const readOn = async () => {
      for (let pages = 0; pages < 100; pages++) {
        const page = await bench.log.read(bench.topic, { limit: 7, ...(after !== undefined && { after }) });
        expect(page.records.length).toBeLessThanOrEqual(7);
        after = page.next;
        if (page.records.length === 0) return;
        read.push(...page.records.map(({ key, value }) => `${key} ${String(value)}`));
      }
    };
    await readOn();
    expect([...read].sort()).toEqual(keys.flatMap((key) => [0, 1, 2, 3, 4].map((n) => `${key} ${n}`)));
    for (const key of keys)
      expect(read.filter((each) => each.startsWith(`${key} `))).toEqual([0, 1, 2, 3, 4].map((n) => `${key} ${n}`));
    await bench.append(['案件-0', 5]);
    await readOn();
    expect(read.slice(45)).toEqual(['案件-0 5']);
  });

  test('all of a topic, more than a page of it, comes once', async () => {
    const { bench } = party();
    expect(await Array.fromAsync(eachRecord(bench.log, bench.topic))).toEqual([]);
    const numbers = Array.from({ length: 1100 }, (_, n) => n);
    await bench.append(...numbers.map((n) => [`案件-${n % 9}`, n] as const));
    const read = await Array.fromAsync(eachRecord(bench.log, bench.topic));
    expect(read.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(numbers);
  });

  test('lag counts what is not committed, and names the oldest', async () => {
    const { bench } = party();
    const running = await bench.subscribe(recorder().handle);
    await running.drained();
    await running.stop();
    await bench.append(['a', 1], ['a', 2]);
    const [behind, ...others] = (await bench.log.lag(bench.group)).filter((each) => each.behind > 0);
    expect(others).toEqual([]);
    const { records } = await bench.log.read(bench.topic, { limit: 1 });
    expect(behind).toEqual({
      topic: bench.topic,
      partition: records[0]?.partition,
      behind: 2,
      oldest: records[0]?.time,
    });
    await (await bench.subscribe(recorder().handle)).drained();
    await until(
      async () => (await bench.log.lag(bench.group)).every((each) => each.behind === 0 && each.oldest === undefined),
      'no lag',
    );
  });

  test('a listener hears of appends to its topic until it stops listening', async () => {
    const { bench } = party();
    const other = `${bench.topic}.other`;
    await bench.log.declare([{ name: other }]);
    let [heard, heardOther] = [0, 0];
    const stop = bench.log.onAppend(bench.topic, () => heard++);
    const stopOther = bench.log.onAppend(other, () => heardOther++);
    await bench.append(['a', 1]);
    await until(() => heard > 0, 'the listener');
    expect(heardOther).toBe(0);
    stop();
    const before = heard;
    await bench.append(['a', 2]);
    await bench.log.append([{ topic: other, key: 'a', value: 1 }]);
    await until(() => heardOther > 0, 'the other listener');
    expect(heard).toBe(before);
    stopOther();
  });

  test('the generation stays while the log does', async () => {
    const { bench, reopen } = party();
    const generation = await bench.log.generation();
    expect(generation).not.toBe('');
    await bench.append(['a', 1]);
    if (reopen) await reopen();
    expect(await bench.log.generation()).toBe(generation);
  });
}
