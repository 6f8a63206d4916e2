import { AuditLog, auditDefinition, TokenVerifier, type AuditBlock } from '@chuanyu/access';
import type { CaseDocument } from '@chuanyu/engine';
import { LogStrategy, startRelay, topicsOf, type Relay } from '@chuanyu/event-log';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KnownClauses } from './cases/clause-book';
import { casesOf, clausesOf, historyOf, type ArchivedLink, type KeptClause } from './cases/collections';
import { Fences } from './restore/fences';
import { Standing } from './restore/standing';
import { StandingBook, standingOf, type StandingState } from './restore/standing-state';
import { CaseGroups } from './cases/groups';
import { CaseHeads } from './cases/heads';
import { inboundControllerOf } from './cases/inbound-controller';
import { Intake, setAsideOf, type SetAside } from './cases/intake';
import { CaseKeeper } from './cases/keeper';
import { CaseStatements } from './cases/statements';
import { CaseReceiver } from './cases/receive';
import { groupOf, useOfDomain } from './domain-log-use';
import type { DomainServiceConfig } from './domain-service-config';
import { CaseRestater } from './cases/restate';
import { CaseTimer } from './cases/timer';
import { AttachmentDesk } from './desk/attachment-desk';
import { CaseDesk } from './desk/desk';
import { CheckDesk } from './desk/check-desk';
import { DocumentDesk } from './desk/document-desk';
import { EverydayDesk } from './desk/everyday-desk';
import { DeskGround } from './desk/ground';
import { Attachments } from './files/attachments';
import { RegisterBook } from './registers/register-book';
import { RegisterDesk } from './registers/register-desk';
import { addressOf, endHttpApplication, startHttpApplication } from './http/application';
import { attachmentRoutes } from './http/attachment-routes';
import { caseControllerOf } from './http/case-controller';
import { CheckController } from './http/check-controller';
import { documentControllerOf } from './http/document-controller';
import { Door } from './http/door';
import { notingRefusals } from './http/noting-refusals';
import { refusing } from './http/problem-filter';
import { registerControllerOf, takeSheets } from './http/register-controller';
import { restateControllerOf } from './http/restate-controller';
import { stepAsked } from './http/step-asked';
import { samplesOf, standsOn } from './operations/domain-samples';
import { Operations } from './operations/operations';
import type { Traffic } from './operations/traffic';

/** One domain's workflows in one province: an object that is created from a config, started and stopped. */
export class DomainService {
  private app: NestFastifyApplication | undefined;
  private relay: Relay | undefined;
  private timer: CaseTimer | undefined;
  private heads: CaseHeads | undefined;
  private groups: CaseGroups | undefined;
  private restater: CaseRestater | undefined;
  private strategy: LogStrategy | undefined;
  private standing: Standing | undefined;
  private statements: CaseStatements | undefined;
  private beats: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  readonly operations: Operations;
  private traffic: Traffic | undefined;
  private address = '';
  private constructor(
    readonly config: DomainServiceConfig,
    readonly keeper: CaseKeeper,
    private readonly book: StandingBook,
    readonly clauses: KnownClauses,
    readonly audit: AuditLog,
    /** Where files are uploaded, and where a service of its own keeps what it made. */
    readonly attachments: Attachments,
    readonly registers: RegisterBook,
  ) {
    this.operations = new Operations(config.province, config.domain);
  }

