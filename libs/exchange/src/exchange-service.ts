import { randomUUID } from 'node:crypto';
import { Controller, Get, Inject } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Duplicate, VersionConflict, type Collection, type Database, type Document } from '@chuanyu/collections';
import { topics, type AskMessage, type Clause, type Message, type StepMessage } from '@chuanyu/contracts';
import { defaultLimits, type Workflows } from '@chuanyu/engine';
import type { EventLog, RunningSubscription } from '@chuanyu/event-log';
import {
  addressOf,
  clausesOf,
  KnownClauses,
  standing,
  startHttpApplication,
  type KeptClause,
  type Province,
} from '@chuanyu/service';
import { HeldMessages, heldDefinition, type HeldMessage } from './held';
import { Inbound } from './inbound';
import { acceptAnnouncement, announce, Opener, Sealer, type Keyring, type KeySet, type Pairing } from './keys';
import { Outbound } from './outbound';
import { Publisher, publishedDefinition, type PublishedMark } from './published';
import { QuarantineStore, quarantineDefinition, type Quarantined } from './quarantine';
import { Validators } from './validators';

export interface ExchangeConfig {
  readonly province: Province;
  readonly database: Database;
  readonly workflows: Workflows;
  readonly keyring: Keyring;
  readonly pairing: Pairing;
  /** The log of each peer, over a line that may be cut: only its border and public topics are read. */
  readonly peers: Readonly<Record<string, EventLog>>;
  readonly host: string;
  readonly port: number;
  /** What an operator must look at. */
  readonly onAlarm: (what: string) => void;
}
interface Kept extends Document {
  readonly pairing?: Pairing;
  readonly secret?: string;
}

/** The one service that crosses the border: it signs, seals, sends, verifies and receives. */
export class ExchangeService {
  private readonly running: RunningSubscription[] = [];
  private app: NestFastifyApplication | undefined;
  private held: { readonly out: HeldMessages; readonly in: ReadonlyMap<string, HeldMessages> } | undefined;
  private releasing: Promise<void> = Promise.resolve();
  private address = '';

  private constructor(
    private readonly config: ExchangeConfig,
    private readonly clauses: KnownClauses,
    private readonly store: Collection<Kept>,
    private readonly quarantine: QuarantineStore,
    private keyring: Keyring,
    private pairing: Pairing,
  ) {}

