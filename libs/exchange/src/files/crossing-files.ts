import { topics, type Message, type WantMessage } from '@chuanyu/contracts';
import type { AuditLog } from '@chuanyu/access';
import type { ExchangeConfig } from '../exchange-service';
import { arrivingFiles, ArrivingFiles, type ArrivingFile } from './arriving-files';
import { sentFiles, SentFiles, type SentFile } from './sent-files';

export interface CrossingFilesOptions {
  readonly config: ExchangeConfig;
  readonly audit: AuditLog;
  readonly mayFlow: (clause: string | null) => boolean;
  readonly put: (message: Message, to: string) => Promise<unknown>;
  /** What waited for a file may go on. */
  readonly onArrived: () => void;
}

/** Milliseconds between looks at what has not come. */
const LOOK = 5000;

/** Files on their way over the border, to and from every peer. */
export class CrossingFiles {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private constructor(
    readonly sent: SentFiles,
    private readonly arriving: ReadonlyMap<string, ArrivingFiles>,
    private readonly onError: (error: unknown) => void,
  ) {}

  static async open({ config, audit, mayFlow, put, onArrived }: CrossingFilesOptions): Promise<CrossingFiles> {
    const { province, database, files, peers, onAlarm, workflows } = config;
    const { log, clock } = province;
    const onError = (error: unknown) => province.onError(`${province.id}/exchange`, error);
    const domain = workflows.domains()[0] ?? '';
    const sent = new SentFiles({
      kept: await database.collection<SentFile>(sentFiles),
      store: files.store,
      clock,
      domain,
      mayFlow,
      put,
      onAlarm,
      onError,
    });
    const kept = await database.collection<ArrivingFile>(arrivingFiles);
    const say = (value: WantMessage): Promise<void> =>
      log.append([
        { topic: topics.events('exchange'), key: value.hash, value, headers: { kind: value.kind, to: value.to ?? '' } },
      ]);
    const of = (peer: string) =>
      new ArrivingFiles({
        peer,
        kept,
        files,
        clock,
        domain,
        say,
        onArrived,
        onAlarm,
        onRefused: async (hash, { code }) => {
          await audit.append({ who: 'exchange', act: 'refuse-file', outcome: 'refused', detail: { peer, hash, code } });
          onAlarm(`a file from ${peer} is not served: ${code} ${hash}`);
        },
      });
    return new CrossingFiles(sent, new Map(Object.keys(peers).map((peer) => [peer, of(peer)])), onError);
  }

  from(peer: string): ArrivingFiles {
    const found = this.arriving.get(peer);
    if (!found) throw new Error(`not paired with ${peer}`);
    return found;
  }
  start(): void {
    this.timer = setInterval(() => void this.look(), LOOK);
    this.timer.unref();
    this.sent.go();
  }
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.sent.stop();
  }
  /** Asks for what has not come in its time, sends what is due. Never throws. */
  look(): Promise<void> {
    this.looking = this.looking
      .then(async () => {
        for (const each of this.arriving.values()) await each.look();
      })
      .catch(this.onError);
    this.sent.go();
    return this.looking;
  }
  /** Resolves when all that may go is on the border. */
  async done(): Promise<void> {
    await this.looking;
    await this.sent.done();
  }
}
