import type { Outcome, Verdict } from './attempt';
import type { Incoming, LaneLimits } from './lane-ports';
import type { Amount } from './load';

/** A record, or a letter that is handed out again, on its way through a lane. */
export interface Handling {
  readonly kind: 'record' | 'letter';
  readonly item: Incoming;
  /** A verdict that the letters have not taken yet; what is decided is not handled again. */
  verdict?: Verdict;
  failures: number;
  waits: number;
}
export type Task = Handling | { readonly kind: 'redrive' };

/** The records of one key, in order. A queue that waits takes no place among the `parallel`. */
export interface Queue {
  readonly key: string;
  readonly tasks: Task[];
  state: 'ready' | 'running' | 'waiting';
  timer?: NodeJS.Timeout;
  /** What it holds while its head is `NotYet`; not counted as load, so that other keys go on. */
  held?: Amount;
}

/** How long a queue waits before its head's next move. */
export interface Pause {
  readonly milliseconds: number;
  /** `NotYet`: may last, so it must hold up nothing but its key. */
  readonly holds: boolean;
}

const LONGEST_WAIT = 5000;

/** What follows from an attempt: a verdict on the task, or a pause before the next one. */
export function decide(task: Handling, outcome: Outcome, { tries, backoff }: LaneLimits): Pause | undefined {
  switch (outcome.is) {
    case 'later':
      return { milliseconds: Math.min(LONGEST_WAIT, backoff * 2 ** task.waits++), holds: true };
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
