import { answerOf } from '@chuanyu/contracts';
import {
  LogUnavailable,
  NotYet,
  type DeadLetter,
  type EventLog,
  type Lag,
  type LetterCount,
  type LogRecord,
  type NewRecord,
  type RunningSubscription,
  type Subscription,
  type TopicDefinition,
} from './port';

export interface Cuttable {
  cut(): void;
  heal(): void;
  readonly isCut: boolean;
}

/**
 * Another party's log as seen over a line that can be cut. While it is cut every call throws `LogUnavailable` (one under way may
 * have had its effect), subscriptions made through it receive nothing, and what they have in hand ends without effect and is
 * delivered again after `heal`. What was done before the cut counts as done. `close` ends this view and its subscriptions, not the log.
 */
export function cuttable(log: EventLog): EventLog & Cuttable {
  return new Line(log);
}

class Line implements EventLog, Cuttable {
  /** Rises with every cut: what began before one has lost its answer. */
  private cuts = 0;
  private cutNow = false;
  private closed = false;
  /** Go on, or end, when the line is whole or their subscription stops. */
  private waiting: (() => void)[] = [];
  /** Listeners that missed an append. */
  private readonly missed = new Set<() => void>();
  private readonly subscriptions = new Set<RunningSubscription>();
  private readonly unlisten = new Set<() => void>();

  constructor(private readonly log: EventLog) {}

  get isCut(): boolean {
    return this.cutNow;
  }

  cut(): void {
    if (this.cutNow) return;
    this.cutNow = true;
    this.cuts++;
  }

  heal(): void {
    this.cutNow = false;
    this.rouse();
    const missed = [...this.missed];
    this.missed.clear();
    for (const listener of missed) listener();
  }

  declare(topics: readonly TopicDefinition[]): Promise<void> {
    return this.ask(() => this.log.declare(topics));
  }

  append(records: readonly NewRecord[]): Promise<void> {
    return this.ask(() => this.log.append(records));
  }

  async subscribe(subscription: Subscription): Promise<RunningSubscription> {
    const ending = new AbortController();
    let behind: RunningSubscription | undefined;
    try {
      behind = await this.ask(async () => {
        behind = await this.log.subscribe({
          ...subscription,
          handle: (record) => this.deliver(record, subscription.handle, ending.signal),
        });
        return behind;
      });
    } catch (error) {
      ending.abort();
      this.rouse();
      await behind?.stop();
      throw error;
    }
    const far = behind;
    const running: RunningSubscription = {
      drained: async () => {
        await this.untilWhole(ending.signal);
        await far.drained();
      },
      stop: async () => {
        ending.abort();
        this.rouse();
        this.subscriptions.delete(running);
        await far.stop();
      },
    };
    this.subscriptions.add(running);
    return running;
  }

  read(
    topic: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<{ readonly records: readonly LogRecord[]; readonly next: string }> {
    return this.ask(() => this.log.read(topic, options));
  }

  onAppend(topic: string, listener: () => void): () => void {
    // A wrapper of its own, so that one function may listen twice.
    const each = () => listener();
    const stop = this.log.onAppend(topic, () => (this.cutNow ? this.missed.add(each) : each()));
    const end = () => {
      this.unlisten.delete(end);
      this.missed.delete(each);
      stop();
    };
    this.unlisten.add(end);
    return end;
  }

  deadLetters(group: string, options?: { readonly limit?: number }): Promise<readonly DeadLetter[]> {
    return this.ask(() => this.log.deadLetters(group, options));
  }

  countLetters(group: string): Promise<LetterCount> {
    return this.ask(() => this.log.countLetters(group));
  }

  redrive(group: string, key: string): Promise<void> {
    return this.ask(() => this.log.redrive(group, key));
  }

  lag(group: string): Promise<readonly Lag[]> {
    return this.ask(() => this.log.lag(group));
  }

  generation(): Promise<string> {
    return this.ask(() => this.log.generation());
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.unlisten) stop();
    await Promise.all([...this.subscriptions].map((running) => running.stop()));
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    const { cuts } = this;
    if (this.cutNow || this.closed) throw new LogUnavailable(this.closed ? 'closed' : 'cut');
    const answer = await question();
    if (this.cuts !== cuts) throw new LogUnavailable('cut before the answer came');
    return answer;
  }

  private async deliver(record: LogRecord, handle: Subscription['handle'], ending: AbortSignal): Promise<void> {
    for (;;) {
      await this.untilWhole(ending);
      const { cuts } = this;
      try {
        await handle(record);
        if (this.cuts === cuts) return;
      } catch (error) {
        if (this.cuts === cuts) throw error;
      }
    }
  }

  private async untilWhole(ending: AbortSignal): Promise<void> {
    while (this.cutNow) {
      if (ending.aborted) throw new NotYet('the line is cut');
      await answerOf(new Promise<void>((resolve) => this.waiting.push(resolve)));
    }
  }

  private rouse(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const goOn of waiting) goOn();
  }
}
