import { setTimeout as pause } from 'node:timers/promises';
import { eachPage } from '@chuanyu/collections';
import { topics, type RowMessage } from '@chuanyu/contracts';
import { rowOf, type CaseDocument } from '@chuanyu/engine';
import { BARRIER, PARTITIONS, type EventLog, type NewRecord } from '@chuanyu/event-log';
import type { CaseKeeper } from './keeper';

/** On each partition of `<domain>.events`: all rows that were restated for this mark lie before it. */
export interface RestatedMessage {
  readonly kind: 'restated';
  readonly to: null;
  readonly epoch: number;
  readonly domain: string;
  readonly mark: string;
  readonly partition: number;
}

/** So many cases are read and said at a time; meanwhile nothing else runs. */
const PAGE = 50;
const LONGEST_PAUSE = 2000;

/**
 * Says the row of every case again, so that lists can be rebuilt from zero. The rows go to the log directly: no case is written. Each is
 * the very row that was said when its revision was saved, so saying it twice, or after a newer one, changes no list; a case saved
 * meanwhile says its newer row by itself.
 */
export class CaseRestater {
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  constructor(
    private readonly keeper: CaseKeeper,
    private readonly log: Pick<EventLog, 'append'>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Begins, unless it is under way for this mark. */
  begin(mark: string): void {
    if (this.running.has(mark) || this.stopping.signal.aborted) return;
    const run = this.restate(mark)
      .catch((error: unknown) => {
        if (!this.stopping.signal.aborted) this.onError(error);
      })
      .finally(() => this.running.delete(mark));
    this.running.set(mark, run);
  }
  /** Resolves when nothing is under way. */
  async done(): Promise<void> {
    await Promise.all(this.running.values());
  }
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done();
  }

  private async restate(mark: string): Promise<void> {
    const { cases, domain, epoch } = this.keeper.options;
    for await (const { items } of eachPage((from) => this.tried(() => cases.find({ limit: PAGE, ...from })))) {
      const rows = items.flatMap(({ document }) => this.rowOf(document) ?? []);
      await this.tried(() => this.log.append(rows));
    }
    const ends = Array.from({ length: PARTITIONS }, (_, partition): NewRecord => {
      const value: RestatedMessage = { kind: 'restated', to: null, epoch: epoch(), domain, mark, partition };
      const headers = { kind: value.kind, [BARRIER]: '1' };
      return { topic: topics.events(domain), key: `restated ${mark}`, partition, headers, value };
    });
    await this.tried(() => this.log.append(ends));
  }
  private rowOf(document: CaseDocument): NewRecord | undefined {
    const { domain, epoch } = this.keeper.options;
    try {
      const row = rowOf(document, this.keeper.workflowOf(document), document.changedAt);
      const value: RowMessage = { kind: 'row', to: null, epoch: epoch(), domain, case: document.id, row };
      return { topic: topics.events(domain), key: document.id, headers: { kind: 'row' }, value };
    } catch (error) {
      // A case of a version that is unknown here: it is listed again when it is next saved.
      this.onError(error);
      return undefined;
    }
  }
  /** A store or a log that does not answer is asked again until it does, or the service stops. */
  private async tried<T>(work: () => Promise<T>): Promise<T> {
    for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      this.stopping.signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        this.onError(error);
        await pause(wait, undefined, { signal: this.stopping.signal });
      }
    }
  }
}
