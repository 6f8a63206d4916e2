import { type Collection, type CollectionDefinition, type Document, Duplicate, each } from '@chuanyu/collections';
import type { Clock } from '@chuanyu/reference';
import { Mutex } from 'async-mutex';
import { type AuditEntry, type AuditHead, type AuditRow, chain, EMPTY_HEAD } from './audit-chain';
import { checkAuditEntry } from './audit-entry';

/** Rows that were waiting together, saved in one write. */
export interface AuditBlock extends Document {
  /** The number of the first row, twelve digits: two writers at the same place collide, and one begins again. */
  readonly id: string;
  readonly last: number;
  readonly rows: readonly AuditRow[];
  /** Who, and which cases, the rows name: what they are looked up by. */
  readonly who: readonly string[];
  readonly cases: readonly string[];
}
export const auditDefinition: CollectionDefinition = {
  name: 'access.audit',
  fields: ['last'],
  sets: { who: { unique: false }, cases: { unique: false } },
};

/** At most so many rows in one write. */
const BLOCK = 200;
/** Other processes can win the place so often before we give up. */
const ATTEMPTS = 100;

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: (row: AuditRow) => void;
  readonly reject: (reason: unknown) => void;
}

/** The audit of one province: rows that are only ever appended, each naming the hash of the one before. */
export class AuditLog {
  private readonly writing = new Mutex();
  private readonly waiting: Waiting[] = [];
  private known: AuditHead | undefined;

  constructor(
    /** Opened with `auditDefinition`. */
    private readonly blocks: Collection<AuditBlock>,
    private readonly clock: Clock,
  ) {}

  /**
   * Durable when resolved; in the order of the calls. Throws InvalidData where the entry could hold a person's data,
   * and what the store throws: then it is not known whether the row was kept.
   */
  async append(entry: AuditEntry): Promise<AuditRow> {
    checkAuditEntry(entry);
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
      void this.writing.runExclusive(() => this.writeWaiting());
    });
  }

  /** The last row as it is kept, for stating it across the border. */
  async head(): Promise<AuditHead> {
    const { items } = await this.blocks.find({ sort: { by: 'last', order: 'descending' }, limit: 1 });
    const row = items[0]?.document.rows.at(-1);
    return row === undefined ? EMPTY_HEAD : { n: row.n, hash: row.hash };
  }

  /** All rows as they are kept, in their order: what `verifyAudit` reads. */
  rows(): AsyncGenerator<AuditRow> {
    return this.find({});
  }

  /** What was done with a case, and by whom, in order. */
  async ofCase(id: string): Promise<readonly AuditRow[]> {
    return collect(this.find({ cases: { all: [id] } }), (row) => row.case === id);
  }

  /** What somebody did, in order. */
  async of(who: string): Promise<readonly AuditRow[]> {
    return collect(this.find({ who: { all: [who] } }), (row) => row.who === who);
  }

  private async *find(where: Record<string, { readonly all: readonly string[] }>): AsyncGenerator<AuditRow> {
    for await (const { document } of each(this.blocks, { filter: { where }, limit: 100 })) yield* document.rows;
  }

  /** Takes what has gathered while the write before was under way. Never throws: what fails, fails its own callers. */
  private async writeWaiting(): Promise<void> {
    const batch = this.waiting.splice(0, BLOCK);
    if (batch.length === 0) return;
    try {
      const rows = await this.write(batch.map(({ entry }) => entry));
      for (const [i, row] of rows.entries()) batch[i]?.resolve(row);
    } catch (error) {
      this.known = undefined;
      for (const { reject } of batch) reject(error);
    }
  }

  private async write(entries: readonly AuditEntry[]): Promise<readonly AuditRow[]> {
    for (let attempt = 1; ; attempt++) {
      let head = this.known ?? (await this.head());
      const first = head.n + 1;
      const rows = entries.map((entry) => {
        const row = chain(entry, this.clock.now(), head);
        head = row;
        return row;
      });
      try {
        await this.blocks.insert(blockOf(first, rows));
        this.known = { n: head.n, hash: head.hash };
        return rows;
      } catch (error) {
        this.known = undefined;
        if (!(error instanceof Duplicate) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

function blockOf(first: number, rows: readonly AuditRow[]): AuditBlock {
  return {
    id: String(first).padStart(12, '0'),
    last: first + rows.length - 1,
    rows,
    who: [...new Set(rows.map((row) => row.who))],
    cases: [...new Set(rows.flatMap((row) => row.case ?? []))],
  };
}

async function collect(
  rows: AsyncIterable<AuditRow>,
  wanted: (row: AuditRow) => boolean,
): Promise<readonly AuditRow[]> {
  const found: AuditRow[] = [];
  for await (const row of rows) if (wanted(row)) found.push(row);
  return found;
}
