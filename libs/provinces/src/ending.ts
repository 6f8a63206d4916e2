import type { Logger } from 'pino';

/** What comes to its end in order, one after the other. */
export interface Part {
  readonly name: string;
  readonly end: () => Promise<void>;
  /** What it is waiting for, where it knows. */
  readonly waitsFor?: () => string | undefined;
}
export interface EndingOptions {
  readonly parts: () => readonly Part[];
  readonly journal: Pick<Logger, 'info' | 'error'>;
  /** After which it ends without what hangs: 30 s unless said. */
  readonly limitMilliseconds?: number;
  readonly exit?: (code: number) => void;
  /** Where signals come from: the process unless said. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on'>;
}

const LIMIT = 30_000;

/**
 * The first SIGTERM or SIGINT ends the process in order: what is in hand is finished, exit code 0. A second one ends it at
 * once, and so does the limit, with a line that says what hung: exit code 1. Nothing is lost by either; what was in hand is repeated.
 */
export const endOnSignal = (options: EndingOptions): void => {
  const { parts, journal, limitMilliseconds = LIMIT, exit = (code) => process.exit(code), signals = process } = options;
  let limit: NodeJS.Timeout | undefined;
  let at: Part | undefined;
  const over = (code: number): void => {
    clearTimeout(limit);
    exit(code);
  };
  const end = async (): Promise<void> => {
    for (at of parts()) {
      try {
        await at.end();
      } catch (error) {
        journal.error({ part: at.name, error: error instanceof Error ? error.message : String(error) });
      }
    }
    journal.info('ended');
    over(0);
  };
  const onSignal = (signal: string): void => {
    if (limit) {
      journal.error({ signal }, 'ended at once by a second signal');
      return over(1);
    }
    journal.info({ signal }, 'ending');
    limit = setTimeout(() => {
      const hung = [at?.name, at?.waitsFor?.()].filter((each) => each !== undefined).join(': ');
      journal.error({ hung, milliseconds: limitMilliseconds }, 'ended without what hung');
      over(1);
    }, limitMilliseconds);
    void end();
  };
  signals.on('SIGTERM', onSignal).on('SIGINT', onSignal);
};
