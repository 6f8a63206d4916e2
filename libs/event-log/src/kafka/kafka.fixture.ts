import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { MovableClock } from '@chuanyu/reference';
import { freePort, KAFKA_VERSION, noKafka } from '@chuanyu/testing/engines';
import type { EventLog, RunningSubscription, Subscription } from '../port';
import { clientOf } from './connection';
import { answersWithin, openKafkaLog, type KafkaConnection, type KafkaLogOptions } from './index';

const { CHUANYU_TEST_KAFKA: brokers, ...others } = process.env;
const runsDocker = process.env.DOCKER_HOST !== undefined || existsSync('/var/run/docker.sock');

/** Why there is no broker to test on; undefined where there is one. */
export const noBroker =
  brokers || runsDocker
    ? undefined
    : 'no Kafka to test on: eval "$(script/engines start)" gives one, and so does a running Docker';

/** Why the tests that kill their broker cannot have one of their own. They take minutes, so they run where a broker was asked for. */
export const noBrokerOfOurOwn = brokers ? noKafka() : 'kills brokers of its own: eval "$(script/engines start)" first';

export interface Lent {
  readonly connection: KafkaConnection;
  giveBack(): Promise<void>;
}

/** The broker that the environment names, else one in a container. */
export async function lendBroker(): Promise<Lent> {
  if (!brokers) return await lendContainer();
  const [ca, user, password] = ['CA', 'USER', 'PASSWORD'].map((name) => others[`CHUANYU_TEST_KAFKA_${name}`]);
  const connection: KafkaConnection = {
    brokers: brokers.split(','),
    ...(ca !== undefined && { tls: { authority: readFileSync(ca, 'utf8') } }),
    ...(user !== undefined && password !== undefined && { credentials: { user, password } }),
  };
  return { connection, giveBack: async () => undefined };
}

/** Kafka tells clients where to find it, so its port outside must be known before it starts. */
async function lendContainer(): Promise<Lent> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'CLIENTS://:9092,INSIDE://:9094,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `CLIENTS://127.0.0.1:${port},INSIDE://localhost:9094`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENTS:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  const connection = { brokers: [`127.0.0.1:${port}`] };
  await answersWithin(connection, 30_000);
  return { connection, giveBack: async () => void (await container.stop()) };
}

/** Sockets to a broker that can all be cut, and then stay cut: what a client is to the others whose machine lost its power. */
export class Cable {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  of(connection: KafkaConnection): KafkaConnection {
    return {
      ...connection,
      sockets: ({ host, port, ssl, onConnect }) => {
        const socket = ssl
          ? connectSecurely({ host, port, ...ssl }, onConnect)
          : connect({ host, port: this.isCut ? 1 : port }, onConnect);
        this.sockets.add(socket);
        socket.once('close', () => this.sockets.delete(socket));
        if (this.isCut) socket.destroy(new Error('cut'));
        return socket;
      },
    };
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy(new Error('cut'));
  }

  heal(): void {
    this.isCut = false;
  }
}

/** The shortest that brokers allow by default: a crash is noticed after so long. */
export const SESSION_TIMEOUT = 6000;

/**
 * Opens logs on one broker; with a topic and a group of its own. At the end it closes them all, and deletes the topics that
 * were declared through them, or a broker that is used for days would take minutes to start.
 */
export class KafkaBench {
  readonly topic = `kafka.${randomUUID()}`;
  readonly group = `group.${randomUUID()}`;
  readonly errors: unknown[] = [];
  private readonly opened: EventLog[] = [];
  private readonly made = new Set<string>();

  constructor(private readonly connection: KafkaConnection) {}

  async open(options: Partial<KafkaLogOptions> = {}): Promise<EventLog> {
    const log = await openKafkaLog({
      connection: this.connection,
      clock: new MovableClock(),
      sessionTimeout: SESSION_TIMEOUT,
      onError: (error) => this.errors.push(error),
      ...options,
    });
    this.opened.push(log);
    const [declare, subscribe] = [log.declare.bind(log), log.subscribe.bind(log)];
    log.declare = async (topics) => {
      for (const { name } of topics) this.made.add(name);
      await declare(topics);
    };
    log.subscribe = (subscription) => {
      this.made.add(`${subscription.group}.dead-letters`);
      return subscribe(subscription);
    };
    return log;
  }

  append(log: EventLog, ...records: readonly (readonly [key: string, value: unknown])[]): Promise<void> {
    return log.append(records.map(([key, value]) => ({ topic: this.topic, key, value })));
  }

  subscribe(
    log: EventLog,
    handle: Subscription['handle'],
    options: Partial<Subscription> = {},
  ): Promise<RunningSubscription> {
    return log.subscribe({
      group: this.group,
      topics: [this.topic],
      from: 'beginning',
      backoff: 5,
      ...options,
      handle,
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((log) => log.close()));
    const admin = clientOf(this.connection).admin();
    try {
      await admin.connect();
      const topics = (await admin.listTopics()).filter((topic) => this.made.has(topic));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    } catch (error) {
      // A peer may not, and a broker that was killed cannot: the next bench has topics of its own.
      this.errors.push(error);
    } finally {
      await admin.disconnect();
    }
  }
}
