import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import { LogUnavailable } from '../port';
import type * as Connection from './connection';
import { Member, type MemberHooks } from './member';

/** What a member sees of kafkajs; it says nothing by itself. */
class FakeConsumer extends EventEmitter {
  readonly events = { HEARTBEAT: 'beat', REBALANCING: 'rebalancing', GROUP_JOIN: 'join', CRASH: 'crash' };
  readonly connect = jest.fn(async () => undefined);
  readonly subscribe = jest.fn(async () => undefined);
  readonly disconnect = jest.fn(() => new Promise<void>(() => undefined));
  eachBatch: (payload: EachBatchPayload) => Promise<void> = async () => undefined;
  async run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> {
    this.eachBatch = eachBatch;
  }
  join(): void {
    this.emit('join', { payload: { memberAssignment: { events: [0] } } });
  }
}

const mockMade: FakeConsumer[] = [];
const mockMake = () => {
  const consumer = new FakeConsumer();
  mockMade.push(consumer);
  return consumer;
};
jest.mock('./connection', () => ({
  ...jest.requireActual<typeof Connection>('./connection'),
  clientOf: () => ({ consumer: mockMake }),
}));

const SESSION = 1000;
const LONGER_THAN_ANY_JOIN = 6 * SESSION;
/** The pause before another consumer is made runs by the real clock. */
const another = () => pause(700);

let hooks: jest.Mocked<MemberHooks>;
let member: Member;
beforeEach(() => {
  jest.useFakeTimers();
  mockMade.length = 0;
  hooks = {
    onJoin: jest.fn(),
    onLost: jest.fn(),
    onRebalancing: jest.fn(),
    onBatch: jest.fn<ReturnType<MemberHooks['onBatch']>, Parameters<MemberHooks['onBatch']>>(async () => 'taken'),
    isFull: jest.fn<boolean, Parameters<MemberHooks['isFull']>>(() => false),
    onError: jest.fn(),
  };
  member = new Member(
    { brokers: [] },
    { group: 'g', topics: ['events'], from: 'beginning', sessionTimeout: SESSION },
    hooks,
  );
});
afterEach(() => jest.useRealTimers());

const started = async (): Promise<FakeConsumer> => {
  const starting = member.start();
  await jest.advanceTimersByTimeAsync(0);
  const [consumer] = mockMade;
  if (!consumer) throw new Error('none was made');
  consumer.join();
  await starting;
  return consumer;
};

test('a consumer that gives no sign any more is said to be lost, followed by another, and not listened to', async () => {
  const first = await started();
  await jest.advanceTimersByTimeAsync(LONGER_THAN_ANY_JOIN);
  expect(hooks.onLost).toHaveBeenCalledTimes(1);
  expect(hooks.onError.mock.calls).toEqual([[expect.any(LogUnavailable)]]);
  await another();
  expect(mockMade).toHaveLength(2);
  const [, second] = mockMade;
  second?.join();
  expect([hooks.onJoin.mock.calls.length, member.isSure]).toEqual([2, true]);
  first.emit('crash', { payload: { error: new Error('late') } });
  first.join();
  await first.eachBatch({} as EachBatchPayload);
  expect([hooks.onJoin.mock.calls.length, hooks.onError.mock.calls.length, mockMade.length]).toEqual([2, 1, 2]);
  expect(hooks.onBatch).not.toHaveBeenCalled();
});

test('one that beats is left alone, and so is one whose member stops', async () => {
  const consumer = await started();
  for (let beat = 0; beat < 20; beat++) {
    await jest.advanceTimersByTimeAsync(SESSION);
    consumer.emit('beat');
  }
  void member.stop();
  await jest.advanceTimersByTimeAsync(LONGER_THAN_ANY_JOIN);
  expect([hooks.onLost.mock.calls.length, hooks.onError.mock.calls.length, mockMade.length]).toEqual([0, 0, 1]);
});

test('one that never joins fails the start', async () => {
  const starting = expect(member.start()).rejects.toThrow(LogUnavailable);
  await jest.advanceTimersByTimeAsync(LONGER_THAN_ANY_JOIN);
  await starting;
  expect(mockMade[0]?.disconnect).toHaveBeenCalled();
});

test('one that crashed is followed by another', async () => {
  const first = await started();
  first.emit('crash', { payload: { error: new Error('broken') } });
  await another();
  mockMade[1]?.join();
  await jest.advanceTimersByTimeAsync(SESSION);
  expect([hooks.onLost.mock.calls.length, hooks.onJoin.mock.calls.length, mockMade.length]).toEqual([1, 2, 2]);
});

test.each([true, false])('a partition is paused where it is full (%p) in the moment of the pause', async (isFull) => {
  const consumer = await started();
  hooks.isFull.mockReturnValue(!isFull);
  const paused = jest.fn();
  const batch = { topic: 'events', partition: 0, messages: [], lastOffset: () => '6' };
  const payload = {
    ...{ batch, isRunning: () => true, isStale: () => false, pause: paused },
    resolveOffset: () => void hooks.isFull.mockReturnValue(isFull),
  };
  await consumer.eachBatch(payload as unknown as EachBatchPayload);
  expect(paused).toHaveBeenCalledTimes(isFull ? 1 : 0);
});
