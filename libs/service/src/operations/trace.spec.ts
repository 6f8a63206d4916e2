import { goOnIn, inTrace, learnTrace, readTrace, traceNow, traceparentNow, traceparentOf } from './trace';

const GIVEN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

it.each([
  undefined,
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-张三',
])('begins a trace of its own where none is given: %p', (given) => {
  expect(readTrace(given)).toBeUndefined();
  expect(goOnIn(given).trace).toMatch(/^[0-9a-f]{32}$/);
});
it('goes on in a trace, with a span of its own', () => {
  const own = goOnIn(GIVEN);
  expect(own.trace).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(own.span).toMatch(/^(?!00f067aa0ba902b7)[0-9a-f]{16}$/);
  expect(readTrace(traceparentOf(own))).toEqual(own);
});
it('is known wherever the work awaits, and nowhere else', async () => {
  const trace = goOnIn(GIVEN);
  await inTrace(trace, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(traceparentNow()).toBe(traceparentOf(trace));
  });
  expect(traceNow()).toBeUndefined();
});
it('may be learnt under way, by this work alone', async () => {
  const learning = inTrace(undefined, async () => {
    await Promise.resolve();
    learnTrace('nonsense');
    expect(traceNow()).toBeUndefined();
    learnTrace(GIVEN);
    await Promise.resolve();
    return traceNow()?.trace;
  });
  const beside = inTrace(undefined, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return traceNow();
  });
  expect(await learning).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(await beside).toBeUndefined();
  learnTrace(GIVEN);
  expect(traceNow()).toBeUndefined();
});
