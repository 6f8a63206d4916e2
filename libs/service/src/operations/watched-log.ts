import {
  NotYet,
  Poison,
  type EventLog,
  type LogRecord,
  type RunningSubscription,
  type Subscription,
} from '@chuanyu/event-log';
import type { Logger } from 'pino';
import type { Meters, Sample } from './meters';
import { inTrace, goOnIn, readTrace, traceNow } from './trace';

export interface Watching {
  readonly meters: Meters;
  /** Whose log it is: a province. */
  readonly of: string;
  /** One line for each record that belongs to a trace. */
  readonly journal?: Logger;
  readonly millis: () => number;
}

/** Subscribes to a log and counts, times and follows what is handled. */
export class WatchedLog implements Pick<EventLog, 'subscribe'> {
  private readonly groups = new Set<string>();
  constructor(
    private readonly log: Pick<EventLog, 'subscribe' | 'lag' | 'countLetters'>,
    private readonly watching: Watching,
  ) {
    watching.meters.sample(`log ${watching.of}`, () => this.sample());
  }

  async subscribe(subscription: Subscription): Promise<RunningSubscription> {
    const running = await this.log.subscribe({
      ...subscription,
      handle: (record) => this.handle(subscription, record),
    });
    this.groups.add(subscription.group);
    return running;
  }

  private handle({ group, handle }: Subscription, record: LogRecord): Promise<void> {
    const { meters, of, journal } = this.watching;
    const labels = { log: of, group, topic: record.topic };
    const parent = record.headers['traceparent'];
    return inTrace(readTrace(parent) && goOnIn(parent), async () => {
      const began = performance.now();
      let outcome = 'failed';
      try {
        await handle(record);
        outcome = 'done';
      } catch (error) {
        if (error instanceof Poison) outcome = 'dead';
        if (error instanceof NotYet) outcome = 'waits';
        throw error;
      } finally {
        const milliseconds = performance.now() - began;
        meters.handled.inc({ ...labels, outcome });
        meters.handlerSeconds.observe(labels, milliseconds / 1000);
        const trace = traceNow();
        if (trace)
          journal?.info({ ...trace, ...labels, key: record.key, outcome, milliseconds: Math.round(milliseconds) });
      }
    });
  }

  private async sample(): Promise<readonly Sample[]> {
    const { meters, of, millis } = this.watching;
    const samples: Sample[] = [];
    for (const group of this.groups) {
      const labels = { log: of, group };
      const behind = new Map<string, number>();
      let since: number | undefined;
      for (const lag of await this.log.lag(group)) {
        behind.set(lag.topic, (behind.get(lag.topic) ?? 0) + lag.behind);
        if (lag.oldest !== undefined) since = Math.min(since ?? Infinity, Date.parse(lag.oldest));
      }
      for (const [topic, value] of behind) samples.push({ gauge: meters.lag, labels: { ...labels, topic }, value });
      const age = since === undefined ? 0 : Math.max(0, (millis() - since) / 1000);
      const { dead, parked } = await this.log.countLetters(group);
      samples.push(
        { gauge: meters.oldest, labels, value: age },
        { gauge: meters.dead, labels, value: dead },
        { gauge: meters.parked, labels, value: parked },
      );
    }
    return samples;
  }
}
