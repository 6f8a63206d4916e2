import { Controller, Get, Inject } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuditLog, auditDefinition, type AuditBlock } from '@chuanyu/access';
import type { Database } from '@chuanyu/collections';
import { topics, type Clause } from '@chuanyu/contracts';
import { defaultLimits, type Workflows } from '@chuanyu/engine';
import type { EventLog, RunningSubscription, Subscription } from '@chuanyu/event-log';
import {
  addressOf,
  clausesOf,
  KnownClauses,
  startHttpApplication,
  type KeptClause,
  type Province,
} from '@chuanyu/service';
import { KeyAnnouncements } from './announcements';
import { Gates } from './gates';
import { HeldMessages, heldDefinition, type HeldMessage } from './held';
import { Inbound } from './inbound';
import { acceptAnnouncement, Opener, Sealer, sealingKey, type Keyring, type KeySet, type Pairing } from './keys';
import { Mirror } from './mirror';
import { Outbound } from './outbound';
import { Publisher, publishedDefinition, type PublishedMark } from './published';
import { QuarantineStore, quarantineDefinition, type Quarantined } from './quarantine';
import { ExchangeState, merged } from './state';
import { Validators } from './validators';

export interface ExchangeConfig {
  readonly province: Province;
  readonly database: Database;
  readonly workflows: Workflows;
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
  /** What an operator must look at. */
  readonly onAlarm: (what: string) => void;
}

/** Milliseconds before a peer's log is asked again, and how often before somebody is told. */
const LISTEN_AGAIN = 200;
const PATIENCE = 50;

/** The one service that crosses the border: it signs, seals, sends, verifies and receives. */
export class ExchangeService {
  private readonly running: { readonly of: RunningSubscription; readonly peer?: string }[] = [];
  private readonly listening: { readonly until: Promise<void>; readonly peer: string }[] = [];
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  private readonly complained = new Set<string>();
  private app: NestFastifyApplication | undefined;
  private held: { readonly out: HeldMessages; readonly in: ReadonlyMap<string, HeldMessages> } | undefined;
  private releasing: Promise<void> = Promise.resolve();
  private address = '';

