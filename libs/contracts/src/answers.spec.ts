import { answerOf, LimitedWork, within } from './answers';

test('work is excused while it waits for an answer, and once after it got one', async () => {
  const work = new LimitedWork();
  let answer: (value: string) => void = () => undefined;
  const done = work.run(async () => {
    await Promise.resolve();
    return await answerOf(new Promise<string>((resolve) => (answer = resolve)));
  });
  expect(work.isExcused()).toBe(false);
  await Promise.resolve();
  expect([work.isExcused(), work.isExcused()]).toEqual([true, true]);
  answer('here');
  await expect(done).resolves.toBe('here');
  expect([work.isExcused(), work.isExcused()]).toEqual([true, false]);
});

test('an answer that is a failure is an answer', async () => {
  const work = new LimitedWork();
  await expect(work.run(() => answerOf(Promise.reject(new Error('away'))))).rejects.toThrow('away');
  expect([work.isExcused(), work.isExcused()]).toEqual([true, false]);
});

test('each work has its own excuse; what nobody limits needs none', async () => {
  const [one, other] = [new LimitedWork(), new LimitedWork()];
  await Promise.all([one.run(() => answerOf(Promise.resolve())), other.run(() => Promise.resolve())]);
  expect([one.isExcused(), other.isExcused()]).toEqual([true, false]);
  await expect(answerOf(Promise.resolve(1))).resolves.toBe(1);
});

test('an answer in time is given, one that is late is what is said or thrown instead', async () => {
  const never = new Promise<string>(() => undefined);
  expect(await within(1000, Promise.resolve('in time'), () => 'late')).toBe('in time');
  expect(await within(1, never, () => 'late')).toBe('late');
  await expect(
    within(1, never, () => {
      throw new RangeError('late');
    }),
  ).rejects.toThrow(RangeError);
  await expect(within(1000, Promise.reject(new TypeError('refused')), () => 'late')).rejects.toThrow(TypeError);
});
