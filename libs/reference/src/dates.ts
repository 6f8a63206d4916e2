import type { Clock } from './clock';

/**
 * Calendar dates are `YYYY-MM-DD` strings of Asia/Shanghai; instants are UTC, ISO 8601 with milliseconds.
 * Shanghai is taken as UTC+8 throughout: it has had no summer time since 1991, and no instant here is older.
 */
const DAY = 86_400_000;
const SHANGHAI = 8 * 3_600_000;

/** A real date from 1000-01-01 on. `2026-02-30`, `2026`, `2026-W01` and full-width digits are not. */
export function isDate(text: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return false;
  return isDayOfMonth(text, Date.parse(`${text}T00:00:00.000Z`));
}

/** UTC, with milliseconds and `Z`: the one form in which instants are written. */
export function isInstant(text: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) return false;
  return isDayOfMonth(text, Date.parse(text));
}

/** What `Date` does not refuse it carries over: the 30th of February to March, 24:00 to the next day. */
function isDayOfMonth(text: string, at: number): boolean {
  return new Date(at).getUTCDate() === Number(text.slice(8, 10));
}

/** Days since 1970-01-01. Throws RangeError where the text is not a date. */
export function dayNumber(date: string): number {
  if (!isDate(date)) throw new RangeError('not a date YYYY-MM-DD');
  return Date.parse(`${date}T00:00:00.000Z`) / DAY;
}

/** The date of a day number. Throws RangeError outside the years 1000 to 9999. */
export function dateOfDay(day: number): string {
  const date = new Date(day * DAY).toISOString().slice(0, 10);
  if (!isDate(date)) throw new RangeError('outside the years 1000 to 9999');
  return date;
}

/** The date in Shanghai at an instant. Throws RangeError where the text is not an instant. */
export function dateOf(instant: string): string {
  if (!isInstant(instant)) throw new RangeError('not an instant YYYY-MM-DDThh:mm:ss.sssZ');
  return new Date(Date.parse(instant) + SHANGHAI).toISOString().slice(0, 10);
}

/** The date in Shanghai now. */
export function today(clock: Clock): string {
  return dateOf(clock.now());
}

/** 0:00 of the date in Shanghai, as an instant. */
export function startOf(date: string): string {
  return new Date(dayNumber(date) * DAY - SHANGHAI).toISOString();
}

/** 24:00 of the date in Shanghai, as an instant: `2026-11-30` ends at `2026-11-30T16:00:00.000Z`. */
export function endOf(date: string): string {
  return new Date((dayNumber(date) + 1) * DAY - SHANGHAI).toISOString();
}

/** A time of day in 24 hours, `09:30`. */
export function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/** The time of day in Shanghai at an instant, `09:30`. Throws RangeError where the text is not an instant. */
export function timeOf(instant: string): string {
  if (!isInstant(instant)) throw new RangeError('not an instant YYYY-MM-DDThh:mm:ss.sssZ');
  return new Date(Date.parse(instant) + SHANGHAI).toISOString().slice(11, 16);
}

/** The instant at which it is that time in Shanghai on that date. Throws RangeError where either is none. */
export function instantAt(date: string, time: string): string {
  if (!isTime(time)) throw new RangeError('not a time of day HH:mm');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return new Date(Date.parse(startOf(date)) + (hour * 60 + minute) * 60_000).toISOString();
}

/** Whole days from one date to another; negative where `to` is the earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** The date so many days later, or earlier where negative. */
export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

/** The corresponding day so many months later, or the last day of that month where it has none (民法典 202). */
export function addMonths(date: string, months: number): string {
  const start = new Date(dayNumber(date) * DAY);
  const day = start.getUTCDate();
  const count = start.getUTCFullYear() * 12 + start.getUTCMonth() + months;
  const last = new Date(Date.UTC(Math.floor(count / 12), (count % 12) + 1, 0)).getUTCDate();
  return dateOfDay(Date.UTC(Math.floor(count / 12), count % 12, Math.min(day, last)) / DAY);
}

/** 0 Sunday to 6 Saturday. */
export function weekday(date: string): number {
  return (((dayNumber(date) + 4) % 7) + 7) % 7;
}
