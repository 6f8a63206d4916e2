import { setTimeout as pause } from 'node:timers/promises';
import { within } from '@chuanyu/contracts';
import { Kafka, KafkaJSError, KafkaJSProtocolError, logLevel, type ISocketFactory, type Producer } from 'kafkajs';
import { LogUnavailable } from '../port';

/** How a cluster is reached. */
export interface KafkaConnection {
  /** `<host>:<port>`; one that answers is enough. */
  readonly brokers: readonly string[];
  /** TLS, where said: `authority` is the certificate (PEM) of who vouches for the brokers, else those that Node trusts. */
  readonly tls?: { readonly authority?: string };
  /** SASL/SCRAM-SHA-512. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** How sockets are made, for tests that cut them. */
  readonly sockets?: ISocketFactory;
}

/** kafkajs counts a repetition's pause from the first, up to the longest. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 2000, retries: 4 };

/**
 * A client of its own for each purpose: clients that kafkajs makes from one `Kafka` share what they believe to be committed,
 * and two members of one group would take it from each other.
 */
export function clientOf({ brokers, tls, credentials, sockets }: KafkaConnection): Kafka {
  return new Kafka({
    clientId: 'chuanyu',
    brokers: [...brokers],
    ...(tls && { ssl: tls.authority === undefined ? true : { ca: [tls.authority] } }),
    ...(credentials && {
      sasl: { mechanism: 'scram-sha-512', username: credentials.user, password: credentials.password },
    }),
    ...(sockets && { socketFactory: sockets }),
    // Long outages are survived by asking again, not by asking longer: quick to give up, quick to come back.
    connectionTimeout: 3000,
    requestTimeout: 10_000,
    retry: RETRY,
    // Its errors reach us as errors.
    logLevel: logLevel.NOTHING,
  });
}

/** What an `Appender` sends by. */
export const senderOf = (connection: KafkaConnection): Producer =>
  clientOf(connection).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: RETRY,
  });

/** Resolves when the cluster answers, its group coordinator too; `isHopeful` ends the waiting before its time. */
export async function answersWithin(
  connection: KafkaConnection,
  milliseconds: number,
  isHopeful: () => boolean = () => true,
): Promise<void> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const admin = clientOf(connection).admin();
    try {
      await admin.connect();
      await admin.fetchOffsets({ groupId: 'chuanyu.probe' });
      return;
    } catch (error) {
      if (performance.now() > end || !isHopeful()) throw new LogUnavailable(error);
      await pause(100);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

/** kafkajs gives up what it asked after ten seconds, four times over; what takes longer than this hangs. */
const HANGS_AFTER = 60_000;
/** A client that has not answered at all, and will not. */
export class Hanging extends LogUnavailable {}

/** Throws `Hanging` where the answer does not come. */
export const unlessHanging = <T>(answer: Promise<T>): Promise<T> =>
  within(HANGS_AFTER, answer, () => {
    throw new Hanging(`no answer in ${HANGS_AFTER} ms`);
  });

const TRIES = 3;

/**
 * Whatever kafkajs throws that is not the caller's fault becomes `LogUnavailable`. What was never sent, because a connection
 * was lost in just that moment, is asked again where `again` allows it.
 */
export async function asking<T>(question: () => Promise<T>, { again = true } = {}): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await question();
    } catch (error) {
      if (!again || tries === TRIES || !wasNeverSent(error)) throw isOfKafka(error) ? new LogUnavailable(error) : error;
      await pause(100);
    }
  }
}

/** kafkajs throws its own errors, lets through those of sockets, and trips where a connection breaks while it asks. */
function isOfKafka(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof KafkaJSError || 'syscall' in error || isThrownIn(error, 'kafkajs');
}
/** By the first file of the stack: neither `Array.map (<anonymous>)` nor Node's own. */
const isThrownIn = ({ stack = '' }: Error, library: string): boolean =>
  stack
    .split('\n')
    .find((line) => /^ {4}at .*\//.test(line) && !line.includes('node:'))
    ?.includes(`/node_modules/${library}/`) === true;

/** Nothing more comes of the client that was asked: it has lost its broker half-way, or it hangs. */
export const isLost = (error: unknown): boolean => wasNeverSent(error) || error instanceof Hanging;

/** Its broker has no connection yet or any more, which kafkajs says by a bare error and does not repeat. */
export const wasNeverSent = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Broker not connected';

/** The name that Kafka's protocol gives to an error, e.g. `UNKNOWN_TOPIC_OR_PARTITION`, wherever it stands among the causes. */
export function protocolError(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof KafkaJSProtocolError) return at.type;
  return undefined;
}
