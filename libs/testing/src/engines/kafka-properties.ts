import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from './engine';
import { outputOf } from './processes';

/** The user of a secured broker that may do everything; what others may, rules say. */
export const OPERATOR = 'operator';
/** By user. */
export type Passwords = ReadonlyMap<string, string>;

export interface Ports {
  readonly clients: number;
  readonly controller: number;
}

/**
 * One broker that is its own controller. Small, for a developer's machine; what differs from Kafka's defaults for another
 * reason is what production wants too: no topic by mistake, and offsets that outlive a long cut.
 */
export function properties(folder: string, { clients, controller }: Ports, secure: boolean): string {
  const plain: Readonly<Record<string, string | number>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `CLIENTS://127.0.0.1:${clients},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `CLIENTS://127.0.0.1:${clients}`,
    'inter.broker.listener.name': 'CLIENTS',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': secure
      ? 'CLIENTS:SASL_SSL,CONTROLLER:SSL'
      : 'CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'log'),
    'auto.create.topics.enable': 'false',
    // A group that a cut kept away for longer than Kafka's week must find its place again.
    'offsets.retention.minutes': 400 * 24 * 60,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // The heap is small.
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'offsets.load.buffer.size': 1_048_576,
    'num.io.threads': 4,
    'num.network.threads': 2,
  };
  return Object.entries({ ...plain, ...(secure && secured(folder)) })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const secured = (folder: string): Readonly<Record<string, string>> => ({
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': join(folder, 'broker.pem'),
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': join(folder, 'certificate.pem'),
  'listener.name.controller.ssl.client.auth': 'required',
  'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
  'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
  'listener.name.clients.scram-sha-512.sasl.jaas.config':
    'org.apache.kafka.common.security.scram.ScramLoginModule required ' +
    `username="${OPERATOR}" password="${readPasswords(folder).get(OPERATOR) ?? ''}";`,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'false',
  'super.users': `User:${OPERATOR};User:CN=broker`,
});

/** A certificate that is its own authority, and passwords; made once, kept in the folder. */
export function makeSecrets(folder: string, users: readonly string[]): void {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  if (existsSync(join(folder, 'passwords.json'))) return;
  try {
    outputOf('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '365', '-subj', '/CN=broker'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key, '-out', certificate],
    ]);
  } catch (error) {
    throw new CannotStart('--secure makes its certificate by openssl (3.0 or newer), which does not run here.', {
      cause: error,
    });
  }
  write(join(folder, 'broker.pem'), readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'));
  chmodSync(key, 0o600);
  write(
    join(folder, 'passwords.json'),
    JSON.stringify(
      Object.fromEntries([OPERATOR, ...users].map((user) => [user, randomBytes(18).toString('base64url')])),
      null,
      2,
    ),
  );
}

export function readPasswords(folder: string): Passwords {
  const read: unknown = JSON.parse(readFileSync(join(folder, 'passwords.json'), 'utf8'));
  if (!isPasswords(read)) throw new CannotStart(`${folder}/passwords.json is not what was written there`);
  return new Map(Object.entries(read));
}

const isPasswords = (read: unknown): read is Readonly<Record<string, string>> =>
  typeof read === 'object' && read !== null && Object.values(read).every((each) => typeof each === 'string');

const write = (file: string, text: string) => writeFileSync(file, text, { mode: 0o600 });
