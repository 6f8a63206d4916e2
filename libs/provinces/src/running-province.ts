import { verifyingKeys, type Officers, type SigningKey } from '@chuanyu/access';
import type { Database } from '@chuanyu/collections';
import type { Limits } from '@chuanyu/engine';
import { cuttable, type EventLog } from '@chuanyu/event-log';
import type { FileStore } from '@chuanyu/files';
import { ExchangeService, type Keyring, type Pairing } from '@chuanyu/exchange';
import { GatewayService, type Development } from '@chuanyu/gateway';
import { realTime, type Calendar, type Directory, type MovableClock } from '@chuanyu/reference';
import { DomainService, Files, type FilesOptions, type Province } from '@chuanyu/service';
import { workflows } from '@chuanyu/workflows';
import { peculiarTo } from './domains';
import { EmbeddedEngine, type Engine } from './engine';
import type { ProvinceFiles } from './province-files';

export interface ProvinceOptions {
  readonly id: string;
  readonly files: ProvinceFiles;
  readonly engine: Engine;
  readonly directory: Directory;
  readonly officers: Officers;
  readonly clock: MovableClock;
  readonly calendar: Calendar;
  /** Of the gateway; 0 for any that is free. */
  readonly port: number;
  readonly host: string;
  readonly limits?: Partial<Limits>;
  /** Size limit and scanner of attachments. */
  readonly attachments?: Omit<FilesOptions, 'store'>;
  readonly timerMilliseconds?: number;
  readonly onError: (where: string, error: unknown) => void;
  readonly onAlarm: (what: string) => void;
  /** The operator declares that the database was restored from a backup. */
  readonly restored?: boolean;
  /** Where the public finds the gateway; its own address unless said. */
  readonly publicUrl?: string;
  readonly development?: Development;
  readonly journal?: NonNullable<Province['journal']>;
}
export type CuttableLog = ReturnType<typeof cuttable>;

/** Everything that one province runs: its database, its log, a service per domain, the exchange and the gateway. */
export class RunningProvince {
  readonly services = new Map<string, DomainService>();
  exchange: ExchangeService | undefined;
  gateway: GatewayService | undefined;
  /** This province's view of each peer's log: a line that can be cut. */
  lines: Readonly<Record<string, CuttableLog>> = {};

  private readonly peerLogs: EventLog[] = [];

  private newExchange: (() => Promise<ExchangeService>) | undefined;

  private constructor(
    readonly options: ProvinceOptions,
    readonly database: Database,
    readonly log: EventLog,
    /** Contents of attachments. */
    readonly store: FileStore,
    private readonly tokenKey: SigningKey,
  ) {}

  /** Opens database and log; nothing runs yet, so that peers can be given to each other first. */
  static async open(options: ProvinceOptions): Promise<RunningProvince> {
    const { id, engine, files, clock, onError } = options;
    const database = await engine.openDatabase();
    const log = await engine.openLog(clock, (error) => onError(`${id}/log`, error));
    const store = await engine.openFiles();
    return new RunningProvince(options, database, log, store, await files.tokenKey());
  }

  async start(peers: readonly RunningProvince[], keyring: Keyring, pairing: Pairing): Promise<void> {
    const { id, directory, officers, clock, calendar, onError, host } = this.options;
    const province: Province = {
      id,
      directory,
      officers,
      log: this.log,
      clock,
      realTime,
      calendar,
      tokenKeys: verifyingKeys(this.tokenKey),
      onError,
      ...(this.options.journal ? { journal: this.options.journal } : {}),
    };
    const shared = await Files.open(this.database, clock, { store: this.store, ...this.options.attachments });
    const { files } = this.options;
    const lines = peers.map(async (peer) => [peer.options.id, cuttable(await this.logOf(peer, pairing))] as const);
    this.lines = Object.fromEntries(await Promise.all(lines));
    this.newExchange = () =>
      ExchangeService.create({
        province,
        database: this.database,
        files: shared,
        workflows,
        keyring,
        pairing,
        reread: async () => ({ keyring: await files.keyring(clock), pairing: await files.pairing() }),
        peers: this.lines,
        host,
        port: 0,
        onAlarm: this.options.onAlarm,
      });
    this.exchange = await this.newExchange();
    for (const domain of workflows.domains())
      this.services.set(domain, await DomainService.create(this.configOf(province, domain, shared)));
    await Promise.all([...[...this.services.values()].map((service) => service.start()), this.exchange.start()]);
    this.gateway = await GatewayService.create({
      province,
      database: this.database,
      workflows,
      host,
      port: this.options.port,
      serviceOf: (domain) => this.services.get(domain)?.url,
      signingKey: this.tokenKey,
      peers: peers.map((peer) => peer.options.id),
      ...(this.options.development ? { development: this.options.development } : {}),
    });
    await this.gateway.start();
  }
  /** The log of a peer in the same process: a file is opened once, so that its readers hear at once what is appended. */
  private async logOf(peer: RunningProvince, pairing: Pairing): Promise<EventLog> {
    const { id, engine, clock, onError } = this.options;
    if (engine instanceof EmbeddedEngine) return peer.log;
    const paired = pairing.peers.find(({ province }) => province === peer.options.id);
    if (!paired) throw new Error(`${id} is not paired with ${peer.options.id}`);
    const log = await engine.openPeerLog(paired, clock, (error) => onError(`${id}/log of ${paired.province}`, error));
    this.peerLogs.push(log);
    return log;
  }
  private configOf(province: Province, domain: string, files: Files): Parameters<typeof DomainService.create>[0] {
    const { host, limits, timerMilliseconds } = this.options;
    const peculiar = peculiarTo(domain);
    return {
      province,
      database: this.database,
      domain,
      files,
      workflows,
      host,
      port: 0,
      peers: Object.keys(this.lines),
      keys: () => this.exchange?.publicKeys(),
      publicUrl: () => this.options.publicUrl ?? this.gateway?.url,
      onAlarm: this.options.onAlarm,
      ...(timerMilliseconds === undefined ? {} : { timerMilliseconds }),
      ...(this.options.restored === undefined ? {} : { restored: this.options.restored }),
      ...peculiar,
      limits: { ...limits, ...peculiar.limits },
    };
  }

  get url(): string {
    return this.gateway?.url ?? '';
  }
  /** The border is unmanned while everything else goes on, until `startExchange`. */
  async stopExchange(): Promise<void> {
    await this.exchange?.stop();
    this.exchange = undefined;
  }
  async startExchange(): Promise<void> {
    this.exchange ??= await this.newExchange?.();
    await this.exchange?.start();
  }
  /** What the end of its services is waiting for. */
  get ending(): readonly string[] {
    return [...this.services.values(), this.exchange, this.gateway].flatMap((service) =>
      service?.operations.ending === undefined
        ? []
        : [`${this.options.id} ${service.operations.service} ${service.operations.ending}`],
    );
  }
  async stop(): Promise<void> {
    await this.gateway?.stop();
    await Promise.all([...[...this.services.values()].map((service) => service.stop()), this.exchange?.stop()]);
  }
  async close(): Promise<void> {
    await Promise.all(this.peerLogs.map((log) => log.close()));
    await this.log.close();
    await this.store.close();
    await this.database.close();
  }
  /** Lets time do its work and messages go their way, once through. */
  async settle(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.settle()));
    await this.exchange?.tick();
    await this.exchange?.drained();
    await this.gateway?.settle();
  }
}
