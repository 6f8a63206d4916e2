import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuditLog, auditDefinition, type AuditBlock } from '@chuanyu/access';
import type { Database } from '@chuanyu/collections';
import type { Clause } from '@chuanyu/contracts';
import { defaultLimits, type Workflows } from '@chuanyu/engine';
import { topicsOf, type EventLog } from '@chuanyu/event-log';
import {
  addressOf,
  endHttpApplication,
  Operations,
  clausesOf,
  KnownClauses,
  startHttpApplication,
  type Files,
  type KeptClause,
  type OperatorsAddress,
  type Province,
  type Traffic,
} from '@chuanyu/service';
import { KeyAnnouncements } from './announcements';
import { EXCHANGE_STATE, ExchangeController } from './exchange-controller';
import { ExchangeKeys } from './exchange-keys';
import { homeGroups, useOfExchange } from './exchange-log-use';
import { CrossingFiles } from './files/crossing-files';
import { Gates } from './gates';
import { HeldMessages, heldDefinition, type HeldMessage } from './held';
import { Inbound } from './inbound';
import { Opener, Sealer, type Keyring, type Pairing } from './keys';
import { Listening } from './listening';
import { Mirror } from './mirror';
import { Outbound } from './outbound';
import { subscriptionsTo } from './peer-subscriptions';
import { Publisher, publishedDefinition, type PublishedMark } from './published';
import { QuarantineStore, quarantineDefinition, type Quarantined } from './quarantine';
import { ExchangeState, merged } from './state';
import { Validators } from './validators';
import { samplesOf, standsOn, stateOf, type Waiting } from './waiting';

export interface ExchangeConfig {
  readonly province: Province;
  readonly database: Database;
  readonly workflows: Workflows;
  /** Contents of attachments: the same as the domains' services have. */
  readonly files: Files;
  readonly keyring: Keyring;
  readonly pairing: Pairing;
  /** The log of each peer, over a line that may be cut: only its border and public topics are read. */
  readonly peers: Readonly<Record<string, EventLog & { readonly isCut?: boolean }>>;
  /** Keyring and pairing file as they are now: an operator's change is taken without a restart. */
  readonly reread?: () => Promise<{ readonly keyring: Keyring; readonly pairing: Pairing | undefined }>;
  /** How often it looks at them, announces keys that a peer has not taken, and tries what is held: 60 s unless said. */
  readonly everyMilliseconds?: number;
  readonly host: string;
  readonly port: number;
  /** Where operators read metrics; nowhere unless said. */
  readonly operations?: OperatorsAddress;
  /** What an operator must look at. */
  readonly onAlarm: (what: string) => void;
}

/** The one service that crosses the border: it signs, seals, sends, verifies and receives. */
export class ExchangeService {
  private readonly listening: Listening;
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  readonly operations: Operations;
  private app: NestFastifyApplication | undefined;
  private traffic: Traffic | undefined;
  private waiting: Waiting | undefined;
  private releasing: Promise<void> = Promise.resolve();
  private files: CrossingFiles | undefined;
  private address = '';

  private constructor(
    private readonly config: ExchangeConfig,
    private readonly clauses: KnownClauses,
    private readonly kept: ExchangeState,
    private readonly keys: ExchangeKeys,
    private readonly quarantine: QuarantineStore,
    private readonly audit: AuditLog,
  ) {
    this.operations = new Operations(config.province, 'exchange');
    this.listening = new Listening((peer) => config.peers[peer]?.isCut === true, config.onAlarm);
  }

  static async create(config: ExchangeConfig): Promise<ExchangeService> {
    const { province, database } = config;
    const now = () => province.clock.now();
    const clauses = new KnownClauses(await database.collection<KeptClause>(clausesOf('exchange')), now);
    const kept = await ExchangeState.open(database);
    const audit = new AuditLog(await database.collection<AuditBlock>(auditDefinition), province.clock);
    const quarantine = new QuarantineStore(
      await database.collection<Quarantined>(quarantineDefinition),
      now,
      config.onAlarm,
      audit,
    );
    const announcements = new KeyAnnouncements({
      issuer: province.directory.province(province.id)?.issuer ?? '',
      peers: Object.keys(config.peers),
      domain: config.workflows.domains()[0] ?? '',
      log: province.log,
      state: kept,
    });
    const pairing = merged(config.pairing, await kept.pairing());
    const keys = new ExchangeKeys(config, kept, announcements, pairing);
    return new ExchangeService(config, clauses, kept, keys, quarantine, audit);
  }

