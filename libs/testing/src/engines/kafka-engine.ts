import { allow } from '@chuanyu/event-log/kafka';
import type { Engine, Variables } from './engine';
import { KafkaBroker } from './kafka-broker';

/** Apache Kafka for one province, which a peer's exchange may read at the border. */
export function kafkaEngine(province: string, peer: string, say: (line: string) => void): Engine {
  const settings = (broker: KafkaBroker): Variables => {
    const { brokers, tls, credentials } = broker.connection();
    return {
      CHUANYU_KAFKA: brokers.join(','),
      ...(tls && { CHUANYU_KAFKA_CA: broker.file('certificate.pem') }),
      ...(credentials && { CHUANYU_KAFKA_USER: credentials.user, CHUANYU_KAFKA_PASSWORD: credentials.password }),
    };
  };
  return {
    name: 'kafka',
    async start(folder, { secure, port }) {
      const broker = new KafkaBroker(folder);
      await broker.start({ secure, say, ...(port !== undefined && { port }) });
      if (secure) {
        await allow(broker.connection('admin'), [
          { user: 'services', may: 'everything' },
          // What it reads begins with our name: the border's topics and the public ones.
          {
            user: 'peer',
            may: 'read',
            topics: `${province}.`,
            groups: [`exchange.${peer}`, `exchange.files.${peer}`, `mirror.${peer}`],
          },
        ]);
        say(
          `the exchange of ${peer} reads ${province}.* as user «peer»; its password is in ${broker.file('passwords.json')}`,
        );
      }
      return settings(broker);
    },
    stop: (folder) => new KafkaBroker(folder).stop(),
    async status(folder) {
      const broker = new KafkaBroker(folder);
      return broker.isUp() ? settings(broker) : undefined;
    },
  };
}
