import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addUser, answersWithin, makeReplicaSet } from '@chuanyu/collections/mongodb';
import { makeCertificate } from './certificate';
import { CannotStart } from './engine';
import { mongoDbProgram, type Program } from './mongodb-program';
import { freePort, isRunning, startApart, waitFor } from './processes';

const START_WITHIN = 60_000;
const STOP_WITHIN = 20_000;
const REPLICA_SET = 'chuanyu';
const USER = 'services';

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly secure: boolean;
  readonly kind: Program['kind'];
}

export interface MongoDbServerOptions {
  /** TLS; there is a user with a password in any case. */
  readonly secure?: boolean;
  readonly port?: number;
  readonly say?: (line: string) => void;
}

/** One MongoDB, or what stands in for it, in one folder: a replica set of one, whose data, user and port stay while the folder does. */
export class MongoDbServer {
  constructor(readonly folder: string) {}

  /** Starts it where it does not run, and resolves when it takes saves. */
  async start({ secure = false, port, say }: MongoDbServerOptions = {}): Promise<void> {
    const before = this.last();
    if (before && this.isUp()) {
      if (before.secure === secure && (port === undefined || port === before.port)) return;
      throw new CannotStart(
        `MongoDB runs in ${this.folder} at port ${before.port} otherwise than asked: stop it first.`,
      );
    }
    const program = mongoDbProgram(undefined, say);
    if (before && before.kind !== program.kind)
      throw new CannotStart(
        `${this.folder} holds data of ${before.kind}, and ${program.kind} is what would run now: remove it, or choose another.`,
      );
    mkdirSync(join(this.folder, 'data'), { recursive: true, mode: 0o700 });
    // A port once given stays, so that whoever was told it finds the server again.
    const place = { port: port ?? before?.port ?? (await freePort()), secure, kind: program.kind };
    const password = this.password();
    if (!existsSync(this.file('user'))) await this.makeUser(program, place, password);
    await this.run(program, place, true);
    await this.untilItAnswers(this.address('admin'));
  }

  /** In order: what it holds is on the disk. */
  stop(): Promise<boolean> {
    return this.end('SIGTERM');
  }

  /** As by a power cut. */
  kill(): Promise<boolean> {
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
    return last !== undefined && isRunning(last.pid, this.file('data'));
  }

  /** How a database on it is reached. */
  address(database: string): string {
    return this.addressFor(database, `${USER}:${this.password()}@`);
  }

  private addressFor(database: string, user: string): string {
    const last = this.last();
    if (last === undefined) throw new CannotStart(`no MongoDB was started in ${this.folder}`);
    const options = new URLSearchParams({
      // SecantusDB, while it ends, says that it is in no replica set: drivers that look for one would forget it for good.
      directConnection: 'true',
      ...(user !== '' && { authSource: 'admin' }),
      ...(last.secure && { tls: 'true', tlsCAFile: this.file('certificate.pem') }),
    });
    return `mongodb://${user}127.0.0.1:${last.port}/${database}?${options.toString()}`;
  }

  /** mongod takes its first user from this machine without asking; the other one only when it asks nobody for a password. */
  private async makeUser(program: Program, place: Omit<Running, 'pid'>, password: string): Promise<void> {
    await this.run(program, place, program.kind === 'mongod');
    const address = this.addressFor('admin', '');
    if (program.kind === 'mongod') {
      await waitFor(
        () => this.tries(() => makeReplicaSet(address, REPLICA_SET, `127.0.0.1:${place.port}`)),
        START_WITHIN,
        'the replica set',
      );
    }
    await this.untilItAnswers(address);
    await addUser(address, USER, password);
    writeFileSync(this.file('user'), '');
    await this.stop();
  }

  private async run(program: Program, place: Omit<Running, 'pid'>, asksForPasswords: boolean): Promise<void> {
    const args =
      program.kind === 'mongod' ? this.mongodArguments(place) : this.secantusArguments(place, asksForPasswords);
    const pid = await startApart(program.command, args, this.folder, this.file('mongodb.log'));
    writeFileSync(this.file('running.json'), JSON.stringify({ pid, ...place } satisfies Running));
  }

  private mongodArguments({ port, secure }: Omit<Running, 'pid'>): readonly string[] {
    const keyFile = this.file('members.key');
    if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(48).toString('base64'), { mode: 0o600 });
    return [
      ...['--dbpath', this.file('data'), '--bind_ip', '127.0.0.1', '--port', String(port)],
      ...['--replSet', REPLICA_SET, '--keyFile', keyFile, '--wiredTigerCacheSizeGB', '0.25'],
      ...(secure ? ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', makeCertificate(this.folder).server] : []),
    ];
  }

  private secantusArguments({ port, secure }: Omit<Running, 'pid'>, asksForPasswords: boolean): readonly string[] {
    // Else it would read settings that lie about in somebody's home.
    const settings = this.file('secantusd.toml');
    writeFileSync(settings, '');
    const { server, key } = secure ? makeCertificate(this.folder) : { server: '', key: '' };
    return [
      ...['--config', settings, '--host', '127.0.0.1', '--port', String(port), '--storage-path', this.file('data')],
      // Without, an acknowledged save is lost with the process.
      ...['--sync-on-commit', '--cache-size', '256M', '--log-level', 'WARNING'],
      ...(asksForPasswords ? ['--auth'] : []),
      ...(secure ? ['--tls-cert-file', server, '--tls-key-file', key] : []),
    ];
  }

  private async untilItAnswers(address: string): Promise<void> {
    try {
      await answersWithin(address, START_WITHIN, () => this.isUp());
    } catch (error) {
      const said = readFileSync(this.file('mongodb.log'), 'utf8').trim().split('\n').slice(-15).join('\n');
      await this.kill();
      throw new CannotStart(`MongoDB in ${this.folder} did not start; the end of its mongodb.log:\n${said}`, {
        cause: error,
      });
    }
  }

  private async tries(work: () => Promise<unknown>): Promise<boolean> {
    if (!this.isUp()) await this.untilItAnswers(this.addressFor('admin', ''));
    return work().then(
      () => true,
      () => false,
    );
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean> {
    if (!this.isUp()) return false;
    // A frozen process hears only of its end.
    this.signal('SIGCONT');
    this.signal(signal);
    await waitFor(() => !this.isUp(), STOP_WITHIN, `the end of MongoDB in ${this.folder}`);
    return true;
  }

  private signal(signal: NodeJS.Signals): void {
    const last = this.last();
    if (last !== undefined && this.isUp()) process.kill(last.pid, signal);
  }

  private password(): string {
    const file = this.file('password');
    if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
    return readFileSync(file, 'utf8');
  }

  private last(): Running | undefined {
    try {
      const read: unknown = JSON.parse(readFileSync(this.file('running.json'), 'utf8'));
      return isRunningFile(read) ? read : undefined;
    } catch {
      return undefined;
    }
  }

  private file(name: string): string {
    return join(this.folder, name);
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
  typeof read.secure === 'boolean' &&
  'kind' in read &&
  (read.kind === 'mongod' || read.kind === 'secantus');
