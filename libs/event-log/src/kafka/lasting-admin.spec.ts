import type { Admin } from 'kafkajs';
import { LogUnavailable } from '../port';
import { LastingAdmin } from './lasting-admin';

/** Clients of which only these answer. */
const lasting = (...answers: readonly boolean[]) => {
  const made: { readonly n: number; readonly disconnect: jest.Mock }[] = [];
  const admin = new LastingAdmin(async () => {
    const n = made.length;
    made.push({ n, disconnect: jest.fn(async () => undefined) });
    if (answers[n] === undefined) throw new Error('connect ECONNREFUSED');
    const listTopics = async () => {
      if (!answers[n]) throw new Error('Broker not connected');
      return [`of client ${n}`];
    };
    return { listTopics, disconnect: made[n]?.disconnect } as unknown as Admin;
  });
  return { made, admin, ask: () => admin.ask((each) => each.listTopics()) };
};

test('one client is asked as long as it answers', async () => {
  const { ask, made, admin } = lasting(true);
  expect([await ask(), await ask()]).toEqual([['of client 0'], ['of client 0']]);
  expect(made).toHaveLength(1);
  await admin.disconnect();
  expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
});
test('one that has lost its broker is replaced, once for all who asked it', async () => {
  const { ask, made } = lasting(false, true);
  const all = await Promise.allSettled([ask(), ask(), ask()]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await ask()).toEqual(['of client 1']);
  expect(made).toHaveLength(2);
  expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
});
test('one that did not even connect is made again for the next question', async () => {
  const { ask, made } = lasting();
  await expect(ask()).rejects.toThrow('ECONNREFUSED');
  await expect(ask()).rejects.toThrow('ECONNREFUSED');
  expect(made).toHaveLength(2);
});
test('one that does not answer at all is replaced', async () => {
  jest.useFakeTimers();
  try {
    const { admin, made, ask } = lasting(true, true);
    const hanging = expect(admin.ask(() => new Promise(() => undefined))).rejects.toThrow(LogUnavailable);
    await jest.advanceTimersByTimeAsync(61_000);
    await hanging;
    expect(await ask()).toEqual(['of client 1']);
    expect(made[0]?.disconnect).toHaveBeenCalledTimes(1);
  } finally {
    jest.useRealTimers();
  }
});
test('what the cluster answers changes nothing', async () => {
  const { admin, ask, made } = lasting(true);
  await expect(admin.ask(async () => Promise.reject(new Error('TOPIC_AUTHORIZATION_FAILED')))).rejects.toThrow();
  expect(await ask()).toEqual(['of client 0']);
  expect(made).toHaveLength(1);
});
