import type { EventLog } from './port';

/** A message that left its document (`Outgoing` of the collections). */
export interface RelayedMessage {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly value: unknown;
}
/** A collection, as far as the relay needs it. */
export interface Outbox {
  /** Not yet settled, in order. */
  pending(limit: number): Promise<readonly RelayedMessage[]>;
  settle(ids: readonly string[]): Promise<void>;
  onOutgoing(listener: () => void): () => void;
}

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly log: Pick<EventLog, 'append'>;
  /** A failure that will be tried again: the relay never skips a message. */
  readonly onError: (error: unknown) => void;
  /** Messages in one append: 500 unless said. */
  readonly batch?: number;
  /** Bytes of JSON in one append: 700 KB unless said, below what a broker takes. A single larger message goes alone. */
  readonly bytes?: number;
  /** How often it looks by itself, for what a process that died left behind: 1000 unless said. */
  readonly pollMilliseconds?: number;
}
export interface Relay {
  /** Ends after the append in hand and its settling. */
  stop(): Promise<void>;
  /** Resolves when all that was pending at the call is on the log and settled. */
  flushed(): Promise<void>;
  /** What it has not been able to move. */
  readonly backlog: Backlog;
}
export interface Backlog {
  /** Of one helping at the most. */
  readonly messages: number;
  /** For how many milliseconds this relay has seen the first of them. */
  readonly milliseconds: number;
}

const BATCH = 500;
const BYTES = 700_000;
const POLL_MILLISECONDS = 1000;
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

/**
 * Moves outgoing messages to the log: in order, at least once, one awaited append at a time
 * (concurrent ones lost acknowledged events on Kafka).
 */
export function startRelay(options: RelayOptions): Relay {
  const relay = new RunningRelay(options);
  return {
    stop: () => relay.stop(),
    flushed: () => relay.flushed(),
    get backlog() {
      return relay.backlog;
    },
  };
}

class RunningRelay {
  private stopped = false;
  private wake?: () => void;
  private woken = false;
  /** On the log but not settled, because settling failed: settled before anything is sent again. */
  private sent: readonly string[] = [];
  private pending: { readonly messages: number; readonly first?: string; readonly since: number } = {
    messages: 0,
    since: 0,
  };
  private waiters: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private readonly unlisten: () => void;
  private readonly ended: Promise<void>;

  constructor(private readonly options: RelayOptions) {
    this.unlisten = options.outbox.onOutgoing(() => this.rouse());
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.unlisten();
    this.wake?.();
    await this.ended;
    const { waiters } = this;
    this.waiters = [];
    for (const { reject } of waiters) reject(new Error('the relay was stopped'));
  }

  flushed(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.stopped) return reject(new Error('the relay was stopped'));
      this.waiters.push({ resolve, reject });
      this.rouse();
    });
  }

  get backlog(): Backlog {
    const { messages, since } = this.pending;
    return { messages, milliseconds: messages === 0 ? 0 : performance.now() - since };
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      // Only who waited before this look can be told after it that nothing is left.
      const asked = this.waiters.length;
      this.woken = false;
      try {
        const { batch = BATCH } = this.options;
        const messages = await this.move(batch);
        failures = 0;
        if (messages === batch) continue;
        for (const { resolve } of this.waiters.splice(0, asked)) resolve();
        if (!this.woken) await this.sleep(this.options.pollMilliseconds ?? POLL_MILLISECONDS, { wakeable: true });
      } catch (error) {
        this.options.onError(error);
        await this.sleep(Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** failures++), { wakeable: false });
      }
    }
  }

  /** Moves one helping and returns how many messages were pending in it. */
  private async move(limit: number): Promise<number> {
    const { outbox, log } = this.options;
    await this.settle();
    const pending = await outbox.pending(limit);
    this.note(pending);
    for (const messages of batches(pending, this.options.bytes ?? BYTES)) {
      if (this.stopped) break;
      await log.append(messages.map(({ id: _, ...record }) => record));
      this.sent = messages.map(({ id }) => id);
      await this.settle();
    }
    if (!this.stopped) this.note([]);
    return pending.length;
  }

  private note(pending: readonly RelayedMessage[]): void {
    const [first] = pending;
    const since = first?.id === this.pending.first ? this.pending.since : performance.now();
    this.pending = { messages: pending.length, since, ...(first && { first: first.id }) };
  }

  private async settle(): Promise<void> {
    if (this.sent.length === 0) return;
    await this.options.outbox.settle(this.sent);
    this.sent = [];
  }

  private rouse(): void {
    this.woken = true;
    this.wake?.();
  }

  /** A failing log is not asked sooner because more was saved meanwhile. */
  private async sleep(milliseconds: number, { wakeable }: { readonly wakeable: boolean }): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      if (wakeable) timer.unref();
      this.wake = () => {
        if (!wakeable && !this.stopped) return;
        clearTimeout(timer);
        resolve();
      };
      if (this.stopped) this.wake();
    });
    delete this.wake;
  }
}

function* batches(messages: readonly RelayedMessage[], bytes: number): Generator<readonly RelayedMessage[]> {
  let batch: RelayedMessage[] = [];
  let size = 0;
  for (const message of messages) {
    const more =
      Buffer.byteLength(JSON.stringify(message.value)) +
      message.key.length +
      JSON.stringify(message.headers ?? {}).length;
    if (batch.length > 0 && size + more > bytes) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(message);
    size += more;
  }
  if (batch.length > 0) yield batch;
}
