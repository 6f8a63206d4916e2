import {
  AuditLog,
  auditDefinition,
  accountDefinition,
  PasswordAccounts,
  TokenIssuer,
  TokenVerifier,
  type Account,
  type AuditBlock,
} from '@chuanyu/access';
import { LogStrategy, topicsOf } from '@chuanyu/event-log';
import {
  addressOf,
  Door,
  endHttpApplication,
  Operations,
  refusalOf,
  sendProblem,
  startHttpApplication,
  visitorOf,
  type Traffic,
} from '@chuanyu/service';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defaultGatewayLimits, GATEWAY, type Gateway, type GatewayConfig } from './config';
import { DevController } from './dev/dev-controller';
import { DirectoryController } from './entry/directory-controller';
import { SignInController } from './entry/sign-in-controller';
import { SignInDesk } from './entry/sign-in-desk';
import { Forwarder } from './forward/forwarder';
import { forwardRoutes } from './forward/forward-routes';
import { ServiceClient } from './forward/service-client';
import { listsGroup, useOfGateway } from './gateway-log-use';
import { standsOn } from './health/stands-on';
import { manners } from './http/manners';
import { Changes } from './lists/changes';
import { ChangesController } from './lists/changes-controller';
import { ListController } from './lists/list-controller';
import { Lists } from './lists/lists';
import { RebuildController } from './lists/rebuild-controller';
import { RowBook } from './lists/row-book';
import { rowControllerOf } from './lists/row-controller';
import { serveOpenApi } from './openapi/page';
import { CHECK, CheckController } from './public/check-controller';
import { CheckDesk } from './public/check-desk';
import { PublicController } from './public/public-controller';
import { PublicEvents } from './public/public-events';

/** The one HTTP API of a province: an object that is created from a config, started and stopped. */
export class GatewayService {
  private app: NestFastifyApplication | undefined;
  private strategy: LogStrategy | undefined;
  private client: ServiceClient | undefined;
  private changes: Changes | undefined;
  private published: PublicEvents | undefined;
  private checks: CheckDesk | undefined;
  readonly operations: Operations;
  private traffic: Traffic | undefined;
  private address = '';
  private constructor(
    private readonly gateway: Gateway,
    /** Where passwords are set. */
    readonly accounts: PasswordAccounts,
    /** What the lists are read from. */
    readonly book: RowBook,
    private readonly audit: AuditLog,
  ) {
    this.operations = new Operations(gateway.province, 'gateway');
  }

  static async create(config: GatewayConfig): Promise<GatewayService> {
    const { province, database, workflows } = config;
    const gateway: Gateway = { ...config, limits: { ...defaultGatewayLimits, ...config.limits } };
    return new GatewayService(
      gateway,
      new PasswordAccounts(
        await database.collection<Account>(accountDefinition),
        (id) => province.officers.officer(id),
        province.realTime,
      ),
      await RowBook.open(database, workflows, province.directory),
      new AuditLog(await database.collection<AuditBlock>(auditDefinition), province.clock),
    );
  }

