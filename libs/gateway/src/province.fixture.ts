import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, officersOfTwo, verifyingKeys, type SignIn } from '@chuanyu/access';
import { openSqlite, type Database } from '@chuanyu/collections';
import { topics, type CaseRow, type RowMessage } from '@chuanyu/contracts';
import { openSqliteLog, type EventLog } from '@chuanyu/event-log';
import { openFolder } from '@chuanyu/files';
import { FixedClock, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import { DomainService, Files, type Province } from '@chuanyu/service';
import { pino } from 'pino';
import type { GatewayConfig } from './config';
import { GatewayService } from './gateway-service';
import type { RowBook } from './lists/row-book';
import { aNotice, NOW, TO_YUBEI, trials } from './trials.fixture';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** A province with its gateway and its prison service, on stores in memory and a log in a file of its own. */
export class ProvinceFixture {
  readonly errors: unknown[] = [];
  readonly lines: string[] = [];
  private keys = 0;
  private constructor(
    public gateway: GatewayService,
    private readonly config: GatewayConfig,
    readonly prison: DomainService,
    readonly province: Province,
    readonly clock: FixedClock,
    readonly realTime: FixedClock,
    readonly log: EventLog,
    readonly databases: readonly Database[],
    private readonly folder: string,
  ) {}
  /** Where contents of files lie. */
  get files(): string {
    return join(this.folder, 'files');
  }

  static async start(changed: Partial<GatewayConfig> = {}): Promise<ProvinceFixture> {
    const clock = new FixedClock(Date.parse(NOW));
    const realTime = new FixedClock(Date.parse('2026-08-01T00:00:00.000Z'));
    const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    const log = await openSqliteLog({ file: join(folder, 'log.sqlite'), clock });
    const signingKey = await generateSigningKey();
    const errors: unknown[] = [];
    const lines: string[] = [];
    const province: Province = {
      id: 'sichuan',
      directory: twoProvinces,
      officers: officersOfTwo,
      log,
      clock,
      realTime,
      calendar: publishedCalendar,
      tokenKeys: verifyingKeys(signingKey),
      onError: (where, error) => errors.push(where, error),
      journal: pino({}, { write: (line: string) => void lines.push(line) }),
    };
    const own = await openSqlite({ file: ':memory:' });
    const service = await openSqlite({ file: ':memory:' });
    const store = await openFolder(join(folder, 'files'));
    const prison = await DomainService.create({
      province,
      database: service,
      files: await Files.open(service, clock, { store }),
      domain: 'prison',
      workflows: trials,
      host: '127.0.0.1',
      port: 0,
      peers: ['chongqing'],
      timerMilliseconds: 3_600_000,
      publicUrl: () => PUBLIC,
    });
    await prison.start();
    const config: GatewayConfig = {
      province,
      database: own,
      workflows: trials,
      host: '127.0.0.1',
      port: 0,
      serviceOf: (domain) => (domain === 'prison' ? prison.url : undefined),
      signingKey,
      peers: ['chongqing'],
      signIn: anybody,
      ...changed,
    };
    const gateway = await (await GatewayService.create(config)).start();
    const made = new ProvinceFixture(gateway, config, prison, province, clock, realTime, log, [own, service], folder);
    Object.assign(made, { errors, lines });
    return made;
  }
  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.prison.stop();
    await this.log.close();
    for (const database of this.databases) await database.close();
    await rm(this.folder, { recursive: true });
  }
  /** Another process, so to speak, on the same stores. */
  async restartGateway(limits: GatewayConfig['limits'] = {}): Promise<void> {
    await this.gateway.stop();
    const config = { ...this.config, limits: { ...this.config.limits, ...limits } };
    this.gateway = await (await GatewayService.create(config)).start();
  }
  /** What the gateway keeps. */
  get own(): Database {
    return this.config.database;
  }
  get book(): RowBook {
    return this.gateway.book;
  }
  /** What was said is on the log and in the lists. */
  async settle(): Promise<void> {
    await this.prison.settle();
    await this.gateway.settle();
  }

  /** Tells rows on the log, and waits until the lists have them. */
  async tell(...rows: readonly CaseRow[]): Promise<void> {
    await this.log.append(
      rows.map((row) => {
        const value: RowMessage = { kind: 'row', to: null, epoch: 1, domain: 'prison', case: row.id, row };
        return { topic: topics.events('prison'), key: row.id, headers: { kind: 'row' }, value };
      }),
    );
    await this.gateway.settle();
  }

  async as(officer: string): Promise<Session> {
    const answer = await this.ask('POST', '/api/sign-in', { body: { officer, password: PASSWORD } });
    if (typeof answer.body['token'] !== 'string') throw new Error(answer.text);
    return new Session(this, answer.body['token']);
  }
  async ask(method: string, path: string, { body, headers = {} }: Asked = {}): Promise<Answered> {
    const answer = await fetch(`${this.gateway.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const read: unknown =
      /json\b/.test(answer.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : {};
    return { status: answer.status, headers: answer.headers, text, body: read as Record<string, unknown> };
  }
  key(): string {
    return `key-${(this.keys += 1)}`;
  }
}
interface Asked {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export const PASSWORD = 'correct horse 电池';
/** Hashing is proven in `access`; here everybody has the one password, so that the specs are quick. */
const anybody: SignIn = {
  signIn: async ({ officer, password }) =>
    (password === PASSWORD ? officersOfTwo.officer(officer) : undefined) ?? {
      denied: 'wrong-password',
      message: '用户名或者密码不正确',
    },
};

/** One officer's work through the gateway. */
export class Session {
  constructor(
    private readonly fixture: ProvinceFixture,
    readonly token: string,
  ) {}
  ask(method: string, path: string, { body, headers = {} }: Asked = {}): Promise<Answered> {
    return this.fixture.ask(method, path, {
      ...(body === undefined ? {} : { body }),
      headers: { Authorization: `Bearer ${this.token}`, ...headers },
    });
  }
  get(path: string): Promise<Answered> {
    return this.ask('GET', path);
  }
  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answered> {
    return this.ask('POST', path, { body, headers: { 'Idempotency-Key': this.fixture.key(), ...headers } });
  }
  /** The items of a list. */
  async list(path: string): Promise<readonly Record<string, unknown>[]> {
    const { status, body, text } = await this.get(path);
    if (status !== 200) throw new Error(text);
    return body['items'] as readonly Record<string, unknown>[];
  }
  async openHandover(form: object = {}): Promise<{ readonly id: string; readonly draft: string }> {
    const { status, body, headers, text } = await this.post('/api/prison/trial-handover', {
      to: TO_YUBEI,
      form: aNotice(form),
    });
    if (status !== 202) throw new Error(text);
    return { id: String(body['id']), draft: (headers.get('taken-as') ?? '').replace('draft ', '') };
  }
  async openErrand(matter: string): Promise<string> {
    const { status, body, text } = await this.post('/api/prison/trial-errand', { form: { matter } });
    if (status !== 201) throw new Error(text);
    return String(body['id']);
  }
}

/** As the public knows the gateway. */
export const PUBLIC = 'https://sf.example.gov.cn';

/** Whatever was refused is said in the one way. */
export const isProblem = (answer: { status: number; headers: Headers; body: Record<string, unknown> }) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({
    status: answer.status,
    code: expect.stringMatching(/^[a-z-]+$/),
    title: expect.stringMatching(/\p{Script=Han}/u),
    detail: expect.stringMatching(/\p{Script=Han}/u),
  });
};
