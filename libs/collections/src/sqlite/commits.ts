import { answerOf } from '@chuanyu/contracts';
import { portError, synchronous, whileBusy, type Durability, type Statements } from './connection';
import { FairQueue } from './fair-queue';

/** A group keeps the process from everything else: it ends after so many saves, or when they have taken this long. */
const GROUP = 256;
const GROUP_MILLISECONDS = 10;

interface Job {
  /** Whether it waits for the disk: then all of its group do. */
  readonly durable: boolean;
  /** Runs inside the open transaction. */
  attempt(): void;
  fail(error: unknown): void;
  /** Tells the caller how it went; only after the commit, since before it nothing is certain. */
  tell(): void;
}

/**
 * Group commit: the saves that arrive in one turn of the event loop share one transaction, hence one fsync,
 * each under a savepoint of its own, so that one may fail and the others hold. Where more wait than go into one group,
 * collections take turns: an officer's step is not kept waiting by the thousand rows of lists that are made anew.
 */
export class Commits {
  private readonly waiting = new FairQueue<Job>();
  private running: Promise<void> | undefined;
  private waitsForDisk: boolean;

  constructor(
    private readonly statements: Statements,
    /** Whether any save is to survive a power cut. */
    private readonly durability: Durability,
  ) {
    this.waitsForDisk = durability === 'full';
  }

  /**
   * Those of one collection in order. Resolves when what `work` did is kept, and durable unless said otherwise; rejects when it
   * threw, and then nothing of it is kept. What is not durable is lost by a power cut at most with all that was not, up to the last that was.
   */
  submit<R>(collection: string, work: () => R, { durable = true } = {}): Promise<R> {
    const told = new Promise<R>((resolve, reject) => {
      let tell = (): void => undefined;
      this.waiting.add(collection, {
        durable,
        attempt: () => {
          const result = work();
          tell = () => resolve(result);
        },
        fail: (error) => {
          tell = () => reject(portError(error));
        },
        tell: () => tell(),
      });
      this.running ??= this.run();
    });
    return answerOf(told);
  }

  /** Resolves when nothing waits any more. */
  async quiet(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await new Promise((next) => setImmediate(next));
      const group = this.waiting.first(GROUP);
      let count = group.length;
      try {
        count = await whileBusy(() => this.commit(group));
      } catch (error) {
        for (const job of group) job.fail(error);
      }
      this.waiting.remove(count);
      for (const job of group.slice(0, count)) job.tell();
    }
    this.running = undefined;
  }

  /** Of the first ones, as many as there is time for; how many they were. Throws when nothing is kept. */
  private commit(group: readonly Job[]): number {
    const { connection } = this.statements;
    this.waitForDisk(group.some(({ durable }) => durable));
    this.statements.run('BEGIN IMMEDIATE');
    try {
      const until = performance.now() + GROUP_MILLISECONDS;
      let count = 0;
      for (const job of group) {
        this.attempt(job);
        count += 1;
        if (performance.now() >= until) break;
      }
      this.statements.run('COMMIT');
      return count;
    } catch (error) {
      if (connection.isTransaction) this.statements.run('ROLLBACK');
      throw error;
    }
  }

  private waitForDisk(wanted: boolean): void {
    const waits = wanted && this.durability === 'full';
    if (waits === this.waitsForDisk) return;
    this.statements.connection.exec(`PRAGMA synchronous = ${synchronous(waits ? 'full' : 'normal')}`);
    this.waitsForDisk = waits;
  }

  private attempt(job: Job): void {
    this.statements.run('SAVEPOINT job');
    try {
      job.attempt();
    } catch (error) {
      // A full disk and the like make SQLite give up the whole transaction: then nobody's work is kept.
      if (!this.statements.connection.isTransaction) throw error;
      job.fail(error);
      this.statements.run('ROLLBACK TO job');
    }
    this.statements.run('RELEASE job');
  }
}