  static async create(config: DomainServiceConfig): Promise<DomainService> {
    const { province, database, domain } = config;
    const clauses = new KnownClauses(await database.collection<KeptClause>(clausesOf(domain)), () =>
      province.clock.now(),
    );
    const book = new StandingBook(await database.collection<StandingState>(standingOf(domain)));
    await book.load();
    const cases = await database.collection<CaseDocument>(casesOf(domain));
    const audit = new AuditLog(await database.collection<AuditBlock>(auditDefinition), province.clock);
    const { files, unusedMilliseconds } = config;
    const attachments = new Attachments({
      files,
      domain,
      clock: province.clock,
      audit,
      cases,
      ...(unusedMilliseconds === undefined ? {} : { unusedMilliseconds }),
    });
    const registers = await RegisterBook.open(database, domain, province.clock);
    const keeper = new CaseKeeper({
      province: province.id,
      domain,
      directory: province.directory,
      workflows: config.workflows.of(domain),
      cases,
      file: (hash, unit) => attachments.file(hash, unit),
      history: await database.collection<ArchivedLink>(historyOf(domain)),
      clock: province.clock,
      calendar: province.calendar,
      clauses,
      find: (register, unit, key) => registers.find({ register, unit, key }),
      epoch: () => book.now.epoch,
      mayWrite: () => book.now.readmission === null,
      ...(config.limits ? { limits: config.limits } : {}),
      ...(config.alsoSay ? { alsoSay: config.alsoSay } : {}),
    });
    return new DomainService(config, keeper, book, clauses, audit, attachments, registers);
  }

