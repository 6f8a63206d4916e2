import { otherSide, type Side } from '@chuanyu/contracts';
import { addDays, dateOf, days, daysBetween, dueAt, type DueTime, endOf } from '@chuanyu/reference';
import { completing, returned } from '../workflow/everyday';
import type { Facts } from '../workflow/notation';
import { leadOf, stateOf, type Step, type Workflow } from '../workflow/workflow';
import type { Context } from './context';
import type { Head } from './document';

/** Where a step leads from where the case stands: worked out alike by the writer and by the receiver. */
export const placeAfter = (
  workflow: Workflow,
  head: Head,
  step: Step,
): { readonly state: string; readonly turn: Side | null } => {
  const name = step.name === 'lapse' ? stateOf(workflow, head.state ?? '').late : (step.opens ?? target(head, step));
  if (name === undefined) return { state: head.state ?? '', turn: head.turn };
  const { turn } = stateOf(workflow, name);
  if (turn === 'other') return { state: name, turn: otherSide(head.turn ?? 'origin') };
  return { state: name, turn: turn ?? null };
};
const target = (head: Head, step: Step): string | undefined => {
  const lead = leadOf(step, standing(head));
  return typeof lead === 'object' ? (head.resting?.state ?? head.before ?? undefined) : lead;
};

/** The state it is in; while it rests, the one that rests. */
const standing = (head: Head): string => head.resting?.state ?? head.state ?? '';
/** Does the step enter a state (perhaps the same again), so that its term begins? */
export const enters = (head: Head, step: Step): boolean =>
  step.opens !== undefined || step.name === 'lapse' || leadOf(step, standing(head)) !== undefined;
const rests = (state: string | null): boolean => state === completing || state === returned;
/** Does the step bring the case back to the state that rested? A right taken meanwhile may lead elsewhere. */
export const comesBack = (head: Head, step: Step): boolean =>
  head.resting !== null && typeof leadOf(step, standing(head)) === 'object';

/** The due time that the writer states; of a state that rests, the one that rests. A term from delivery has none yet. */
export const dueAfter = (
  context: Context,
  head: Head,
  step: Step,
  state: string,
  facts: Facts,
  form: { readonly days?: unknown } | null,
): DueTime | undefined => {
  if (step.name === 'extend' && head.due !== null && typeof form?.days === 'number')
    return dueAt(days(form.days), dateOf(before(head.due)), context.calendar);
  if (!enters(head, step)) return head.due === null ? undefined : { at: head.due, provisional: head.provisional };
  if (rests(state)) return head.due === null ? undefined : { at: head.due, provisional: false };
  if (head.resting && comesBack(head, step)) {
    if (head.resting.due === null) return undefined;
    return { at: afterRest(head.resting.due, head.resting.since, context.now), provisional: false };
  }
  return dueInState(context, state, facts, context.now);
};
/** A term that ends with a day rests by days, and ends with a day again; one in hours rests to the millisecond. */
const afterRest = (due: string, since: string, now: string): string => {
  const lastDay = dateOf(before(due));
  if (endOf(lastDay) === due) return endOf(addDays(lastDay, daysBetween(dateOf(since), dateOf(now))));
  return new Date(Date.parse(due) + Date.parse(now) - Date.parse(since)).toISOString();
};
/** 24:00 of a day is the first instant of the next: the date that an officer reads is the day before. */
const before = (instant: string): string => new Date(Date.parse(instant) - 1).toISOString();

/** The due time of a state entered at `since`; undefined where it has none or counts from delivery. */
export const dueInState = (context: Context, state: string, facts: Facts, since: string): DueTime | undefined => {
  const { due } = stateOf(context.workflow, state);
  if (!due) return undefined;
  if ('unit' in due) return dueAt(due, since, context.calendar);
  if (due.after === 'delivery') return undefined;
  return dueAt(due.term, due.after(facts), context.calendar);
};
/** The due time of a state whose term runs from delivery. */
export const dueFromDelivery = (context: Context, state: string, delivered: string): DueTime | undefined => {
  const { due } = stateOf(context.workflow, state);
  return due && 'after' in due && due.after === 'delivery' ? dueAt(due.term, delivered, context.calendar) : undefined;
};
/** Does a due time wait for a calendar that is not published here yet? Both sides ask it of the time that the writer stated. */
export const isProvisional = (context: Context, state: string, due: string | null): boolean => {
  const term = stateOf(context.workflow, state).due;
  if (due === null || term === undefined) return false;
  const { unit } = 'unit' in term ? term : term.term;
  return unit !== 'hour' && !context.calendar.isSettled(dateOf(before(due)));
};
