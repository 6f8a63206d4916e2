import type { Clock } from '@chuanyu/reference';

/** More addresses than this are not kept: the oldest is forgotten first. */
const MOST = 10_000;

/** How often something was tried lately, by address. */
export class Attempts {
  private readonly windows = new Map<string, { until: number; n: number }>();
  constructor(
    private readonly most: number,
    private readonly milliseconds: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one more; answers how many seconds to wait where there were too many. */
  count(address: string): number | undefined {
    const now = this.clock.millis();
    const window = this.windows.get(address);
    if (window && window.until > now) {
      if (window.n >= this.most) return Math.max(1, Math.ceil((window.until - now) / 1000));
      window.n += 1;
      return undefined;
    }
    this.windows.delete(address);
    this.windows.set(address, { until: now + this.milliseconds, n: 1 });
    for (const oldest of this.windows.keys()) {
      if (this.windows.size <= MOST) break;
      this.windows.delete(oldest);
    }
    return undefined;
  }
  /** The last one was no failure. */
  forgive(address: string): void {
    const window = this.windows.get(address);
    if (window && window.n > 0) window.n -= 1;
  }
}
