import { each } from '@chuanyu/collections';
import { wake } from '@chuanyu/engine';
import type { CaseKeeper } from './keeper';

/** Wakes cases whose time has come: lapses, sending again, asking again, what is still to be done in those under them. */
export class CaseTimer {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  constructor(
    private readonly keeper: CaseKeeper,
    private readonly options: {
      readonly everyMilliseconds: number;
      readonly onError: (error: unknown) => void;
      /** Carries out what the case has recorded for those under it. */
      readonly drive: (id: string) => Promise<void>;
    },
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tick(), this.options.everyMilliseconds);
    this.timer.unref();
  }
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
  /** Looks now; resolves when every case that was due has been woken. */
  tick(): Promise<void> {
    this.running = this.running.then(() => this.wakeAll()).catch(this.options.onError);
    return this.running;
  }
  private async wakeAll(): Promise<void> {
    const { cases, clock } = this.keeper.options;
    const due = each(cases, {
      filter: { where: { wakeAt: { lte: clock.now() } } },
      sort: { by: 'wakeAt', order: 'ascending' },
      limit: 200,
    });
    for await (const { document } of due) {
      try {
        await this.keeper.change(document.id, wake);
        if (document.group) await this.options.drive(document.id);
      } catch (error) {
        this.options.onError(error);
      }
    }
  }
}
