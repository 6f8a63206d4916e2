import { answerOf } from '@chuanyu/contracts';
import type { Party } from '../contract-suite';
import { LogUnavailable, NotYet, Poison } from '../port';
import { gate, keysOfOnePartition, recorder, until } from './harness';

/** Repetition, poison, hanging, waiting: and only the key itself is held up. */
export function failureContract(party: () => Party): void {
  test('a failing record is tried again as often as said, with growing pauses, and ends well if it can', async () => {
    const { bench } = party();
    const at: number[] = [];
    const running = await bench.subscribe(
      async () => {
        at.push(performance.now());
        if (at.length < 4) throw new Error('database away');
      },
      { tries: 4, backoff: 20 },
    );
    await bench.append(['a', 1]);
    await running.drained();
    expect(at).toHaveLength(4);
    const pauses = at.slice(1).map((time, n) => time - (at[n] ?? 0));
    // Timers may fire a millisecond early.
    [20, 40, 80].forEach((least, n) => expect(pauses[n]).toBeGreaterThan(least - 2));
    expect(await bench.letters()).toEqual([]);
  });

  test('a record that never succeeds is dead after its tries, with the cause', async () => {
    const { bench } = party();
    const { seen, handle } = recorder(() => {
      throw new Error('no such form', { cause: new TypeError('undefined is not a date') });
    });
    const running = await bench.subscribe(handle, { tries: 3 });
    await bench.log.append([{ topic: bench.topic, key: 'a', headers: { kind: 'event' }, value: { form: 1 } }]);
    await running.drained();
    expect(seen).toHaveLength(3);
    const letters = await bench.log.deadLetters(bench.group);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      group: bench.group,
      parked: false,
      record: { topic: bench.topic, key: 'a', headers: { kind: 'event' }, value: { form: 1 } },
    });
    expect(letters[0]?.reason).toContain('no such form');
    expect(letters[0]?.reason).toContain('undefined is not a date');
  });

  test('Poison, as for a bad schema, is dead at once', async () => {
    const { bench } = party();
    const { seen, handle } = recorder(() => {
      throw new Poison('does not match its schema');
    });
    const running = await bench.subscribe(handle);
    await bench.append(['a', 1]);
    await running.drained();
    expect(seen).toHaveLength(1);
    expect((await bench.log.deadLetters(bench.group))[0]?.reason).toContain('does not match its schema');
  });

  test('a handler that hangs is given up at its limit and its record not repeated', async () => {
    const { bench } = party();
    const { seen, handle } = recorder(() => new Promise(() => undefined));
    const running = await bench.subscribe(handle, { handlerLimit: 50 });
    await bench.append(['a', 1]);
    await running.drained();
    expect(seen).toEqual(['a 1']);
    expect(await bench.letters()).toEqual(['a 1 dead']);
    expect((await bench.log.deadLetters(bench.group))[0]?.reason).toMatch(/no answer in 50 ms/);
  });

  test('the time for which log or database owe an answer is not the handler’s', async () => {
    const { bench } = party();
    const door = gate();
    const { seen, handle } = recorder(async ({ key }) => {
      await answerOf(key === 'slow' ? door.opened : Promise.resolve());
      if (key === 'hanging') await new Promise(() => undefined);
    });
    const running = await bench.subscribe(handle, { handlerLimit: 50 });
    await bench.append(['slow', 1], ['hanging', 1]);
    await until(async () => (await bench.letters()).length > 0, 'the one that hangs of its own');
    const begun = performance.now();
    await until(() => performance.now() - begun > 200, 'four times the limit');
    door.open();
    await running.drained();
    expect(seen.toSorted()).toEqual(['hanging 1', 'slow 1']);
    expect(await bench.letters()).toEqual(['hanging 1 dead']);
  });

  test('a value that is not JSON is dead without being handled', async () => {
    const { bench, appendText } = party();
    if (!appendText) return;
    const { seen, handle } = recorder();
    const running = await bench.subscribe(handle);
    await appendText(bench.topic, 'a', '{"half":');
    await bench.append(['b', 1]);
    await running.drained();
    expect(seen).toEqual(['b 1']);
    const [letter] = await bench.log.deadLetters(bench.group);
    expect(letter).toMatchObject({ parked: false, record: { key: 'a', value: '{"half":' } });
    expect(letter?.reason).toContain('JSON');
  });

  test('while one key fails, hangs or waits, the others go on', async () => {
    const { bench } = party();
    const [bug, hanging, early, ...others] = keysOfOnePartition(23);
    const door = gate();
    const { seen, handle } = recorder(async ({ key }) => {
      if (key === bug) throw new Error('a bug');
      if (key === hanging) await door.opened;
      if (key === early) throw new NotYet('no clause');
    });
    await bench.subscribe(handle, { tries: 100, backoff: 200, handlerLimit: 60_000 });
    await bench.append([bug, 0], [hanging, 0], [early, 0], ...others.map((key) => [key, 1] as const));
    await until(() => others.every((key) => seen.includes(`${key} 1`)), 'the other keys');
    expect(await bench.letters()).toEqual([]);
    door.open();
  });

  test('what is away is waited for beyond any number of tries, and holds up only its key', async () => {
    const { bench } = party();
    const [waiting, other] = keysOfOnePartition(2);
    let isBack = false;
    const { seen, handle } = recorder(({ key }) => {
      if (key === waiting && !isBack) throw new Error('not saved', { cause: new LogUnavailable('ECONNREFUSED') });
    });
    const running = await bench.subscribe(handle, { tries: 2, backoff: 1 });
    await bench.append([waiting, 1], [waiting, 2], [other, 1]);
    await until(() => seen.filter((each) => each === `${waiting} 1`).length > 4, 'five attempts');
    await until(() => seen.includes(`${other} 1`), 'the other key');
    isBack = true;
    await running.drained();
    expect(seen.slice(-2)).toEqual([`${waiting} 1`, `${waiting} 2`]);
    expect(await bench.letters()).toEqual([]);
  });

  test('NotYet waits beyond any number of tries, keeps its order, and holds up only its key', async () => {
    const { bench } = party();
    const [early, other] = keysOfOnePartition(2);
    let isReady = false;
    const { seen, handle } = recorder(({ key }) => {
      if (key === early && !isReady) throw new NotYet('no clause');
    });
    const running = await bench.subscribe(handle, { tries: 2, backoff: 1 });
    await bench.append([early, 1], [early, 2], [other, 1]);
    let isDrained = false;
    const drained = running.drained().then(() => (isDrained = true));
    await until(() => seen.filter((each) => each === `${early} 1`).length > 4, 'five attempts');
    expect(seen).toContain(`${other} 1`);
    expect(seen).not.toContain(`${early} 2`);
    expect(isDrained).toBe(false);
    isReady = true;
    await drained;
    expect(seen.at(-1)).toBe(`${early} 2`);
    expect(await bench.letters()).toEqual([]);
  });

  test('more waiting keys than may be in hand do not stop the others', async () => {
    const { bench } = party();
    const keys = keysOfOnePartition(12);
    const last = keys.at(-1) ?? '';
    let isReady = false;
    const { seen, handle } = recorder(({ key }) => {
      if (key !== last && !isReady) throw new NotYet('no clause');
    });
    const running = await bench.subscribe(handle, { parallel: 2, backoff: 50 });
    await bench.append(...keys.map((key) => [key, 1] as const));
    await until(() => seen.includes(`${last} 1`), 'the key that need not wait');
    isReady = true;
    await running.drained();
    expect(new Set(seen).size).toBe(12);
  });

  test('what waits at a crash is delivered again', async () => {
    const { bench, reopen } = party();
    if (!reopen) return;
    const before = recorder(({ key }) => {
      if (key === 'early') throw new NotYet('no clause');
    });
    await bench.subscribe(before.handle);
    await bench.append(['early', 1], ['other', 1]);
    await until(() => before.seen.includes('early 1') && before.seen.includes('other 1'), 'both tried');
    await reopen();
    const after = recorder();
    await (await bench.subscribe(after.handle)).drained();
    expect(after.seen).toContain('early 1');
  });
}
