import { portError, whileBusy, type Statements } from './connection';

/** So that one group does not keep the process from everything else for long (about 30 ms). */
const GROUP = 256;

interface Job {
  /** Runs inside the open transaction. */
  attempt(): void;
  fail(error: unknown): void;
  /** Tells the caller how it went; only after the commit, since before it nothing is certain. */
  tell(): void;
}

/**
 * Group commit: the saves that arrive in one turn of the event loop share one transaction, hence one fsync,
 * each under a savepoint of its own, so that one may fail and the others hold.
 */
export class Commits {
  private readonly waiting: Job[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly statements: Statements) {}

  /** Resolves when what `work` did is durable; rejects when it threw, and then nothing of it is kept. */
  submit<R>(work: () => R): Promise<R> {
    return new Promise((resolve, reject) => {
      let tell = (): void => undefined;
      this.waiting.push({
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
  }

  /** Resolves when nothing waits any more. */
  async quiet(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await new Promise((next) => setImmediate(next));
      const group = this.waiting.splice(0, GROUP);
      try {
        await whileBusy(() => this.commit(group));
      } catch (error) {
        for (const job of group) job.fail(error);
      }
      for (const job of group) job.tell();
    }
    this.running = undefined;
  }

  /** Throws when nothing of the group is kept. */
  private commit(group: readonly Job[]): void {
    const { connection } = this.statements;
    this.statements.run('BEGIN IMMEDIATE');
    try {
      for (const job of group) this.attempt(job);
      this.statements.run('COMMIT');
    } catch (error) {
      if (connection.isTransaction) this.statements.run('ROLLBACK');
      throw error;
    }
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