  private constructor(
    private readonly config: ExchangeConfig,
    private readonly clauses: KnownClauses,
    private readonly kept: ExchangeState,
    private readonly announcements: KeyAnnouncements,
    private readonly quarantine: QuarantineStore,
    private keyring: Keyring,
    private pairing: Pairing,
  ) {}

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
    return new ExchangeService(config, clauses, kept, announcements, quarantine, config.keyring, pairing);
  }

  async start(): Promise<this> {
    const { config } = this;
    const { province, workflows, peers } = config;
    const domains = workflows.domains();
    const names = Object.keys(peers);
    const log = province.log;
    await log.declare(
      [
        ...domains.flatMap((domain) => [
          topics.events(domain),
          topics.inbound(domain),
          topics.published(province.id, domain),
          ...names.flatMap((peer) => [topics.border(province.id, peer, domain), topics.published(peer, domain)]),
        ]),
        ...names.map((peer) => topics.control(province.id, peer)),
        topics.events('exchange'),
        topics.clauses,
        topics.counts,
      ].map((name) => ({ name })),
    );
    await this.clauses.load();
    const validators = new Validators(workflows);
    const gates = new Gates(this.clauses, province.clock, workflows, validators);
    const marks = await config.database.collection<PublishedMark>(publishedDefinition);
    const secret = await this.kept.secret();
    const publisher = new Publisher({ province: province.id, log, directory: province.directory, marks, secret });
    const sealer = new Sealer(() => this.pairing, province.clock);
    const opener = new Opener(() => this.keyring, province.clock);
    const kept = await config.database.collection<HeldMessage>(heldDefinition);
    const now = () => province.clock.now();

    const outbound = new Outbound({
      province: province.id,
      peers: names,
      log,
      clock: province.clock,
      keyring: () => this.keyring,
      sealer,
      validators,
      publisher,
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
        keys: () => this.pairing,
        ownKeys: () => this.ownKeys(),
        validators,
        publisher,
        quarantine: this.quarantine,
        onKey: (announcement) => this.onKey(peer, announcement),
        takeKey: async (announcement) => (await this.takeKey(peer, announcement)) === undefined,
        eventLimit: defaultLimits.event,
      });
      inbound.held = new HeldMessages(
        kept,
        'in',
        gates.in,
        (message) => inbound.cross(message),
        now,
        (message, why) => inbound.sayHeld(message, why),
      );
      heldIn.set(peer, inbound.held);
      inbounds.set(peer, inbound);
    }
    this.held = { out: outbound.held, in: heldIn };
    this.clauses.onChange(() => void this.release());

    const told = await log.subscribe({
      group: 'exchange.clauses',
      topics: [topics.clauses],
      from: 'beginning',
      handle: async (record) => this.clauses.note(record.value as Clause),
    });
    this.running.push({ of: told });
    // What was suspended while nothing ran here must hold what was saved meanwhile: so clauses come first.
    await told.drained();
    this.running.push({
      of: await log.subscribe({
        group: 'exchange.outbound',
        topics: [...domains.map(topics.events), topics.events('exchange')],
        from: 'beginning',
        handle: (record) => outbound.handle(record),
      }),
    });
    for (const [peer, theirs] of Object.entries(peers)) {
      const inbound = inbounds.get(peer);
      if (!inbound) continue;
      const mirror = new Mirror({ peer, log, validators, marks, quarantine: this.quarantine });
      const border = domains.map((domain) => topics.border(peer, province.id, domain));
      this.listen(peer, theirs, {
        group: `exchange.${province.id}`,
        topics: [...border, topics.control(peer, province.id)],
        from: 'beginning',
        handle: (record) => inbound.handle(record),
      });
      this.listen(peer, theirs, {
        group: `mirror.${province.id}`,
        topics: domains.map((domain) => topics.published(peer, domain)),
        from: 'beginning',
        handle: (record) => mirror.handle(record),
      });
    }
    this.app = await startHttpApplication({
      controllers: [ExchangeController],
      providers: [{ provide: ExchangeService, useValue: this }],
      host: config.host,
      port: config.port,
      onInternal: (error) => province.onError(`${province.id}/exchange`, error),
    });
    this.address = await addressOf(this.app);
    await this.tick();
    this.timer = setInterval(() => void this.tick(), config.everyMilliseconds ?? 60_000);
    this.timer.unref();
    return this;
  }
  /** A peer that is cut off, or has not made its topics yet, keeps nobody from starting here: it is listened to as soon as it can be. */
  private listen(peer: string, theirs: EventLog, subscription: Subscription): void {
    const attempt = async (): Promise<void> => {
      for (let failures = 0; !this.stopping; failures += 1) {
        try {
          this.running.push({ of: await theirs.subscribe(subscription), peer });
          return;
        } catch (error) {
          if (failures === PATIENCE) this.config.onAlarm(`${peer} cannot be listened to: ${String(error)}`);
          await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN));
        }
      }
    };
    this.listening.push({ until: attempt(), peer });
  }
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await Promise.all(this.listening.map(({ until }) => until));
    await Promise.all(this.running.map(({ of }) => of.stop()));
    await this.ticking;
    await this.releasing;
    await this.app?.close();
  }
  get url(): string {
    return this.address;
  }
  /** Resolves when all that the logs held at the call is handled. A line that is cut is not waited for. */
  async drained(): Promise<void> {
    const isCut = (peer: string | undefined) => peer !== undefined && this.config.peers[peer]?.isCut === true;
    await Promise.all(this.listening.filter(({ peer }) => !isCut(peer)).map(({ until }) => until));
    await Promise.all(this.running.filter(({ peer }) => !isCut(peer)).map(({ of }) => of.drained()));
    await this.releasing;
  }
  /** Looks at its keys, says what was not taken yet, tries what is held. Never throws: what fails is told and tried again. */
  tick(): Promise<void> {
    const { province } = this.config;
    this.ticking = this.ticking
      .then(() => this.lookAtKeys())
      .catch((error: unknown) => province.onError(`${province.id}/exchange`, error))
      .then(() => this.release());
    return this.ticking;
  }

  /** What waits for a clause and what was not believed, for an operator; no content. */
  async state(): Promise<object> {
    const held = this.held
      ? [
          ...(await this.held.out.all()),
          ...(await Promise.all([...this.held.in.values()].map((each) => each.all()))).flat(),
        ]
      : [];
    return {
      held: held.map((each) => ({ direction: each.direction, case: each.case, since: each.since, why: each.why })),
      quarantined: (await this.quarantine.all()).map(({ value: _, headers: __, ...told }) => told),
    };
  }
  /** Public keys of this province and its peers: what verifies an exported case offline. */
  publicKeys(): object {
    const peers = this.pairing.peers.map((peer) => ({ province: peer.province, issuer: peer.issuer, keys: peer.keys }));
    return { peers: [...peers, this.ownKeys()] };
  }
  private ownKeys(): KeySet['peers'][number] {
    const { province } = this.config;
    const issuer = province.directory.province(province.id)?.issuer ?? '';
    return { province: province.id, issuer, keys: this.keyring.publicKeys() };
  }
  /** Takes a rotated keyring into use and announces what waits in it. */
  async useKeyring(keyring: Keyring): Promise<void> {
    this.keyring = keyring;
    await this.tick();
  }

  private async lookAtKeys(): Promise<void> {
    const { province, peers, reread } = this.config;
    const now = province.clock.now();
    const read = await reread?.();
    if (read) this.keyring = read.keyring;
    if (read?.pairing) this.pairing = merged(read.pairing, this.pairing);
    await this.kept.savePairing(this.pairing);
    this.complain('no own key signs now: rotate, or correct the clock', !this.keyring.current('sig', now));
    for (const peer of Object.keys(peers))
      this.complain(`no key to seal with for ${peer}: it has announced none`, !sealingKey(this.pairing, peer, now));
    if (this.keyring.current('sig', now)) await this.announcements.say(this.keyring, now);
  }
  /** Once, until it has been put right. */
  private complain(what: string, holds: boolean): void {
    if (holds && !this.complained.has(what)) this.config.onAlarm(what);
    if (holds) this.complained.add(what);
    else this.complained.delete(what);
  }
  private release(): Promise<void> {
    this.releasing = this.releasing
      .then(async () => {
        await this.held?.out.release();
        for (const each of this.held?.in.values() ?? []) await each.release();
      })
      .catch((error: unknown) => this.config.province.onError(`${this.config.province.id}/exchange`, error));
    return this.releasing;
  }

  private async onKey(peer: string, announcement: unknown): Promise<void> {
    const taken = KeyAnnouncements.takenIn(announcement);
    if (taken) return this.announcements.noteTaken(peer, taken);
    const refused = await this.takeKey(peer, announcement);
    if (refused !== undefined) this.config.onAlarm(`${peer} announced keys that are not accepted: ${refused}`);
  }
  /** Why announced keys cannot be believed; undefined where they were taken. */
  private async takeKey(peer: string, announcement: unknown): Promise<string | undefined> {
    const accepted = await acceptAnnouncement(this.pairing, peer, announcement, this.config.province.clock.now());
    if (!accepted.ok) return accepted.fault.code;
    this.pairing = accepted.pairing;
    await this.kept.savePairing(accepted.pairing);
    await this.announcements.confirm(peer, announcement);
    return undefined;
  }
}

@Controller()
class ExchangeController {
  constructor(@Inject(ExchangeService) private readonly exchange: ExchangeService) {}
  @Get('health/ready')
  async ready(): Promise<object> {
    return { ready: true, ...(await this.exchange.state()) };
  }
}
