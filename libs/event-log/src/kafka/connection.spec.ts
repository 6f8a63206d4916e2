import { KafkaJSConnectionError } from 'kafkajs';
import { LogUnavailable } from '../port';
import { asking } from './connection';

/** As it comes out of kafkajs. */
const bare = (message: string): Error =>
  Object.assign(new Error(message), {
    stack: `Error: ${message}\n    at Array.map (<anonymous>)\n    at Broker.metadata (/srv/node_modules/kafkajs/src/broker/index.js:14:9)`,
  });
const failing = (...errors: readonly Error[]) => {
  const left = [...errors];
  return jest.fn(async () => {
    const error = left.shift();
    if (error) throw error;
    return 'answered';
  });
};

test('what was never sent is asked again', async () => {
  const question = failing(bare('Broker not connected'), bare('Broker not connected'));
  await expect(asking(question)).resolves.toBe('answered');
});
test('but not for ever, and not where that would be another question', async () => {
  const question = failing(...Array.from({ length: 9 }, () => bare('Broker not connected')));
  await expect(asking(question)).rejects.toThrow(LogUnavailable);
  expect(question).toHaveBeenCalledTimes(3);
  await expect(asking(question, { again: false })).rejects.toThrow(LogUnavailable);
  expect(question).toHaveBeenCalledTimes(4);
});
test.each([
  ['an error of kafkajs', new KafkaJSConnectionError('refused')],
  ['what it trips over', bare('Cannot read properties of undefined')],
  ['an error of a socket', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })],
])('%s means that the log does not answer', async (_title, error) => {
  const question = failing(error);
  await expect(asking(question)).rejects.toMatchObject({ name: 'LogUnavailable', cause: error });
  expect(question).toHaveBeenCalledTimes(1);
});
test('the fault of the caller stays as it is', async () => {
  const fault = new RangeError('no topic notes: it was not declared');
  await expect(asking(failing(fault))).rejects.toBe(fault);
});
