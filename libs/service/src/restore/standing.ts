import { randomUUID } from 'node:crypto';
import { Refusal, topics, type FenceMessage, type ReadmissionMessage } from '@chuanyu/contracts';
import { compareHead, sendOpenAsks } from '@chuanyu/engine';
import { BARRIER, eachRecord, PARTITIONS, type EventLog } from '@chuanyu/event-log';
import { NoSuchCase, type CaseKeeper } from '../cases/keeper';
import { say } from '../cases/say';
import { replayOwnLog } from './replay';
import { sharedCases } from '../cases/many-cases';
import type { Readmitting, StandingBook } from './standing-state';

/** The store is older than the log, and nobody said that it was restored. */
export class UndeclaredRestore extends Error {
  constructor(domain: string) {
    super(
      `${domain}: the database is older than the log beside it. If it was restored from a backup, declare it (docs/operations.md); never start it as if nothing had happened.`,
    );
    this.name = 'UndeclaredRestore';
  }
}

export interface StandingOptions {
  readonly keeper: CaseKeeper;
  readonly book: StandingBook;
  readonly log: EventLog;
  readonly peers: readonly string[];
  /** Resolves when all that was saved before is on the log. */
  readonly flushed: () => Promise<void>;
  /** Sends a case's events again from this sequence on. */
  readonly repair: (id: string, after: number) => Promise<void>;
}

/**
 * After a restore from a backup a province may neither write nor answer until every peer has readmitted it: it replays
 * its own log, sends a fence behind whatever it sent before, on every partition, and catches up to the heads that the
 * peers grant. Then it writes again, in the next epoch (`docs/protocol.md` 24).
 */
export class Standing {
  constructor(private readonly options: StandingOptions) {}

  get mayWrite(): boolean {
    return this.options.book.now.readmission === null;
  }
  mustWrite(): void {
    if (!this.mayWrite)
      throw new Refusal('restoring', '本省（市）正在从备份恢复，待对方重新接纳后方可办理', { retryAfter: 30 });
  }
  /** At start: a restore that was declared begins; one that was not stops the start; a log made anew gets everything again. */
  async begin(declared: boolean): Promise<void> {
    const { book, log, keeper } = this.options;
    const { domain } = keeper.options;
    const [told, generation] = [await this.lastBeat(), await log.generation()];
    if (!declared && told > book.now.beat) throw new UndeclaredRestore(domain);
    if (declared) {
      const waiting = this.options.peers.flatMap((peer) =>
        Array.from({ length: PARTITIONS }, (_, partition) => `${peer} ${partition}`),
      );
      const readmission: Readmitting = {
        nonce: randomUUID(),
        since: keeper.options.clock.now(),
        replayed: false,
        waiting,
        missing: {},
      };
      await book.update((state) => ({
        epoch: state.epoch + 1,
        readmission: waiting.length === 0 ? null : readmission,
        beat: Math.max(state.beat, told),
      }));
    } else if (book.now.generation !== '' && book.now.generation !== generation) {
      await this.putEverythingOut();
    }
    await book.update(() => ({ generation }));
    await this.beat();
    if (declared || book.now.readmission?.replayed === false) await this.replay();
  }
  private async replay(): Promise<void> {
    await replayOwnLog(this.options.keeper, this.options.log);
    await this.options.book.update(({ readmission }) => ({
      readmission: readmission && { ...readmission, replayed: true },
    }));
    await this.options.flushed();
    await this.sendFences();
  }
  /** As time passes: store and log note that they are of one age; what was not answered is asked again. */
  async tick(): Promise<void> {
    await this.beat();
    await this.review(true);
  }
  /** The counter that store and log share. */
  async beat(): Promise<void> {
    const { book, log, keeper } = this.options;
    const { beat } = await book.update((state) => ({ beat: state.beat + 1 }));
    await log.append([{ topic: topics.beats(keeper.options.domain), key: 'beat', value: { beat } }]);
  }
  private async lastBeat(): Promise<number> {
    const { log, keeper } = this.options;
    let last = 0;
    for await (const { value } of eachRecord(log, topics.beats(keeper.options.domain)))
      if (typeof value === 'object' && value !== null && 'beat' in value && typeof value.beat === 'number')
        last = Math.max(last, value.beat);
    return last;
  }
  /** The log was lost: every case puts all its events and open asks out again. Duplicates are harmless. */
  private async putEverythingOut(): Promise<void> {
    for await (const [id] of sharedCases(this.options.keeper.options.cases, undefined)) {
      await this.options.repair(id, 0);
      await this.options.keeper.change(id, sendOpenAsks);
    }
  }

