import type { KafkaConnection } from '@chuanyu/event-log/kafka';
import type { EnvironmentReader } from './environment';

/** What a province keeps its documents and its log on. */
export type EngineSettings =
  | { readonly kind: 'embedded' }
  /** `mongodb` is an address with a user and a password: a secret. */
  | { readonly kind: 'distributed'; readonly kafka: KafkaConnection; readonly mongodb: string };

export const engineNames = [
  'CHUANYU_ENGINE',
  'CHUANYU_KAFKA',
  'CHUANYU_KAFKA_CA',
  'CHUANYU_KAFKA_USER',
  'CHUANYU_KAFKA_PASSWORD',
  'CHUANYU_MONGODB',
] as const;

/** Reads what the names above say; whatever is wrong stands among the reader's faults. */
export const readEngine = (reader: EnvironmentReader): EngineSettings => {
  const [kind = 'embedded', brokers, ca, user, password, mongodb] = engineNames.map((name) => reader.read(name));
  const fault = (what: string) => void reader.faults.push(what);
  if (kind === 'embedded') {
    for (const [name, value] of Object.entries({ CHUANYU_KAFKA: brokers, CHUANYU_MONGODB: mongodb }))
      if (value !== undefined) fault(`${name} is set, but CHUANYU_ENGINE is embedded: say CHUANYU_ENGINE=distributed`);
    return { kind };
  }
  if (kind !== 'distributed') fault('CHUANYU_ENGINE must be embedded or distributed');
  const servers = (brokers ?? '').split(',');
  if (!servers.every((server) => /^[^\s:,]+:\d{1,5}$/.test(server)))
    fault('CHUANYU_KAFKA must list brokers of Kafka: <host>:<port>,…');
  // Its value is a secret, and not repeated.
  if (!/^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/.test(mongodb ?? ''))
    fault('CHUANYU_MONGODB must name hosts and a database: mongodb://<user>:<password>@<host>:<port>/<database>?…');
  if ((user === undefined) !== (password === undefined))
    fault('CHUANYU_KAFKA_USER and CHUANYU_KAFKA_PASSWORD must be set together');
  const authority = ca === undefined ? undefined : reader.content('CHUANYU_KAFKA_CA', ca);
  return {
    kind: 'distributed',
    kafka: {
      brokers: servers,
      ...(authority !== undefined && { tls: { authority } }),
      ...(user !== undefined && password !== undefined && { credentials: { user, password } }),
    },
    mongodb: mongodb ?? '',
  };
};