  static async create(config: ExchangeConfig): Promise<ExchangeService> {
    const { province, database } = config;
    const now = () => province.clock.now();
    const clauses = new KnownClauses(await database.collection<KeptClause>(clausesOf('exchange')), now);
    const store = await database.collection<Kept>({ name: 'exchange.state', fields: [], sets: {} });
    const quarantine = new QuarantineStore(
      await database.collection<Quarantined>(quarantineDefinition),
      now,
      config.onAlarm,
    );
    const known = await store.get('pairing');
    return new ExchangeService(
      config,
      clauses,
      store,
      quarantine,
      config.keyring,
      merged(config.pairing, known?.document.pairing),
    );
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
    const publisher = new Publisher({
      province: province.id,
      log,
      directory: province.directory,
      marks: await config.database.collection<PublishedMark>(publishedDefinition),
      secret: await this.secret(),
    });
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
      (message) => this.gateOut(message),
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
        onKey: (from, announcement) => this.acceptKey(from, announcement),
        eventLimit: defaultLimits.event,
      });
      inbound.held = new HeldMessages(
        kept,
        'in',
        (message) => this.gateIn(message),
        (message) => inbound.cross(message),
        now,
        (message, why) => inbound.sayHeld(message, why),
      );
      heldIn.set(peer, inbound.held);
      inbounds.set(peer, inbound);
    }
    this.held = { out: outbound.held, in: heldIn };
    this.clauses.onChange(() => void this.release());

    this.running.push(
      await log.subscribe({
        group: 'exchange.clauses',
        topics: [topics.clauses],
        from: 'beginning',
        handle: async (record) => this.clauses.note(record.value as Clause),
      }),
      await log.subscribe({
        group: 'exchange.outbound',
        topics: [...domains.map(topics.events), topics.events('exchange')],
        from: 'beginning',
        handle: (record) => outbound.handle(record),
      }),
    );
    for (const [peer, theirs] of Object.entries(peers)) {
      const inbound = inbounds.get(peer);
      if (!inbound) continue;
      this.running.push(
        await theirs.subscribe({
          group: `exchange.${province.id}`,
          topics: [
            ...domains.map((domain) => topics.border(peer, province.id, domain)),
            topics.control(peer, province.id),
          ],
          from: 'beginning',
          handle: (record) => inbound.handle(record),
        }),
        await theirs.subscribe({
          group: `mirror.${province.id}`,
          topics: domains.map((domain) => topics.published(peer, domain)),
          from: 'beginning',
          handle: (record) =>
            log.append([{ topic: record.topic, key: record.key, value: record.value, headers: record.headers }]),
        }),
      );
    }
    this.app = await startHttpApplication({
      controllers: [ExchangeController],
      providers: [{ provide: ExchangeService, useValue: this }],
      host: config.host,
      port: config.port,
      onInternal: (error) => province.onError(`${province.id}/exchange`, error),
    });
    this.address = await addressOf(this.app);
    await this.announceKeys();
    await this.release();
    return this;
  }
  async stop(): Promise<void> {
    await Promise.all(this.running.map((running) => running.stop()));
    await this.releasing;
    await this.app?.close();
  }
  get url(): string {
    return this.address;
  }
  /** Resolves when all that the logs held at the call is handled. A line that is cut is not waited for. */
  async drained(except: readonly string[] = []): Promise<void> {
    void except;
    await Promise.all(this.running.map((running) => running.drained()));
    await this.releasing;
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
    await this.announceKeys();
  }

  /** What may leave now: the clause is not suspended. That it was live when the step was taken, the engine has settled. */
  private gateOut(message: StepMessage | AskMessage): string | undefined {
    const id = message.kind === 'step' ? message.event.clause : message.ask.clause;
    if (id === null) return this.restsOnPairing(message) ? undefined : '没有所依据的条款';
    const clause = this.clauses.get(id);
    if (!clause) return '所依据的条款尚未登记';
    return standing(clause, this.config.province.clock.now()) === 'suspended'
      ? `条款「${clause.title}」已中止`
      : undefined;
  }
  /** What may come in: live at the event's time, or suspended then and live again now. */
  private gateIn(message: StepMessage | AskMessage): string | undefined {
    const [id, time] =
      message.kind === 'step' ? [message.event.clause, message.event.time] : [message.ask.clause, message.ask.time];
    if (id === null) return this.restsOnPairing(message) ? undefined : '没有所依据的条款';
    const clause = this.clauses.get(id);
    if (!clause) return '所依据的条款本省（市）尚不知晓';
    const then = standing(clause, time);
    if (then === 'live') return undefined;
    if (then === 'suspended')
      return standing(clause, this.config.province.clock.now()) === 'live'
        ? undefined
        : `条款「${clause.title}」已中止`;
    return `条款「${clause.title}」当时不在有效期内`;
  }
  private restsOnPairing(message: StepMessage | AskMessage): boolean {
    const workflow = message.kind === 'step' ? message.event.type.split('.').slice(0, 2).join('.') : message.workflow;
    return this.config.workflows.get(workflow)?.restsOn === 'pairing';
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

  private async announceKeys(): Promise<void> {
    const { province, peers } = this.config;
    const announcement = await announce(
      this.keyring,
      province.directory.province(province.id)?.issuer ?? '',
      province.clock.now(),
    );
    if (!announcement) return;
    for (const to of Object.keys(peers)) {
      const message: Message = {
        kind: 'key',
        to,
        epoch: 1,
        domain: this.config.workflows.domains()[0] ?? '',
        announcement,
      };
      await province.log.append([
        { topic: topics.events('exchange'), key: `key ${to}`, value: message, headers: { kind: 'key', to } },
      ]);
    }
  }
  private async acceptKey(peer: string, announcement: unknown): Promise<void> {
    const accepted = await acceptAnnouncement(this.pairing, peer, announcement, this.config.province.clock.now());
    if (!accepted.ok)
      return this.config.onAlarm(`${peer} announced keys that are not accepted: ${accepted.fault.code}`);
    this.pairing = accepted.pairing;
    await this.keep({ id: 'pairing', pairing: accepted.pairing });
  }
  private async secret(): Promise<string> {
    const known = await this.store.get('secret');
    if (known?.document.secret !== undefined) return known.document.secret;
    const secret = randomUUID() + randomUUID();
    await this.keep({ id: 'secret', secret });
    return secret;
  }
  private async keep(document: Kept): Promise<void> {
    for (;;) {
      const known = await this.store.get(document.id);
      try {
        await (known ? this.store.replace(document, known.version) : this.store.insert(document));
        return;
      } catch (error) {
        if (!(error instanceof Duplicate) && !(error instanceof VersionConflict)) throw error;
      }
    }
  }
}

/** Keys that were announced since the file was written are kept; the file decides who is a peer at all. */
const merged = (file: Pairing, kept: Pairing | undefined): Pairing => ({
  pairing: 1,
  peers: file.peers.map((peer) => {
    const known = kept?.peers.find((each) => each.province === peer.province);
    return known?.fingerprint === peer.fingerprint ? known : peer;
  }),
});

@Controller()
class ExchangeController {
  constructor(@Inject(ExchangeService) private readonly exchange: ExchangeService) {}
  @Get('health/ready')
  async ready(): Promise<object> {
    return { ready: true, ...(await this.exchange.state()) };
  }
}
