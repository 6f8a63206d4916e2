import { randomUUID } from 'node:crypto';
import { Duplicate, each, VersionConflict, type Collection, type Kept } from '@chuanyu/collections';
import type { Clock } from '@chuanyu/reference';
import { waitingClaim, type KeptImport } from './collections';
import type { RegisterBook } from './register-book';

/**
 * Imports that are whole or not at all, without a transaction: saving the one document with all the rows is the import.
 * Whatever is applied of it afterwards, and whoever dies while doing so, the next one who looks into that register
 * finishes it first; so nobody ever sees half of it.
 */
export class RegisterImports {
  constructor(
    private readonly book: Pick<RegisterBook, 'apply'>,
    private readonly kept: Collection<KeptImport>,
    private readonly clock: Clock,
  ) {}

  /** Durable and visible, all of it, when resolved. */
  async take(register: string, unit: string, rows: KeptImport['rows'], by: string): Promise<void> {
    for (;;) {
      await this.finish(register, unit);
      const n = (await this.latest(register, unit)) + 1;
      const claims = [waitingClaim(register, unit), numberOf({ register, unit, n })];
      try {
        await this.kept.insert({
          id: randomUUID(),
          register,
          unit,
          n,
          by,
          at: this.clock.now(),
          rows,
          applied: 0,
          claims,
        });
        return await this.finish(register, unit);
      } catch (error) {
        // Another one came first: it is finished, and this one follows.
        if (!(error instanceof Duplicate)) throw error;
      }
    }
  }
  async isWaiting(register: string, unit: string): Promise<boolean> {
    return (await this.waiting(register, unit)) !== undefined;
  }
  /** Applies what was taken in and not applied yet; safe to run by many at once. */
  async finish(register: string, unit: string): Promise<void> {
    const waiting = await this.waiting(register, unit);
    if (waiting) await this.apply(waiting);
  }
  /** When the service starts: whatever the process before left. */
  async finishAll(): Promise<void> {
    for await (const kept of each(this.kept, { limit: 100 })) if (kept.document.rows.length > 0) await this.apply(kept);
  }

  private async apply({ document, version }: Kept<KeptImport>): Promise<void> {
    const { register, unit, rows } = document;
    for (const { key, record } of rows) await this.book.apply({ register, unit, key }, record, document);
    try {
      await this.kept.replace({ ...document, rows: [], applied: rows.length, claims: [numberOf(document)] }, version);
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
    }
  }
  private async waiting(register: string, unit: string): Promise<Kept<KeptImport> | undefined> {
    const filter = { where: { claims: { any: [waitingClaim(register, unit)] } } };
    return (await this.kept.find({ filter, limit: 1 })).items[0];
  }
  private async latest(register: string, unit: string): Promise<number> {
    const page = await this.kept.find({
      filter: { where: { register, unit } },
      sort: { by: 'n', order: 'descending' },
      limit: 1,
    });
    return page.items[0]?.document.n ?? 0;
  }
}
const numberOf = ({ register, unit, n }: Pick<KeptImport, 'register' | 'unit' | 'n'>): string =>
  `${register} ${unit} ${n}`;
