import type { KafkaConnection } from '@chuanyu/event-log/kafka';
import type { Engine, Variables } from './engine';
import { KafkaBroker } from './kafka-broker';

/** Of a secured one: who its users are, and what makes it ready for them. */
export interface KafkaUsers {
  /** In whose name the settings are. */
  readonly all: string;
  readonly names: readonly string[];
  readonly prepare: (operator: KafkaConnection) => Promise<void>;
}

/** Apache Kafka for one province. */
export function kafkaEngine(say: (line: string) => void, users?: KafkaUsers): Engine {
  const settings = (broker: KafkaBroker): Variables => kafkaVariables(broker, users?.all);
  return {
    name: 'kafka',
    async start(folder, { secure, port }) {
      const broker = new KafkaBroker(folder);
      await broker.start({
        ...{ secure, say },
        ...(port !== undefined && { port }),
        ...(users && { users: users.names }),
      });
      if (secure) await users?.prepare(broker.connection());
      return settings(broker);
    },
    stop: (folder) => new KafkaBroker(folder).stop(),
    async status(folder) {
      const broker = new KafkaBroker(folder);
      return broker.isUp() ? settings(broker) : undefined;
    },
  };
}

/** The settings by which a service is that user; the operator unless said. */
export function kafkaVariables(broker: KafkaBroker, user?: string): Variables {
  const { brokers, tls, credentials } = broker.connection(user);
  return {
    CHUANYU_KAFKA: brokers.join(','),
    ...(tls && { CHUANYU_KAFKA_CA: broker.file('certificate.pem') }),
    ...(credentials && { CHUANYU_KAFKA_USER: credentials.user, CHUANYU_KAFKA_PASSWORD: credentials.password }),
  };
}
