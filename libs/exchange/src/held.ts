import { Mutex } from 'async-mutex';
import {
  Duplicate,
  type Collection,
  type CollectionDefinition,
  type Condition,
  type Document,
} from '@chuanyu/collections';
import type { AskMessage, StepMessage } from '@chuanyu/contracts';

/** A message that waits for its clause or its attachments; all later data of its case waits behind it. */
export interface HeldMessage extends Document {
  readonly direction: 'out' | 'in';
  /** The peer that it came from; absent in what goes out, and in what an earlier version held. */
  readonly peer?: string;
  readonly case: string;
  /** Rises in the order of arrival. */
  readonly order: string;
  readonly since: string;
  readonly why: string;
  readonly message: StepMessage | AskMessage;
}
export const heldDefinition: CollectionDefinition = {
  name: 'exchange.held',
  fields: ['direction', 'peer', 'case', 'order'],
  sets: {},
  indexes: [['direction', 'case', 'order']],
};

/** Why a message may not pass yet; undefined where it may. */
export type Gate = (message: StepMessage | AskMessage) => string | undefined | Promise<string | undefined>;

/** Holds what has no live clause, or whose attachments are not all here, visibly and in order; control messages and fences never come here. */
export class HeldMessages {
  private readonly locks = new Map<string, Mutex>();
  private count = 0;

  constructor(
    private readonly kept: Collection<HeldMessage>,
    private readonly direction: 'out' | 'in',
    private readonly gate: Gate,
    private readonly go: (message: StepMessage | AskMessage) => Promise<void>,
    private readonly now: () => string,
    /** Told for each message that is held; again where it comes again. */
    private readonly onHeld: (message: StepMessage | AskMessage, why: string) => Promise<void>,
    /** Of what comes in: from whom. */
    private readonly peer?: string,
  ) {}
  private get where(): Readonly<Record<string, Condition>> {
    const { direction, peer } = this;
    return peer === undefined ? { direction } : { direction, peer: { in: [peer, null] } };
  }

  /** Lets the message go now, or keeps it behind what its case already has waiting. */
  async pass(message: StepMessage | AskMessage): Promise<void> {
    await this.alone(message.case, async () => {
      const waiting = await this.waiting(message.case, 1);
      const why = waiting[0] ? `排在此前暂存的记录之后（${waiting[0].why}）` : await this.gate(message);
      if (why === undefined) return this.go(message);
      const id = `${this.direction} ${message.case} ${message.kind === 'step' ? message.event.id : message.ask.ask}`;
      const order = `${this.now()} ${String(this.count++).padStart(9, '0')}`;
      try {
        await this.kept.insert({
          id,
          direction: this.direction,
          ...(this.peer === undefined ? {} : { peer: this.peer }),
          case: message.case,
          order,
          since: this.now(),
          why,
          message,
        });
      } catch (error) {
        if (!(error instanceof Duplicate)) throw error;
        // Sent again, or the first attempt ended before it was told.
      }
      await this.onHeld(message, why);
    });
  }
  /** Lets go whatever may pass by now: after a clause has changed, at start, and regularly, in case it failed. */
  async release(): Promise<void> {
    const cases = await this.kept.tally(['case'], { where: this.where });
    const failed: unknown[] = [];
    for (const { values } of cases) {
      const [id] = values;
      if (typeof id !== 'string') continue;
      // What keeps one case from going on (a key, a log that does not answer) keeps no other.
      await this.alone(id, () => this.releaseCase(id)).catch((error: unknown) => failed.push(error));
    }
    if (failed.length > 0) throw new AggregateError(failed, `${failed.length} held cases could not go on`);
  }
  private async releaseCase(id: string): Promise<void> {
    for (;;) {
      const [first] = await this.waiting(id, 1);
      if (!first || (await this.gate(first.message)) !== undefined) return;
      await this.go(first.message);
      const kept = await this.kept.get(first.id);
      if (kept) await this.kept.remove(first.id, kept.version);
    }
  }
  async all(limit = 100): Promise<readonly HeldMessage[]> {
    const page = await this.kept.find({
      filter: { where: this.where },
      sort: { by: 'order', order: 'ascending' },
      limit,
    });
    return page.items.map(({ document }) => document);
  }
  size(): Promise<number> {
    return this.kept.count({ where: this.where });
  }
  private async waiting(id: string, limit: number): Promise<readonly HeldMessage[]> {
    const page = await this.kept.find({
      filter: { where: { ...this.where, case: id } },
      sort: { by: 'order', order: 'ascending' },
      limit,
    });
    return page.items.map(({ document }) => document);
  }
  private async alone(id: string, run: () => Promise<void>): Promise<void> {
    const lock = this.locks.get(id) ?? new Mutex();
    this.locks.set(id, lock);
    try {
      await lock.runExclusive(run);
    } finally {
      if (!lock.isLocked()) this.locks.delete(id);
    }
  }
}
