import type { Outcome, Verdict } from './attempt';
import type { Incoming, LaneLimits } from './lane-ports';
import type { Amount } from './load';
import type { WatchedWork } from './watch';

/** A record, or a letter that is handed out again, on its way through a lane. */
export interface Handling {
  readonly kind: 'record' | 'letter';
  readonly item: Incoming;
  /** A verdict that the letters have not taken yet; what is decided is not handled again. */
  verdict: Verdict | undefined;
  failures: number;
  waits: number;
}
export const handling = (kind: Handling['kind'], item: Incoming): Handling => ({
  kind,
  item,
  verdict: undefined,
  failures: 0,
  waits: 0,
});

export type Task = Handling | { readonly kind: 'redrive' };

/** The records of one key, in order. A queue that waits takes no place among the `parallel`. */
export class Queue {
  readonly tasks: Task[] = [];
  state: 'ready' | 'running' | 'waiting' = 'ready';
  timer: NodeJS.Timeout | undefined;
  /** What it holds while its head is `NotYet`; not counted as load, so that other keys go on. */
  held: Amount | undefined;
  /** What the handler has, and its work on it. */
  inHand: Handling | undefined;
  work: WatchedWork | undefined;
  /** Rises where another goes on with its tasks: whoever was at them before leaves them alone. */
  turn = 0;

  constructor(readonly key: string) {}

  redrive(): void {
    if (!this.tasks.some(({ kind }) => kind === 'redrive')) this.tasks.push({ kind: 'redrive' });
  }

  endRedrive(): void {
    this.tasks.splice(0, this.tasks.findIndex(({ kind }) => kind === 'redrive') + 1);
  }

  /** Drops redrives and later records, except what runs. */
  keepUpTo(offset: number): void {
    const begun = this.state === 'running' ? 1 : 0;
    const keep = this.tasks.filter(
      (task, place) => place < begun || (task.kind === 'record' && task.item.record.offset <= offset),
    );
    this.tasks.splice(0, this.tasks.length, ...keep);
  }

  /** How much its records are. */
  get amount(): Amount {
    const sizes = this.tasks.flatMap((task) => (task.kind === 'record' ? [task.item.bytes] : []));
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }
}

/** How long a queue waits before its head's next move. */
export interface Pause {
  readonly milliseconds: number;
  /** `NotYet`: may last, so it must hold up nothing but its key. */
  readonly holds: boolean;
}

/** Before the letters are tried again when they could not be reached. */
export const LETTERS_AWAY: Pause = { milliseconds: 1000, holds: false };
export const IN_DOUBT: Pause = { milliseconds: 100, holds: false };

/** What a lane that stops does not wait for. */
export const isLong = ({ milliseconds, holds }: Pause): boolean => holds || milliseconds > 1000;

const LONGEST_WAIT = 5000;
const LONGEST_AWAY = 2000;

/** What follows from an attempt: a verdict on the task, or a pause before the next one. */
export function decide(task: Handling, outcome: Outcome, { tries, backoff }: LaneLimits): Pause | undefined {
  switch (outcome.is) {
    case 'later':
      return { milliseconds: Math.min(LONGEST_WAIT, backoff * 2 ** task.waits++), holds: true };
    case 'away':
      // Counted as load: while nothing can be handled, nothing more is fetched.
      return { milliseconds: Math.min(LONGEST_AWAY, backoff * 2 ** task.waits++), holds: false };
    case 'failed':
      task.failures++;
      if (task.failures < tries) return { milliseconds: backoff * 2 ** (task.failures - 1), holds: false };
      task.verdict = { is: 'dead', reason: outcome.reason };
      return undefined;
    case 'dead':
    case 'parked':
    case 'done':
      task.verdict = outcome;
      return undefined;
  }
}
