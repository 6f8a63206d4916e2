import { KafkaJSConnectionError, KafkaJSProtocolError, type ProducerBatch } from 'kafkajs';
import { LogUnavailable } from '../port';
import { Appender, type Placed, type Sender } from './appender';

class Producers {
  readonly sent: ProducerBatch[] = [];
  made = 0;
  gone = 0;
  private inHand = 0;
  /** What the next sends come to. */
  readonly fates: ('ok' | Error)[] = [];

  readonly make = (): Sender => {
    this.made++;
    return {
      connect: async () => undefined,
      disconnect: async () => void this.gone++,
      sendBatch: async (batch) => {
        expect(++this.inHand).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        this.inHand--;
        const fate = this.fates.shift() ?? 'ok';
        if (fate !== 'ok') throw fate;
        this.sent.push(batch);
      },
    };
  };
  /** Number of messages in each send. */
  get sizes(): readonly number[] {
    return this.sent.map((batch) =>
      (batch.topicMessages ?? []).reduce((sum, { messages }) => sum + messages.length, 0),
    );
  }
}

const message = (value: string, topic = 'prison.events'): Placed => ({
  ...{ topic, partition: 0, key: 'a', headers: {}, value },
});

let producers: Producers;
let appender: Appender;
beforeEach(() => {
  producers = new Producers();
  appender = new Appender(producers.make);
});

test('calls of one moment share a send; those that come while it is under way share the next', async () => {
  const first = [1, 2, 3].map((n) => appender.append([message(String(n))]));
  await new Promise((resolve) => setImmediate(resolve));
  const then = [4, 5].map((n) => appender.append([message(String(n))]));
  await Promise.all([...first, ...then]);
  expect(producers.sizes).toEqual([3, 2]);
  expect(producers.made).toBe(1);
});

test('a send is capped by count and by bytes, and a larger record goes alone', async () => {
  await appender.append(Array.from({ length: 1200 }, (_, n) => message(String(n))));
  expect(producers.sizes).toEqual([500, 500, 200]);
  producers.sent.length = 0;
  await appender.append([
    message('small'),
    message('x'.repeat(800_000)),
    message('y'.repeat(400_000)),
    message('z'.repeat(400_000)),
  ]);
  expect(producers.sizes).toEqual([1, 1, 1, 1]);
});

test('after a failure the caller is told, and what follows goes through a new producer', async () => {
  producers.fates.push('ok', new KafkaJSConnectionError('gone', {}));
  await appender.append([message('1')]);
  await expect(appender.append([message('2')])).rejects.toThrow(LogUnavailable);
  await appender.append([message('2')]);
  expect([producers.made, producers.gone, producers.sizes]).toEqual([2, 1, [1, 1]]);
});

test('where nobody answers, those behind are told at once and need not wait for the same answer', async () => {
  producers.fates.push(new KafkaJSConnectionError('gone', {}));
  const large = appender.append([message('x'.repeat(690_000))]);
  const next = appender.append([message('y'.repeat(690_000))]);
  await expect(large).rejects.toThrow(LogUnavailable);
  await expect(next).rejects.toThrow(LogUnavailable);
  await appender.append([message('z')]);
  expect(producers.sizes).toEqual([1]);
});

test('what the broker refuses takes nothing from those in later sends', async () => {
  const refused = { type: 'MESSAGE_TOO_LARGE', code: 10, name: 'refused', message: 'too large', retriable: false };
  producers.fates.push(new KafkaJSProtocolError(refused));
  const large = appender.append([message('x'.repeat(690_000))]);
  const next = appender.append([message('y'.repeat(690_000))]);
  await expect(large).rejects.toThrow(RangeError);
  await next;
});

test('closing waits for what is queued', async () => {
  const appended = appender.append([message('1')]);
  await appender.close();
  await appended;
  expect([producers.sizes, producers.gone]).toEqual([[1], 1]);
});
