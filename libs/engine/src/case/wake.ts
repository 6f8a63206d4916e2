import { ahead } from '@chuanyu/reference';
import { stateOf } from '../workflow/workflow';
import { applyParked } from './apply';
import { answerWaiting, reviewOwnAsks, sendAsk } from './asks';
import { append, later } from './chain';
import { NotHeld, type Context, type Work } from './context';
import { hasTurn, isWarned, ownUnit, type CaseDocument } from './document';
import { factsOf } from './facts';
import { groupMoments } from './group';
import { dueInState } from './place';
import { askAgain, repeat } from './repair';

/** Time has passed: lapse what is overdue, send again what is unanswered, ask again for what is missing. */
export const wake = (work: Work, context: Context): void => {
  const { case: document } = work;
  if (document.status === 'frozen' || document.status === 'draft') return;
  settleProvisional(document, context);
  if (context.mayWrite && lapses(document, context)) lapse(work, context);
  warn(document, context);
  applyParked(work, context);
  reviewOwnAsks(work, context);
  answerWaiting(work, context);
  sendAgain(work, context);
};

/** When time itself next does something to this case; null where it never does. */
export const nextWake = (document: CaseDocument, context: Context): string | null => {
  if (document.status === 'frozen' || document.status === 'draft') return null;
  const moments = [
    ...groupMoments(document),
    lapseAt(document, context),
    warnAt(document, context),
    document.resend?.next,
    document.repair?.next,
    ...document.asks.filter((each) => each.status === 'open').map((each) => each.next),
  ].filter((moment) => moment !== undefined);
  return moments.length === 0 ? null : moments.reduce((a, b) => (a < b ? a : b));
};

/** Only the side with the turn lets a case lapse, and only after it has held the turn for the grace period itself. */
const lapseAt = (document: CaseDocument, context: Context): string | undefined => {
  const { head } = document;
  if (!hasTurn(document) || head.due === null || head.state === null || document.heldSince === null) return undefined;
  if (stateOf(context.workflow, head.state).late === undefined) return undefined;
  const held = later(document.heldSince, context.limits.grace);
  return head.due > held ? head.due : held;
};
const lapses = (document: CaseDocument, context: Context): boolean => {
  const at = lapseAt(document, context);
  return at !== undefined && at <= context.now;
};
const lapse = (work: Work, context: Context): void => {
  const { case: document } = work;
  const step = context.workflow.steps.get('lapse');
  if (!step) return;
  append(work, context, {
    step,
    by: { province: context.province, unit: ownUnit(document), role: 'time' },
    form: { shared: null, private: null },
    key: `lapse ${document.head.sequence}`,
    clause: document.recent.at(-1)?.event.clause ?? null,
  });
};

/** When both sides are told, each by its own clock, that the case is soon due; undefined where it was said of this due time. */
const warnAt = (document: CaseDocument, context: Context): string | undefined => {
  const { head } = document;
  const term = head.state === null ? undefined : stateOf(context.workflow, head.state).warn;
  if (term === undefined || head.due === null || isWarned(document)) return undefined;
  return ahead(term, head.due, context.calendar);
};
/** Local: nothing of it crosses, and no step is written. */
const warn = (document: CaseDocument, context: Context): void => {
  const at = warnAt(document, context);
  const { due } = document.head;
  if (at !== undefined && due !== null && at <= context.now) document.warned = { due, at: context.now };
};

/** A due time that waited for a calendar is worked out again once the calendar is published. */
const settleProvisional = (document: CaseDocument, context: Context): void => {
  const { head } = document;
  if (!head.provisional || head.state === null || head.extended || head.resting) return;
  try {
    const due = dueInState(context, head.state, factsOf(document, context, {}), head.since);
    if (due && !due.provisional) Object.assign(head, { due: due.at, provisional: false });
  } catch (error) {
    // Counted from what the other side keeps to itself: its word stands.
    if (!(error instanceof NotHeld)) throw error;
  }
};

const sendAgain = (work: Work, context: Context): void => {
  const { case: document } = work;
  const after = (tries: number) =>
    later(context.now, Math.min(context.limits.resend * 2 ** tries, context.limits.resendMost));
  if (document.resend && document.resend.next <= context.now && document.delivered < document.head.sequence) {
    repeat(work, context, document.delivered);
    document.resend = { next: after(document.resend.tries + 1), tries: document.resend.tries + 1 };
  }
  if (document.repair && document.repair.next <= context.now) {
    askAgain(work, context);
    document.repair = { next: after(document.repair.tries + 1), tries: document.repair.tries + 1 };
  }
  for (const own of document.asks) {
    if (own.status !== 'open' || own.next > context.now || context.without.has(16)) continue;
    sendAsk(work, context, own.ask);
    own.tries += 1;
    own.next = after(own.tries);
  }
};
