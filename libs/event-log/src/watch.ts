import { LimitedWork } from '@chuanyu/contracts';

/** Looks in the time that a handler has. */
const LOOKS = 8;
/** Milliseconds by which a timer that is late says that the process stood still. */
const FROZEN = 500;

/** What a handler does with one record. */
export class WatchedWork extends LimitedWork {
  /** By its watch, when its time began. */
  constructor(public since: number) {
    super();
  }
}

/**
 * Finds handlers that hang, with one timer for all of a lane: what ends in time costs nothing.
 * It counts its looks instead of reading the clock: a process that was frozen or kept busy has not given its handlers their time,
 * and their answers may be waiting behind the timer.
 */
export class Watch {
  /** How often it has looked. */
  private now = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly interval: number;

  constructor(
    limit: number,
    private readonly look: () => 'watch on' | 'nothing in hand',
  ) {
    this.interval = Math.ceil(limit / LOOKS);
  }

  begin(): void {
    if (this.timer) return;
    let last = performance.now();
    this.timer = setInterval(() => {
      const late = performance.now() - last - this.interval;
      last += late + this.interval;
      if (late > FROZEN) return;
      this.now++;
      if (this.look() === 'nothing in hand') this.end();
    }, this.interval);
  }

  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  newWork(): WatchedWork {
    return new WatchedWork(this.now);
  }

  /** Whether it has had its time, and no excuse in it. */
  isOver(work: WatchedWork | undefined): boolean {
    if (!work) return false;
    if (work.isExcused()) work.since = this.now;
    return this.now - work.since > LOOKS;
  }
}
