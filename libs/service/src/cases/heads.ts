import { randomUUID } from 'node:crypto';
import { sha256, type HeadsMessage } from '@chuanyu/contracts';
import { compareHead, isOverdue } from '@chuanyu/engine';
import type { EventLog } from '@chuanyu/event-log';
import { NoSuchCase, type CaseKeeper } from './keeper';
import { casesIn, headsOf, type CaseHead } from './many-cases';
import { say } from './say';

/** Shared cases are stated in this many buckets, by the first byte of their id. */
const BUCKETS = 64;
const bucketOf = (id: string): number => Number.parseInt(id.slice(0, 2), 16) % BUCKETS;
const rootOf = (heads: readonly CaseHead[]): string =>
  sha256(heads.map(([id, sequence, hash]) => `${id} ${sequence} ${hash}`).join('\n'));

/**
 * Each side regularly states sequence and head of what both share: a root per bucket, and where roots differ the cases
 * themselves. What the other lacks altogether is found too; a difference behind is repaired, one in hash is a fork.
 */
export class CaseHeads {
  private timer: NodeJS.Timeout | undefined;
  /** By peer, how many shared cases have a step that is not delivered after an hour: as of the last statement. */
  readonly overdue = new Map<string, number>();
  constructor(
    private readonly keeper: CaseKeeper,
    private readonly options: {
      readonly log: EventLog;
      readonly peers: readonly string[];
      readonly everyMilliseconds: number;
      readonly onError: (error: unknown) => void;
      /** The head of the audit chain, so that a cut tail shows on the other side. */
      readonly audit: () => Promise<{ readonly n: number; readonly hash: string }>;
      readonly repair: (id: string, after: number) => Promise<void>;
    },
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.state().catch(this.options.onError), this.options.everyMilliseconds);
    this.timer.unref();
  }
  stop(): void {
    clearInterval(this.timer);
  }

  /** States the roots to every peer now. */
  async state(): Promise<void> {
    const audit = await this.options.audit();
    for (const peer of this.options.peers) {
      const buckets = await this.buckets(peer);
      await this.say(peer, { roots: buckets.map(rootOf), audit });
    }
  }

  async receive(message: HeadsMessage): Promise<void> {
    const { from } = message;
    if (from === undefined) return;
    if (message.roots) {
      const mine = await this.buckets(from);
      for (const [number, cases] of mine.entries()) {
        if (rootOf(cases) !== message.roots[number]) await this.say(from, { bucket: { number, cases } });
      }
    }
    if (message.bucket) await this.compare(from, message.bucket.number, message.bucket.cases);
  }
  private async compare(peer: string, number: number, theirs: readonly CaseHead[]): Promise<void> {
    const mine = (await this.buckets(peer))[number] ?? [];
    const known = new Map(theirs.map((head) => [head[0], head]));
    for (const [id, sequence, hash] of theirs) {
      const same = mine.some(([own, at, head]) => own === id && at === sequence && head === hash);
      if (!same) await this.compareOne(peer, id, sequence, hash);
    }
    for (const [id] of mine) if (!known.has(id)) await this.options.repair(id, 0);
  }
  private async compareOne(peer: string, id: string, sequence: number, hash: string): Promise<void> {
    try {
      await this.keeper.change(id, (work, context) => {
        if (work.case.peer === peer) compareHead(work, context, { sequence, hash });
      });
    } catch (error) {
      if (!(error instanceof NoSuchCase)) throw error;
      await say(
        this.options.log,
        {
          kind: 'repair',
          to: peer,
          epoch: this.keeper.options.epoch(),
          domain: this.keeper.options.domain,
          case: id,
          after: 0,
        },
        id,
      );
    }
  }

  private async buckets(peer: string): Promise<readonly (readonly CaseHead[])[]> {
    const { cases, clock } = this.keeper.options;
    const shared = { peer, status: { in: ['live', 'frozen'] } };
    const buckets: CaseHead[][] = Array.from({ length: BUCKETS }, () => []);
    for await (const head of headsOf(cases, shared)) buckets[bucketOf(head[0])]?.push(head);
    const now = clock.now();
    let overdue = 0;
    // What is not delivered is what is sent again: few cases, unless the line is cut.
    const undelivered = { where: { ...shared, 'resend.next': { gt: '' } } };
    for await (const { document } of casesIn(cases, undelivered)) if (isOverdue(document, now)) overdue += 1;
    this.overdue.set(peer, overdue);
    return buckets;
  }
  private async say(to: string, said: Pick<HeadsMessage, 'roots' | 'bucket' | 'audit'>): Promise<void> {
    const { domain, epoch, clock } = this.keeper.options;
    await say(
      this.options.log,
      { kind: 'heads', to, epoch: epoch(), domain, time: clock.now(), ...said },
      `heads ${to} ${randomUUID()}`,
    );
  }
}