  async start(): Promise<this> {
    const { province, domain } = this.config;
    const onError = (error: unknown) => province.onError(`${province.id}/${domain}`, error);
    await province.log.declare(topicsOf(useOfDomain(domain, this.config.alsoUses)));
    await this.clauses.load();
    await this.registers.imports.finishAll();
    const directoryProvince = province.directory.province(province.id);
    if (!directoryProvince) throw new Error(`the directory has no province ${province.id}`);
    const groups = (this.groups = new CaseGroups(this.keeper, onError));
    const ground = new DeskGround({
      keeper: this.keeper,
      groups,
      officers: province.officers,
      audit: this.audit,
      mayWrite: () => standing.mustWrite(),
      versionFor: (workflow, peer) => statements.versionFor(workflow, peer === undefined ? this.config.peers : [peer]),
      ...(this.config.keys ? { keys: this.config.keys } : {}),
    });
    const heads: CaseHeads = new CaseHeads(this.keeper, {
      log: province.log,
      peers: this.config.peers,
      everyMilliseconds: this.config.headsMilliseconds ?? 600_000,
      onError,
      audit: () => this.audit.head(),
      repair: (id, after) => receiver.repair(id, after),
    });
    const statements = new CaseStatements(this.keeper, this.book, province.log, this.config.peers);
    this.statements = statements;
    const standing: Standing = new Standing({
      keeper: this.keeper,
      book: this.book,
      log: province.log,
      peers: this.config.peers,
      flushed: async () => this.relay?.flushed(),
      repair: (id, after) => receiver.repair(id, after),
    });
    const fences = new Fences({ keeper: this.keeper, book: this.book, log: province.log });
    const receiver: CaseReceiver = new CaseReceiver(
      this.keeper,
      (message) => heads.receive(message),
      standing,
      fences,
      statements,
    );
    const setAside = await this.config.database.collection<SetAside>(setAsideOf(domain));
    const intake = new Intake(receiver, setAside, {
      province: province.id,
      domain,
      log: province.log,
      clock: province.clock,
      epoch: () => this.book.now.epoch,
      onAlarm: this.config.onAlarm ?? (() => undefined),
    });
    this.standing = standing;
    this.heads = heads;
    this.restater = new CaseRestater(this.keeper, province.log, onError);
    const { operations } = this;
    this.strategy = new LogStrategy({ log: operations.watch(province.log), group: groupOf(domain) });
    this.relay = startRelay({ outbox: this.keeper.options.cases, log: province.log, onError });
    const { relay } = this;
    samplesOf(operations.meters, domain, { relay, heads, standing, setAside });
    standsOn(operations.readiness, this.config, standing);
    await standing.begin(this.config.restored === true);
    const beyond = await this.config.beyond?.(this);
    void groups.recountOnce(standing.mayWrite);
    const door = new Door(
      new TokenVerifier(province.tokenKeys, directoryProvince, province.realTime),
      province.officers,
    );
    const answering = notingRefusals(this.audit, onError);
    const stepOf = stepAsked(domain, this.keeper.options.workflows);
    this.traffic = operations.traffic({ behindGateway: true, stepOf });
    this.app = await startHttpApplication({
      controllers: [
        restateControllerOf(domain),
        ...(beyond?.controllers ?? []),
        registerControllerOf(domain),
        caseControllerOf(domain),
        documentControllerOf(domain),
        CheckController,
        inboundControllerOf(domain),
      ],
      providers: [
        { provide: Door, useValue: door },
        { provide: CaseDesk, useValue: new CaseDesk(ground) },
        { provide: RegisterDesk, useValue: new RegisterDesk(this) },
        { provide: EverydayDesk, useValue: new EverydayDesk(ground) },
        { provide: DocumentDesk, useValue: new DocumentDesk(ground, () => this.config.publicUrl?.()) },
        { provide: CheckDesk, useValue: new CheckDesk(this.keeper) },
        { provide: CaseReceiver, useValue: intake },
        { provide: KnownClauses, useValue: this.clauses },
        { provide: CaseRestater, useValue: this.restater },
        ...(beyond?.providers ?? []),
      ],
      strategy: this.strategy,
      health: { readiness: operations.readiness, names: true },
      traffic: this.traffic,
      host: this.config.host,
      port: this.config.port,
      ...answering,
      prepare: (app) => {
        takeSheets(app);
        const { attachments } = this;
        const desk = new AttachmentDesk(ground, this.config.files);
        const refuse = refusing(answering);
        void app.getHttpAdapter().getInstance().register(attachmentRoutes({ domain, door, attachments, desk, refuse }));
      },
    });
    this.address = await addressOf(this.app);
    await operations.open(this.config.operations);
    this.timer = new CaseTimer(this.keeper, {
      everyMilliseconds: this.config.timerMilliseconds ?? 1000,
      onError,
      drive: (id) => groups.drive(id),
    });
    this.timer.start();
    heads.start();
    await statements.announceVersions();
    await statements.stateCounts();
    const beat = (): void => {
      this.beating = this.beating
        .then(() => this.clauses.load())
        .then(() => standing.tick())
        .then(() => groups.recountOnce(standing.mayWrite))
        .then(() => statements.stateCountsInTime())
        .then(() => this.attachments.sweep())
        .catch(onError);
    };
    this.beats = setInterval(beat, this.config.beatMilliseconds ?? 10_000);
    this.beats.unref();
    return this;
  }
  async stop(): Promise<void> {
    const { operations, app, traffic } = this;
    operations.readiness.end();
    clearInterval(this.beats);
    this.heads?.stop();
    await operations.end('beats', () => this.beating);
    await operations.end('timer', () => this.timer?.stop());
    await operations.end('groups', () => this.groups?.recountOnce(false));
    await operations.end('requests and records', () => app && traffic && endHttpApplication(app, traffic));
    await operations.end('restating', () => this.restater?.stop());
    await operations.end('relay', () => this.relay?.stop());
    await operations.close();
  }

  /** Where it answers, e.g. `http://127.0.0.1:4101`. */
  get url(): string {
    return this.address;
  }
  /** False between a restore and the readmission by every peer. */
  get mayWrite(): boolean {
    return this.standing?.mayWrite ?? false;
  }
  /** States now where its shared cases stand, and what its own add up to. */
  async state(): Promise<void> {
    await this.heads?.state();
    await this.statements?.stateCounts();
  }
  /** Lets time do its work now, and resolves when all that was said is on the log and all that was heard is handled. */
  async settle(): Promise<void> {
    await this.timer?.tick();
    await this.attachments.sweep();
    await this.restater?.done();
    await this.relay?.flushed();
    await this.strategy?.drained();
    await this.relay?.flushed();
  }
}
