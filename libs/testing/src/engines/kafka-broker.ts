import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersWithin, type KafkaConnection } from '@chuanyu/event-log/kafka';
import { CannotStart } from './engine';
import { kafkaClassPath } from './kafka-jars';
import { makeSecrets, OPERATOR, properties, readPasswords } from './kafka-properties';
import { freePort, isRunning, listens, outputOf, startApart, waitFor } from './processes';

/** Three seconds on a quiet machine; ten times that, and more with thousands of partitions, on a busy one. */
const START_WITHIN = 180_000;
const STOP_WITHIN = 20_000;

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly secure: boolean;
}

export interface BrokerOptions {
  readonly secure?: boolean;
  /** Of a secured one, beside the operator: each has a password, and no right until one is granted. */
  readonly users?: readonly string[];
  readonly port?: number;
  readonly say?: (line: string) => void;
}

/** One Apache Kafka in one folder: a cluster of its own, whose records, users and port stay while the folder does. */
export class KafkaBroker {
  constructor(readonly folder: string) {}

  /** Starts it where it does not run, and resolves when it answers. */
  async start({ secure = false, users = [], port, say }: BrokerOptions = {}): Promise<void> {
    const before = this.last();
    if (before?.secure === true && secure) this.mustKnow(users);
    if (before && this.isUp()) {
      if (before.secure !== secure || (port !== undefined && port !== before.port))
        throw new CannotStart(
          `Kafka runs in ${this.folder} at port ${before.port} otherwise than asked: stop it first.`,
        );
      return;
    }
    if (before && before.secure !== secure)
      throw new CannotStart(
        `Kafka in ${this.folder} was made with${before.secure ? '' : 'out'} --secure: name another folder, or remove this one.`,
      );
    const classPath = kafkaClassPath(undefined, say);
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    if (secure) makeSecrets(this.folder, users);
    // A port once given stays, so that whoever was told it finds the broker again.
    const ports = { clients: port ?? before?.port ?? (await freePort()), controller: await freePort() };
    writeFileSync(this.file('server.properties'), properties(this.folder, ports, secure));
    chmodSync(this.file('server.properties'), 0o600);
    if (!existsSync(this.file('log'))) this.format(classPath, secure);
    const pid = await startApart(
      'java',
      ['-Xmx256m', '-XX:+UseSerialGC', '-cp', classPath, 'kafka.Kafka', this.file('server.properties')],
      this.folder,
      this.file('kafka.log'),
    );
    writeFileSync(this.file('running.json'), JSON.stringify({ pid, port: ports.clients, secure } satisfies Running));
    await this.untilItAnswers();
  }

  /** In order: what it holds is on the disk, and the next start is quick. */
  async stop(): Promise<boolean> {
    return this.end('SIGTERM');
  }

  /** As by a power cut. */
  async kill(): Promise<boolean> {
    return this.end('SIGKILL');
  }

  /** Stands still without closing a connection, as on a machine that swaps; `thaw` lets it go on. */
  freeze(): void {
    this.signal('SIGSTOP');
  }
  thaw(): void {
    this.signal('SIGCONT');
  }

  isUp(): boolean {
    const last = this.last();
    return last !== undefined && isRunning(last.pid, 'kafka.Kafka', this.file('server.properties'));
  }

  /** How clients reach it, as that user where it is secured. */
  connection(user = OPERATOR): KafkaConnection {
    const { port, secure } = this.lastOrThrow();
    const brokers = [`127.0.0.1:${port}`];
    if (!secure) return { brokers };
    this.mustKnow([user]);
    return {
      brokers,
      tls: { authority: readFileSync(this.file('certificate.pem'), 'utf8') },
      credentials: { user, password: readPasswords(this.folder).get(user) ?? '' },
    };
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Users are made with the cluster: kafkajs cannot make them later. */
  private mustKnow(users: readonly string[]): void {
    const known = readPasswords(this.folder);
    const unknown = [OPERATOR, ...users].filter((user) => !known.has(user));
    if (unknown.length > 0)
      throw new CannotStart(
        `Kafka in ${this.folder} was made without user ${unknown.join(', ')}: begin afresh with script/engines start --reset, or name another folder.`,
      );
  }

  private format(classPath: string, secure: boolean): void {
    const users = secure ? [...readPasswords(this.folder)] : [];
    const scram = users.flatMap(([name, password]) => [
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]);
    const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
    outputOf('java', [
      ...['-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool', 'format'],
      // Joined to its name: an id may begin with a dash.
      ...[`--cluster-id=${id}`, '-c', this.file('server.properties'), ...scram],
    ]);
  }

  private async untilItAnswers(): Promise<void> {
    try {
      const { port } = this.lastOrThrow();
      await waitFor(async () => (await listens(port)) || !this.isUp(), START_WITHIN, `Kafka at port ${port}`);
      await answersWithin(this.connection(), START_WITHIN, () => this.isUp());
    } catch (error) {
      const said = readFileSync(this.file('kafka.log'), 'utf8').trim().split('\n').slice(-15).join('\n');
      await this.kill();
      throw new CannotStart(`Kafka in ${this.folder} did not start; the end of its kafka.log:\n${said}`, {
        cause: error,
      });
    }
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean> {
    if (!this.isUp()) return false;
    // A frozen process hears only of its end.
    this.signal('SIGCONT');
    this.signal(signal);
    await waitFor(() => !this.isUp(), STOP_WITHIN, `the end of Kafka in ${this.folder}`);
    return true;
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.isUp()) process.kill(this.lastOrThrow().pid, signal);
  }

  private last(): Running | undefined {
    try {
      const read: unknown = JSON.parse(readFileSync(this.file('running.json'), 'utf8'));
      return isRunningFile(read) ? read : undefined;
    } catch {
      return undefined;
    }
  }

  private lastOrThrow(): Running {
    const last = this.last();
    if (!last) throw new CannotStart(`no Kafka was started in ${this.folder}`);
    return last;
  }
}

const isRunningFile = (read: unknown): read is Running =>
  typeof read === 'object' &&
  read !== null &&
  'pid' in read &&
  typeof read.pid === 'number' &&
  'port' in read &&
  typeof read.port === 'number' &&
  'secure' in read &&
  typeof read.secure === 'boolean';
