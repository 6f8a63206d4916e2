import { NotYet, Poison } from './port';

/** What becomes of a record. */
export type Verdict = { readonly is: 'done' } | { readonly is: 'dead' | 'parked'; readonly reason: string };
/** What came of one attempt: a verdict, or `failed` (counts as a try) or `later` (`NotYet`: does not). */
export type Outcome = Verdict | { readonly is: 'failed' | 'later'; readonly reason: string };

export const DONE: Verdict = { is: 'done' };

/** What follows from what a handler threw. */
export function outcomeOf(error: unknown): Outcome {
  const reason = reasonOf(error);
  if (error instanceof Poison) return { is: 'dead', reason };
  return { is: error instanceof NotYet ? 'later' : 'failed', reason };
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
