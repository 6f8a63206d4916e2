import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type EachBatchHandler, type EachMessageHandler, type Message } from 'kafkajs';

/** kafkajs as its documentation shows it, and nothing around it: what rows on Kafka are measured against. */
export class BareKafka {
  private readonly kafka: Kafka;
  constructor(broker: string) {
    this.kafka = new Kafka({ clientId: 'bench', brokers: [broker], logLevel: logLevel.NOTHING });
  }

  /** Reads a topic from its beginning as a group of its own, until `seen` says that it is enough. */
  async consume(
    topic: string,
    how: (done: () => void) => { eachBatch: EachBatchHandler } | { eachMessage: EachMessageHandler },
  ) {
    const consumer = this.kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 250 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.run(how(resolve)).catch(reject);
    });
    await consumer.disconnect();
  }

  /** A producer that sends batches one after the other, acknowledged by all. */
  async producer(): Promise<{ send(topic: string, messages: Message[]): Promise<void>; close(): Promise<void> }> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return {
      send: async (topic, messages) => void (await producer.send({ topic, acks: -1, messages })),
      close: () => producer.disconnect(),
    };
  }
}