  async start(): Promise<this> {
    const { config } = this;
    const { province, workflows, peers } = config;
    const domains = workflows.domains();
    const names = Object.keys(peers);
    const log = province.log;
    await log.declare(topicsOf(useOfExchange(province.id, names, domains)));
    await this.clauses.load();
    const validators = new Validators(workflows);
    const gates = new Gates(this.clauses, province.clock, workflows, validators);
    const marks = await config.database.collection<PublishedMark>(publishedDefinition);
    const secret = await this.kept.secret();
    const publisher = new Publisher({ province: province.id, log, directory: province.directory, marks, secret });
    const sealer = new Sealer(() => this.keys.pairing, province.clock);
    const opener = new Opener(() => this.keys.keyring, province.clock);
    const kept = await config.database.collection<HeldMessage>(heldDefinition);
    const now = () => province.clock.now();

    const files = await CrossingFiles.open({
      config,
      audit: this.audit,
      mayFlow: (clause) => gates.mayFlow(clause),
      put: (message, to) => outbound.put(message, to),
      onArrived: () => void this.release(),
    });
    this.files = files;
    const outbound: Outbound = new Outbound({
      province: province.id,
      peers: names,
      log,
      clock: province.clock,
      keyring: () => this.keys.keyring,
      sealer,
      validators,
      publisher,
      files: files.sent,
      onAlarm: (what) => config.onAlarm(what),
    });
    outbound.held = new HeldMessages(
      kept,
      'out',
      gates.out,
      (message) => outbound.cross(message),
      now,
      (message, why) => outbound.sayHeld(message, why),
    );
    const heldIn = new Map<string, HeldMessages>();
    const inbounds = new Map<string, Inbound>();
    for (const peer of names) {
      const inbound = new Inbound({
        province: province.id,
        peer,
        domains,
        log,
        clock: province.clock,
        opener,
        keys: () => this.keys.pairing,
        ownKeys: () => this.keys.own(),
        validators,
        publisher,
        quarantine: this.quarantine,
        onKey: (announcement) => this.keys.onMessage(peer, announcement),
        takeKey: async (announcement) => (await this.keys.take(peer, announcement)) === undefined,
        files: files.from(peer),
        onWant: (message) => files.sent.onWant(peer, message),
        mayComeIn: (message) => gates.in(message) === undefined,
        eventLimit: defaultLimits.event,
      });
      inbound.held = new HeldMessages(
        kept,
        'in',
        async (message) => gates.in(message) ?? files.from(peer).waitsFor(message),
        (message) => inbound.cross(message),
        now,
        (message, why) => inbound.sayHeld(message, why),
        peer,
      );
      heldIn.set(peer, inbound.held);
      inbounds.set(peer, inbound);
    }
    const waiting = (this.waiting = { out: outbound.held, in: heldIn, quarantine: this.quarantine });
    const { operations } = this;
    samplesOf(operations.meters, config, waiting);
    standsOn(operations.readiness, config);
    const own = operations.watch(log);
    this.clauses.onChange(() => void this.release());
    this.clauses.onChange(() => files.sent.go());

    const groups = homeGroups(domains);
    const told = await this.listening.own(own, {
      ...groups.clauses,
      from: 'beginning',
      handle: async (record) => this.clauses.note(record.value as Clause),
    });
    // What was suspended while nothing ran here must hold what was saved meanwhile: so clauses come first.
    await told.drained();
    await this.listening.own(own, {
      ...groups.outbound,
      from: 'beginning',
      handle: (record) => outbound.handle(record),
    });
    for (const [peer, line] of Object.entries(peers)) {
      const theirs = operations.watch(line, { of: peer });
      const inbound = inbounds.get(peer);
      if (!inbound) continue;
      const mirror = new Mirror({ peer, log, validators, marks, quarantine: this.quarantine });
      for (const subscription of subscriptionsTo(peer, province.id, domains, inbound, mirror))
        this.listening.peer(peer, theirs, subscription);
    }
    this.traffic = operations.traffic({ behindGateway: true });
    this.app = await startHttpApplication({
      controllers: [ExchangeController],
      providers: [{ provide: EXCHANGE_STATE, useValue: () => stateOf(waiting) }],
      health: { readiness: operations.readiness, names: true },
      traffic: this.traffic,
      host: config.host,
      port: config.port,
      onInternal: (error) => province.onError(`${province.id}/exchange`, error),
    });
    this.address = await addressOf(this.app);
    await operations.open(config.operations);
    files.start();
    await this.tick();
    this.timer = setInterval(() => void this.tick(), config.everyMilliseconds ?? 60_000);
    this.timer.unref();
    return this;
  }
  async stop(): Promise<void> {
    const { operations, app, traffic } = this;
    operations.readiness.end();
    clearInterval(this.timer);
    await operations.end('records', () => this.listening.stop());
    await operations.end('files', () => this.files?.stop());
    await operations.end('keys', () => this.ticking);
    await operations.end('held', () => this.releasing);
    await operations.end('requests', () => app && traffic && endHttpApplication(app, traffic));
    await operations.close();
  }
  get url(): string {
    return this.address;
  }
  /** Resolves when all that the logs held at the call is handled. A line that is cut is not waited for. */
  async drained(): Promise<void> {
    await this.listening.drained();
    await this.releasing;
    await this.files?.done();
  }
  /** Looks at its keys, says what was not taken yet, tries what is held. Never throws: what fails is told and tried again. */
  tick(): Promise<void> {
    const { province } = this.config;
    this.ticking = this.ticking
      .then(() => this.clauses.load())
      .then(() => this.keys.look())
      .catch((error: unknown) => province.onError(`${province.id}/exchange`, error))
      .then(() => this.release())
      .then(() => this.files?.look());
    return this.ticking;
  }

  /** What waits for a clause and what was not believed, for an operator; no content. */
  async state(): Promise<object> {
    return this.waiting ? stateOf(this.waiting) : { held: [], quarantined: [] };
  }
  /** Public keys of this province and its peers: what verifies an exported case offline. */
  publicKeys(): object {
    return this.keys.all();
  }
  /** Takes a rotated keyring into use and announces what waits in it. */
  async useKeyring(keyring: Keyring): Promise<void> {
    this.keys.use(keyring);
    await this.tick();
  }

  private release(): Promise<void> {
    this.releasing = this.releasing
      .then(async () => {
        await this.waiting?.out.release();
        for (const each of this.waiting?.in.values() ?? []) await each.release();
      })
      .catch((error: unknown) => this.config.province.onError(`${this.config.province.id}/exchange`, error));
    return this.releasing;
  }
}
