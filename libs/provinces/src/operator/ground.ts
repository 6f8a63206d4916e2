import type { Database } from '@chuanyu/collections';
import type { EventLog, GroupUse } from '@chuanyu/event-log';
import { useOfPeerLog, type Pairing } from '@chuanyu/exchange';
import { MovableClock } from '@chuanyu/reference';
import type { Settings } from '@chuanyu/service';
import { workflows } from '@chuanyu/workflows';
import { engineOf, type Engine } from '../engine';
import { ProvinceFiles } from '../province-files';
import { usesOf } from '../rights';

/** What the operator asked cannot be done as asked: said in a sentence. */
export class Mistake extends Error {}

/** A log that this province's services read, and the groups in which they do. */
export interface ReadLog {
  /** Whose log it is. */
  readonly province: string;
  readonly log: EventLog;
  readonly groups: readonly GroupUse[];
}

/** What an operator's command stands on: opened when it is first needed, closed at the end. */
export class OperatorGround {
  private readonly opened: { close(): Promise<void> }[] = [];

  private constructor(
    readonly settings: Settings,
    readonly files: ProvinceFiles,
    readonly clock: MovableClock,
    readonly engine: Engine,
    readonly pairing: Pairing | undefined,
    readonly say: (line: string) => void,
  ) {}

  static async of(settings: Settings, say: (line: string) => void): Promise<OperatorGround> {
    const files = new ProvinceFiles(settings.data);
    return new OperatorGround(
      settings,
      files,
      new MovableClock(await files.clockOffset()),
      engineOf(settings.engine, files, settings.peers),
      await files.pairing(settings.pairing),
      say,
    );
  }

  /** The province's own log and those of its peers. */
  async logs(): Promise<readonly ReadLog[]> {
    const { clock, engine, settings } = this;
    const { province } = settings;
    const domains = workflows.domains();
    const peers = this.pairing?.peers ?? [];
    const uses = usesOf({ province, peers: peers.map((peer) => peer.province), workflows });
    const own = {
      province,
      log: this.keep(await engine.openLog(clock, ignored)),
      groups: Object.values(uses).flatMap(({ groups }) => groups),
    };
    const theirs = peers.map(async (peer) => ({
      province: peer.province,
      log: this.keep(await engine.openPeerLog(peer, clock, ignored)),
      groups: useOfPeerLog(province, peer.province, domains).groups,
    }));
    return [own, ...(await Promise.all(theirs))];
  }

  async database(): Promise<Database> {
    return this.keep(await this.engine.openDatabase());
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((each) => each.close()));
  }

  private keep<T extends { close(): Promise<void> }>(opened: T): T {
    this.opened.push(opened);
    return opened;
  }
}

/** Whatever is awaited says for itself what went wrong. */
const ignored = (): void => undefined;
