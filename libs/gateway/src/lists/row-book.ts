import { change, type Collection, type Database } from '@chuanyu/collections';
import type { CaseRow } from '@chuanyu/contracts';
import type { Workflows } from '@chuanyu/engine';
import type { Directory } from '@chuanyu/reference';
import { RowGenerations } from './generations';
import { keptRow, type KeptRow } from './kept-row';

/** A row that is newer than what the lists had; `before` is absent for a case they did not know. */
export interface RowChange {
  readonly after: KeptRow;
  readonly before?: KeptRow;
}

/** The rows of all cases of the province, as told on its log: the newer one stays. */
export class RowBook {
  private readonly listeners = new Set<(change: RowChange) => void>();
  private constructor(
    private readonly workflows: Workflows,
    private readonly directory: Directory,
    readonly generations: RowGenerations,
  ) {}

  static async open(database: Database, workflows: Workflows, directory: Directory): Promise<RowBook> {
    return new RowBook(workflows, directory, await RowGenerations.open(database));
  }

  /** What the lists are read from. */
  get rows(): Collection<KeptRow> {
    return this.generations.current;
  }

  /** Safe to run twice and at once. */
  async note(row: CaseRow): Promise<void> {
    const kept = keptRow(row, this.workflows, this.directory);
    const [current, ...beside] = this.generations.all;
    for (const rows of beside) await keepNewer(rows, kept);
    const change = current && (await keepNewer(current, kept));
    if (change) for (const listener of this.listeners) listener(change);
  }

  /** Calls back after the lists have changed. Returns how to stop. */
  onChange(listener: (change: RowChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when a change came of which this is true, or after so many milliseconds. */
  next(wanted: (change: RowChange) => boolean, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(end, milliseconds).unref();
      const stop = this.onChange((change) => {
        if (wanted(change)) end();
      });
    });
  }
}

const keepNewer = async (rows: Collection<KeptRow>, after: KeptRow): Promise<RowChange | undefined> => {
  let before: KeptRow | undefined;
  const kept = await change(rows, after.id, (known) => {
    before = known;
    return known && known.row.revision >= after.row.revision ? undefined : after;
  });
  return kept && { after, ...(before ? { before } : {}) };
};
