/** Where all time comes from: one clock per province. Nothing else reads the system clock. */
export interface Clock {
  /** Now, UTC, ISO 8601 with milliseconds. */
  now(): string;
  /** Now in milliseconds since 1970. */
  millis(): number;
}

/** The machine's clock moved by an offset that can be changed (development: `POST /dev/clock`). */
export class MovableClock implements Clock {
  constructor(private offset = 0) {}
  millis(): number {
    return Date.now() + this.offset;
  }
  now(): string {
    return new Date(this.millis()).toISOString();
  }
  /** Milliseconds, forwards or backwards. */
  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
  get moved(): number {
    return this.offset;
  }
}

/** Stands still until told otherwise: for tests and simulation. */
export class FixedClock implements Clock {
  constructor(private at: number) {}
  millis(): number {
    return this.at;
  }
  now(): string {
    return new Date(this.at).toISOString();
  }
  advance(milliseconds: number): void {
    this.at += milliseconds;
  }
}

/** The machine’s clock, never moved: for what must not follow a demonstration’s time (tokens, locks of accounts). */
export const realTime: Clock = new MovableClock();
