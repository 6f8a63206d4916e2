import type { Calendar } from './calendar';
import { addDays, addMonths, dateOf, endOf, isDate } from './dates';

/** A period of time as a rule states it: five working days, 48 hours, three months. */
export interface Term {
  readonly unit: 'hour' | 'day' | 'working-day' | 'month' | 'year';
  /** Whole and not negative; at most 10 000. */
  readonly n: number;
}
export const hours = (n: number): Term => term('hour', n);
export const days = (n: number): Term => term('day', n);
export const workingDays = (n: number): Term => term('working-day', n);
export const months = (n: number): Term => term('month', n);
export const years = (n: number): Term => term('year', n);

/** When a term ends, and whether a calendar still to be published may move it. */
export interface DueTime {
  /** UTC instant. */
  readonly at: string;
  readonly provisional: boolean;
}

/**
 * When a term that follows an event ends (民法典 201–203).
 * It begins the day after the event and ends at 24:00, in Shanghai, of its last day; in months and years that is the
 * corresponding day, or the last day of a month that has none; a last day that is off moves to the next working day.
 * Hours are hours, from the instant, or from the end of the date. A term of 0 days ends with the date itself, off or not.
 * Where it depends on a year whose calendar is unpublished, weekends alone count as off and the result is provisional.
 * `from` is an instant or a date; throws RangeError where it is neither, or the term is not one.
 */
export function dueAt({ unit, n }: Term, from: string, calendar: Calendar): DueTime {
  term(unit, n);
  if (unit === 'hour') {
    const start = isDate(from) ? endOf(from) : checkedInstant(from);
    return { at: new Date(Date.parse(start) + n * 3_600_000).toISOString(), provisional: false };
  }
  const event = isDate(from) ? from : dateOf(from);
  if (n === 0) return { at: endOf(event), provisional: false };
  switch (unit) {
    case 'day':
      return nthWorkingDay(addDays(event, n), 1, calendar);
    case 'month':
      return nthWorkingDay(addMonths(event, n), 1, calendar);
    case 'year':
      return nthWorkingDay(addMonths(event, n * 12), 1, calendar);
    case 'working-day':
      return nthWorkingDay(addDays(event, 1), n, calendar);
  }
}

/**
 * The instant a term ahead of a due time: what is due within ten working days is due by the end of the tenth.
 * Throws RangeError where `due` is no instant or the term is none.
 */
export function ahead({ unit, n }: Term, due: string, calendar: Calendar): string {
  term(unit, n);
  if (unit === 'hour') return new Date(Date.parse(checkedInstant(due)) - n * 3_600_000).toISOString();
  const last = dateOf(new Date(Date.parse(checkedInstant(due)) - 1).toISOString());
  switch (unit) {
    case 'day':
      return endOf(addDays(last, -n));
    case 'month':
      return endOf(addMonths(last, -n));
    case 'year':
      return endOf(addMonths(last, -n * 12));
    case 'working-day': {
      let date = last;
      for (let left = n; left > 0; date = addDays(date, -1)) if (calendar.isWorkingDay(date)) left -= 1;
      return endOf(date);
    }
  }
}

/** The end of the n-th working day, the first date itself counted; provisional where any day passed over was. */
function nthWorkingDay(first: string, n: number, calendar: Calendar): DueTime {
  let provisional = false;
  let date = first;
  for (let left = n; ; date = addDays(date, 1)) {
    provisional ||= !calendar.isSettled(date);
    if (calendar.isWorkingDay(date)) left -= 1;
    if (left === 0) return { at: endOf(date), provisional };
  }
}

function term(unit: Term['unit'], n: number): Term {
  if (!Number.isInteger(n) || n < 0 || n > 10_000) throw new RangeError('a term is a whole number from 0 to 10 000');
  return { unit, n };
}

function checkedInstant(from: string): string {
  dateOf(from);
  return from;
}
