import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { asked } from './deadline';

/** For all that a page asks of log and store. */
const MILLISECONDS = 2000;

/** The process's own figures, collected once however many services run in it. */
let process_: Registry | undefined;
const processMetrics = (): Registry => {
  if (!process_) collectDefaultMetrics({ register: (process_ = new Registry()) });
  return process_;
};

const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One value of a gauge, as it was found. */
export interface Sample {
  readonly gauge: Gauge;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * All that a service counts (docs/operations.md says what each means). Labels are closed sets: groups, topics, routes as they were
 * declared, steps of workflows, codes; never an id, a name or an address.
 */
export class Meters {
  private readonly registry = new Registry();
  private readonly sources: { readonly of: string; readonly read: () => Promise<readonly Sample[]> }[] = [];
  private readonly gauges: Gauge[] = [];

  constructor(labels: { readonly province: string; readonly service: string }) {
    this.registry.setDefaultLabels(labels);
  }

  readonly requests = this.counter('chuanyu_http_requests_total', 'HTTP requests answered', [
    'method',
    'route',
    'status',
  ]);
  readonly requestSeconds = this.histogram('chuanyu_http_request_duration_seconds', 'Until an answer was sent', [
    'method',
    'route',
  ]);
  readonly stepSeconds = this.histogram('chuanyu_step_duration_seconds', 'Of a step over HTTP', [
    'domain',
    'workflow',
    'step',
    'outcome',
  ]);
  readonly refused = this.counter('chuanyu_steps_refused_total', 'Steps refused, by code', [
    'domain',
    'workflow',
    'code',
  ]);
  readonly handled = this.counter('chuanyu_log_handled_total', 'Attempts at a record of the log, by outcome', [
    'log',
    'group',
    'topic',
    'outcome',
  ]);
  readonly handlerSeconds = this.histogram('chuanyu_log_handler_duration_seconds', 'Of one attempt at a record', [
    'log',
    'group',
    'topic',
  ]);
  readonly lag = this.gauge('chuanyu_log_lag_records', 'Records not yet handled', ['log', 'group', 'topic']);
  readonly oldest = this.gauge('chuanyu_log_oldest_pending_seconds', 'Age of the oldest of them', ['log', 'group']);
  readonly dead = this.gauge('chuanyu_dead_letters', 'Records that were refused for good', ['log', 'group']);
  readonly parked = this.gauge('chuanyu_parked_letters', 'Records parked behind them', ['log', 'group']);
  readonly relayPending = this.gauge('chuanyu_relay_pending_messages', 'Saved and not yet on the log: at most 500', [
    'domain',
  ]);
  readonly relayOldest = this.gauge('chuanyu_relay_oldest_pending_seconds', 'How long the first of them waits', [
    'domain',
  ]);
  readonly overdue = this.gauge('chuanyu_receipts_overdue_cases', 'Cases with a step not delivered after an hour', [
    'peer',
  ]);
  readonly writes = this.gauge('chuanyu_may_write', '0 between a restore and the readmission by the peers', ['domain']);
  readonly setAside = this.gauge('chuanyu_set_aside_messages', 'Messages of a peer that a case did not believe', [
    'domain',
  ]);
  readonly held = this.gauge('chuanyu_exchange_held_messages', 'Messages that wait for a clause or files', [
    'direction',
  ]);
  readonly quarantined = this.gauge('chuanyu_exchange_quarantined_records', 'Records that were not believed', [
    'peer',
    'code',
  ]);
  readonly peerAnswers = this.gauge('chuanyu_peer_answers', '0 while the log of a peer does not answer', ['peer']);
  private readonly missed = this.counter('chuanyu_scrape_failures_total', 'Gauges that could not be read', ['of']);

  /** What is to be looked up for each page; left out of it where it fails or is late. */
  sample(of: string, read: () => Promise<readonly Sample[]>): void {
    this.sources.push({ of, read: asked(read, MILLISECONDS) });
  }

  /** In Prometheus' text format. Never rejects, and is never later than the deadline by much. */
  async page(): Promise<string> {
    const found = await Promise.all(
      this.sources.map(({ of, read }) =>
        read().catch((): readonly Sample[] => {
          this.missed.inc({ of });
          return [];
        }),
      ),
    );
    // In one breath, so that two who ask at once see one state.
    for (const gauge of this.gauges) gauge.reset();
    for (const { gauge, labels, value } of found.flat()) gauge.set({ ...labels }, value);
    return `${await this.registry.metrics()}\n${await processMetrics().metrics()}`;
  }
  /** Of the page, without the process's own. */
  get names(): readonly string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }

  private counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
  private histogram(name: string, help: string, labelNames: string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: DURATIONS, registers: [this.registry] });
  }
  /** With a label at least: one without would be 0 wherever nobody looks it up. */
  private gauge(name: string, help: string, labelNames: string[]): Gauge {
    const gauge = new Gauge({ name, help, labelNames, registers: [this.registry] });
    this.gauges.push(gauge);
    return gauge;
  }
}
