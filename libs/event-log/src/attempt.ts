import { NotYet, Poison } from './port';

/** What becomes of a record. */
export type Verdict = { readonly is: 'done' } | { readonly is: 'dead' | 'parked'; readonly reason: string };
/** What came of one attempt: a verdict, or `failed` (counts as a try), or `later` (`NotYet`) or `away`, which do not. */
export type Outcome = Verdict | { readonly is: 'failed' | 'later' | 'away'; readonly reason: string };

export const DONE: Verdict = { is: 'done' };

/** What follows from what a handler threw. */
export function outcomeOf(error: unknown): Outcome {
  const reason = reasonOf(error);
  if (error instanceof Poison) return { is: 'dead', reason };
  if (error instanceof NotYet) return { is: 'later', reason };
  return { is: isAway(error) ? 'away' : 'failed', reason };
}

/** Errors of the ports of log and document store that blame the place and not the question; by name, since this one knows no store. */
const AWAY: readonly string[] = ['LogUnavailable', 'Unavailable'];

/** What the handler needs does not answer: no fault of the record, which is as good when it answers again. */
const isAway = (error: unknown): boolean =>
  error instanceof Error && (AWAY.includes(error.name) || isAway(error.cause));

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
