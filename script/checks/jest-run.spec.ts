import { countTests, type Report } from './jest-run';
import { root } from './command';
import { failed, passed, skippedLines, sum } from './outcome';

type File = Report['testResults'][number];
const test1 = (fullName: string, status: string): File['assertionResults'][number] => ({ fullName, status });
const file = (status: File['status'], assertionResults: File['assertionResults']): File => ({
  name: `${root}/libs/a.spec.ts`,
  message: '',
  status,
  assertionResults,
});
const count = (...testResults: readonly File[]): ReturnType<typeof countTests> => countTests('unit', { testResults });

test('each test counts one', () => {
  const { passed, failures } = count(file('failed', [test1('adds', 'passed'), test1('takes', 'failed')]));
  expect(passed).toBe(1);
  expect(failures).toEqual(['libs/a.spec.ts: takes']);
});

test('a suite that fails to run counts as failed', () => {
  expect(count(file('failed', [])).failures).toEqual(['libs/a.spec.ts: the suite failed to run']);
  const brokenAfterwards = count(file('failed', [test1('adds', 'passed')]));
  expect(brokenAfterwards).toMatchObject({ passed: 1, failures: ['libs/a.spec.ts: the suite failed to run'] });
});

test('a skip with a reason is a skip, one without is a failure', () => {
  const { passed, failures, skips } = count(
    file('passed', [
      test1('Kafka [skipped: KAFKA_URL is not set (see README)] appends', 'pending'),
      test1('adds', 'pending'),
    ]),
    file('passed', [test1('later', 'todo')]),
  );
  expect(passed).toBe(0);
  expect(skips.map(({ reason }) => reason)).toEqual(['KAFKA_URL is not set (see README)']);
  expect(failures).toHaveLength(2);
});

test('the last line', () => {
  const outcomes = [passed('format'), failed('lint', 'x'), count(file('passed', [test1('adds', 'passed')]))];
  expect(sum(outcomes)).toEqual({ line: '2 passed, 1 failed', ok: false });
  const skipped = count(file('passed', [test1('a [skipped: b]', 'pending')]));
  expect(sum([passed('format'), skipped])).toEqual({ line: '1 passed, 0 failed, 1 skipped', ok: true });
});

test('what a suite lacks is said once, and of a single test by its name', () => {
  const skips = [
    ...['a', 'b'].map((name) => ({ test: `libs/kafka.it.spec.ts: ${name}`, reason: 'no broker' })),
    { test: 'libs/ip.it.spec.ts: IPv6: binds', reason: 'no IPv6' },
  ];
  expect(skippedLines(skips)).toEqual([
    'libs/kafka.it.spec.ts: 2 tests — no broker',
    'libs/ip.it.spec.ts: IPv6: binds — no IPv6',
  ]);
});
