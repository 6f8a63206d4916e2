import type { Message, ProducerBatch } from 'kafkajs';
import { LogUnavailable } from '../port';
import { asking, protocolError } from './connection';

/** An idempotent producer. */
export interface Sender {
  connect(): Promise<void>;
  sendBatch(batch: ProducerBatch): Promise<unknown>;
  disconnect(): Promise<void>;
}

/** A message that knows its place. */
export interface Placed {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null removes a key from a table. */
  readonly value: string | null;
}
interface Waiting {
  readonly messages: readonly Placed[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const MOST_MESSAGES = 500;
/** A broker's limit of a megabyte counts what goes to one partition at once. */
const MOST_BYTES = 700_000;

/**
 * One awaited send at a time, through an idempotent producer that is thrown away after a failure: so nothing was lost,
 * doubled or reordered when every fifteenth answer was cut. Sends side by side lost acknowledged events (ADR 0016).
 */
export class Appender {
  private queue: Waiting[] = [];
  private sending?: Promise<void>;
  private sender?: Sender;

  constructor(
    private readonly newSender: () => Sender,
    private readonly onAppended: (topics: ReadonlySet<string>) => void = () => undefined,
  ) {}

  /** Durable when resolved. Calls of one moment share a send. */
  append(messages: readonly Placed[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ messages, resolve, reject });
      this.sending ??= this.work();
    });
  }

  /** After what is queued. */
  async close(): Promise<void> {
    await this.sending;
    await this.sender?.disconnect();
  }

  private async work(): Promise<void> {
    // What is appended in one turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const { together, messages } = this.next();
      try {
        for (const batch of batches(messages)) await this.send(batch);
        for (const { resolve } of together) resolve();
      } catch (error) {
        // Those behind would wait as long for the same answer.
        const behind = error instanceof LogUnavailable ? this.queue.splice(0) : [];
        for (const { reject } of [...together, ...behind]) reject(error);
      }
    }
    // In the same breath as the last look at the queue: who was just told may append again before anybody who awaits this.
    delete this.sending;
  }

  /** As many waiting calls as fit into one send, at least one. */
  private next(): { readonly together: readonly Waiting[]; readonly messages: readonly Placed[] } {
    let [count, bytes, calls] = [0, 0, 0];
    for (const { messages } of this.queue) {
      count += messages.length;
      bytes += messages.reduce((sum, each) => sum + sizeOf(each), 0);
      if (calls > 0 && (count > MOST_MESSAGES || bytes > MOST_BYTES)) break;
      calls++;
    }
    const together = this.queue.splice(0, calls);
    return { together, messages: together.flatMap(({ messages }) => messages) };
  }

  private async send(batch: readonly Placed[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, partition, key, headers, value } of batch) {
      const messages = byTopic.get(topic) ?? [];
      byTopic.set(topic, messages);
      messages.push({ key, partition, headers: { ...headers }, value });
    }
    try {
      const sender = await this.connected();
      const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
      await asking(() => sender.sendBatch({ acks: -1, timeout: 10_000, topicMessages }), { again: false });
    } catch (error) {
      this.drop();
      if (protocolError(error) === 'MESSAGE_TOO_LARGE')
        throw new RangeError(`a record of ${[...byTopic.keys()].join(', ')} is larger than the broker takes`, {
          cause: error,
        });
      throw error;
    }
    this.onAppended(new Set(byTopic.keys()));
  }

  private async connected(): Promise<Sender> {
    if (this.sender) return this.sender;
    const sender = (this.sender = this.newSender());
    await asking(() => sender.connect());
    return sender;
  }

  /** Its sequence numbers may stand for records that are there and for records that are not. */
  private drop(): void {
    void this.sender?.disconnect().catch(() => undefined);
    delete this.sender;
  }
}

const sizeOf = ({ key, value, headers }: Placed): number =>
  Buffer.byteLength(value ?? '') +
  Buffer.byteLength(key) +
  Buffer.byteLength(Object.entries(headers).flat().join('')) +
  30;

function* batches(messages: readonly Placed[]): Generator<readonly Placed[]> {
  let batch: Placed[] = [];
  let bytes = 0;
  for (const message of messages) {
    const more = sizeOf(message);
    if (batch.length > 0 && (bytes + more > MOST_BYTES || batch.length === MOST_MESSAGES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}