  async start(): Promise<this> {
    const { gateway, book } = this;
    const { province, limits } = gateway;
    const directoryProvince = province.directory.province(province.id);
    if (!directoryProvince) throw new Error(`the directory has no province ${province.id}`);
    const domains = gateway.workflows.domains();
    this.published = new PublicEvents(gateway);
    await province.log.declare(topicsOf(useOfGateway(province.id, gateway.peers, domains)));
    const door = new Door(
      new TokenVerifier(province.tokenKeys, directoryProvince, province.realTime),
      province.officers,
    );
    const lists = new Lists(gateway, book);
    this.changes = new Changes(gateway, lists, book);
    this.client = new ServiceClient(limits.serviceMilliseconds);
    this.checks = new CheckDesk(gateway, this.client, this.audit);
    const forwarder = new Forwarder(gateway, this.client);
    const { operations, client } = this;
    standsOn(operations.readiness, gateway, client);
    const traffic = (this.traffic = operations.traffic({ behindGateway: false }));
    this.strategy = new LogStrategy({ log: operations.watch(province.log, { tells: false }), group: listsGroup });
    const tokens = new TokenIssuer(gateway.signingKey, directoryProvince, province.realTime);
    this.app = await startHttpApplication({
      controllers: [
        SignInController,
        DirectoryController,
        ListController,
        RebuildController,
        ChangesController,
        PublicController,
        CheckController,
        ...(gateway.development ? [DevController] : []),
        ...domains.map(rowControllerOf),
      ],
      providers: [
        { provide: GATEWAY, useValue: gateway },
        { provide: Door, useValue: door },
        { provide: RowBook, useValue: book },
        { provide: Lists, useValue: lists },
        { provide: Forwarder, useValue: forwarder },
        { provide: AuditLog, useValue: this.audit },
        { provide: ServiceClient, useValue: this.client },
        { provide: Changes, useValue: this.changes },
        { provide: PublicEvents, useValue: this.published },
        { provide: CheckDesk, useValue: this.checks },
        {
          provide: SignInDesk,
          useValue: new SignInDesk(gateway, gateway.signIn ?? this.accounts, tokens, this.audit),
        },
      ],
      strategy: this.strategy,
      health: { readiness: operations.readiness, names: false },
      traffic,
      host: gateway.host,
      port: gateway.port,
      bodyLimit: limits.body,
      onInternal: this.onError,
      onRefusal: (refusal, request) => this.noteRefusal(refusal.code, request),
      prepare: (app) => {
        const server = app.getHttpAdapter().getInstance();
        server.addHook('onRoute', ({ url }) => void this.routes.push(url));
        const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
          this.refuse(error, request, reply);
        manners(server, { refuse });
        void server.register(forwardRoutes({ door, forwarder, lists, attachment: limits.attachment, refuse }));
        serveOpenApi(app, gateway);
      },
    });
    this.address = await addressOf(this.app);
    await operations.open(gateway.operations);
    return this;
  }
  async stop(): Promise<void> {
    const { operations, app, traffic } = this;
    operations.readiness.end();
    this.changes?.stop();
    this.published?.stop();
    await operations.end('public checks', () => this.checks?.stop());
    await operations.end('requests and records', () => app && traffic && endHttpApplication(app, traffic));
    this.client?.close();
    await operations.close();
  }

  /** Where it answers, e.g. `http://127.0.0.1:4100`. */
  get url(): string {
    return this.address;
  }
  /** Every route that is served, as it was declared: for the proof that the API is described whole. */
  readonly routes: string[] = [];
  /** Streams of changes and of public events that are open now. */
  get openStreams(): number {
    return (this.changes?.open ?? 0) + (this.published?.open ?? 0);
  }
  /** Resolves when the lists show all that was on the log at the call. */
  async settle(): Promise<void> {
    await this.strategy?.drained();
  }

  private readonly onError = (error: unknown): void => {
    const { province } = this.gateway;
    province.onError(`${province.id}/gateway`, error);
  };
  /** What the problem filter does, for what is answered without Nest. */
  private refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = refusalOf(error);
    if (refusal.code === 'internal') this.onError(error);
    else this.noteRefusal(refusal.code, request);
    void sendProblem(reply, refusal, request.headers['accept-language']);
  }
  private noteRefusal(code: string, request: FastifyRequest): void {
    // The desk has audited it, with what only it knows.
    if (code === 'sign-in-refused') return;
    // Anybody can cause as many as they like: they are told as counts.
    if (request.routeOptions.url === `/${CHECK}`) return;
    const officer = visitorOf(request);
    this.audit
      .append({
        who: officer?.id ?? 'unknown',
        ...(officer ? { unit: officer.unit } : {}),
        act: 'refused',
        outcome: 'refused',
        detail: { code },
      })
      .catch(this.onError);
  }
}
