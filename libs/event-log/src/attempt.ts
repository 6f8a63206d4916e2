import { NotYet, Poison, type LogRecord } from './port';

/** What becomes of a record. */
export type Verdict = { readonly is: 'done' } | { readonly is: 'dead' | 'parked'; readonly reason: string };
/** What came of one attempt: a verdict, or `failed` (counts as a try) or `later` (`NotYet`: does not). */
export type Outcome = Verdict | { readonly is: 'failed' | 'later'; readonly reason: string };

/** Calls a handler once. Never rejects. One that hangs is dead and not repeated, though it may still be at work. */
export function attempt(
  handle: (record: LogRecord) => Promise<void>,
  record: LogRecord,
  limit: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let timer = watch();
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    void call(handle, record).then(end);

    function watch(): NodeJS.Timeout {
      const begun = performance.now();
      return setTimeout(() => {
        // A process that was frozen or kept busy has not given the handler its time: its answer may be waiting behind this timer.
        if (performance.now() - begun > limit + FROZEN) timer = watch();
        else end({ is: 'dead', reason: `hangs: no answer in ${limit} ms` });
      }, limit);
    }
  });
}

/** Milliseconds by which a timer that is late says that the process stood still. */
const FROZEN = 500;

async function call(handle: (record: LogRecord) => Promise<void>, record: LogRecord): Promise<Outcome> {
  try {
    await handle(record);
    return { is: 'done' };
  } catch (error) {
    const reason = reasonOf(error);
    if (error instanceof Poison) return { is: 'dead', reason };
    return { is: error instanceof NotYet ? 'later' : 'failed', reason };
  }
}

/** The error with its causes, for whoever reads the dead letter. */
export function reasonOf(error: unknown): string {
  const said: string[] = [];
  for (let at = error; at !== undefined && said.length < 5; at = at instanceof Error ? at.cause : undefined)
    said.push(at instanceof Error ? `${at.name}: ${at.message}` : text(at));
  return said.join(' ← ');
}

function text(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}