  async sendFences(): Promise<void> {
    const { book, log, keeper } = this.options;
    const { readmission, epoch } = book.now;
    if (!readmission) return;
    const { domain } = keeper.options;
    const fences = readmission.waiting.map((place) => {
      const [to = '', partition = '0'] = place.split(' ');
      const fence: FenceMessage = {
        kind: 'fence',
        to,
        epoch,
        domain,
        partition: Number(partition),
        nonce: readmission.nonce,
        next: epoch,
      };
      return {
        topic: topics.events(domain),
        key: `fence ${to}`,
        partition: Number(partition),
        headers: { kind: 'fence', to, [BARRIER]: '1' },
        value: fence,
      };
    });
    if (fences.length > 0) await log.append(fences);
  }

  async onReadmission(message: ReadmissionMessage): Promise<void> {
    const { book } = this.options;
    const { from, nonce, partition, granted, known, heads, last } = message;
    if (from === undefined || book.now.readmission?.nonce !== nonce) return;
    if (!granted) {
      // The peer knows a later epoch of ours than the backup did: the same nonce again, beyond it.
      if (known < book.now.epoch) return;
      await book.update(({ readmission }) => ({
        epoch: known + 1,
        readmission: readmission && { ...readmission, waiting: this.allPlaces() },
      }));
      return this.sendFences();
    }
    if (known !== book.now.epoch) return;
    const behind: Record<string, number> = {};
    for (const [id, sequence, hash] of heads)
      if (!(await this.reaches(from, id, sequence, hash))) behind[id] = sequence;
    await book.update(({ readmission }) =>
      readmission === null
        ? {}
        : {
            readmission: {
              ...readmission,
              missing: { ...readmission.missing, ...behind },
              waiting: last
                ? readmission.waiting.filter((place) => place !== `${from} ${partition}`)
                : readmission.waiting,
            },
          },
    );
    await this.review();
  }
  private allPlaces(): readonly string[] {
    return this.options.peers.flatMap((peer) =>
      Array.from({ length: PARTITIONS }, (_, partition) => `${peer} ${partition}`),
    );
  }
  /** Is the stated head reached here? Where it is behind, what is missing is asked for. */
  private async reaches(peer: string, id: string, sequence: number, hash: string): Promise<boolean> {
    try {
      const { kept } = await this.options.keeper.change(id, (work, context) => {
        if (work.case.peer === peer) compareHead(work, context, { sequence, hash });
      });
      return kept.document.head.sequence >= sequence || kept.document.status === 'frozen';
    } catch (error) {
      if (!(error instanceof NoSuchCase)) throw error;
      const { domain } = this.options.keeper.options;
      await say(
        this.options.log,
        { kind: 'repair', to: peer, epoch: this.options.book.now.epoch, domain, case: id, after: 0 },
        id,
      );
      return false;
    }
  }
  /** Called as time passes: asks again, and ends the waiting when every peer has granted and every head is reached. */
  async review(again = false): Promise<void> {
    const { book, keeper } = this.options;
    const { readmission } = book.now;
    if (!readmission) return;
    if (again) await this.sendFences();
    const reached: string[] = [];
    for (const [id, sequence] of Object.entries(readmission.missing)) {
      const kept = await keeper.get(id);
      if (kept && (kept.document.head.sequence >= sequence || kept.document.status === 'frozen')) reached.push(id);
      else if (again) await this.askFor(id, kept?.document.head.sequence ?? 0);
    }
    await book.update((state) => {
      if (!state.readmission) return {};
      const missing = Object.fromEntries(
        Object.entries(state.readmission.missing).filter(([id]) => !reached.includes(id)),
      );
      const done =
        state.readmission.waiting.length === 0 && Object.keys(missing).length === 0 && state.readmission.replayed;
      return { readmission: done ? null : { ...state.readmission, missing } };
    });
  }
  private async askFor(id: string, after: number): Promise<void> {
    const { keeper, peers, book } = this.options;
    const known = (await keeper.get(id))?.document.peer;
    for (const to of known === undefined || known === null ? peers : [known])
      await say(
        this.options.log,
        { kind: 'repair', to, epoch: book.now.epoch, domain: keeper.options.domain, case: id, after },
        id,
      );
  }
}
