import published from 'chinese-days/dist/chinese-days.json';
import { isDate, weekday } from './dates';
import { InvalidData, isRecord } from './invalid';

/** One year's notice of the State Council: which days are off, and which weekend days are worked instead. */
export interface CalendarYear {
  /** Dates off, weekend days within a holiday included. */
  readonly daysOff: readonly string[];
  /** Weekend days that are worked (调休). */
  readonly workingDays: readonly string[];
}
/** What the file named by CHUANYU_CALENDAR holds: `{"years": {"2027": {"daysOff": ["2027-01-01", …], "workingDays": […]}}}`. */
export interface CalendarData {
  readonly years: Readonly<Record<string, CalendarYear>>;
}

/** A notice has moved days of the December before it (元旦 2007, 2008, 2019), never earlier than the 26th. */
const TOUCHED_BY_NEXT_YEAR = '12-26';

/** Working days by the published statutory calendar (chinese-days 1.5.7, years 2004 to 2026), years replaced by data. */
export class Calendar {
  private readonly works = new Map<string, boolean>();
  private readonly years = new Set<number>();

  /** Each year in `data` replaces the published one whole. */
  constructor(data?: CalendarData) {
    for (const date of Object.keys(published.holidays)) this.note(date, false);
    for (const date of Object.keys(published.workdays)) this.note(date, true);
    for (const date of this.works.keys()) this.years.add(yearOf(date));
    // A December day can belong to the next notice: such a day alone does not make its year known.
    for (const year of Object.keys(data?.years ?? {})) {
      for (const date of [...this.works.keys()]) if (date.startsWith(year)) this.works.delete(date);
    }
    for (const [year, { daysOff, workingDays }] of Object.entries(data?.years ?? {})) {
      this.years.add(Number(year));
      for (const date of daysOff) this.note(date, false);
      for (const date of workingDays) this.note(date, true);
    }
  }

  /** In a year that is not known: every day but Saturday and Sunday. Throws RangeError where the text is not a date. */
  isWorkingDay(date: string): boolean {
    const day = weekday(date);
    return this.works.get(date) ?? (day !== 0 && day !== 6);
  }

  /** Has this year's calendar been published? */
  isKnown(year: number): boolean {
    return this.years.has(year);
  }

  /** Is it certain whether this date is worked? The last days of December also wait for the next year's notice. */
  isSettled(date: string): boolean {
    const year = yearOf(date);
    return this.isKnown(year) && (date.slice(5) < TOUCHED_BY_NEXT_YEAR || this.isKnown(year + 1));
  }

  private note(date: string, works: boolean): void {
    this.works.set(date, works);
  }
}

/** The published calendar as it is, with nothing replaced. */
export const publishedCalendar = new Calendar();

/**
 * Reads the parsed JSON of CHUANYU_CALENDAR; reading the file is the caller's.
 * Throws InvalidData naming every fault: shape, unknown keys, dates that are none or of another year, a date that is both.
 */
export function readCalendar(value: unknown): CalendarData {
  const faults: string[] = [];
  const years: Record<string, CalendarYear> = {};
  if (!isRecord(value) || !isRecord(value.years)) throw new InvalidData('calendar', ['/years: must be an object']);
  for (const key of Object.keys(value)) if (key !== 'years') faults.push(`/${key}: unknown`);
  for (const [year, entry] of Object.entries(value.years)) {
    const at = `/years/${year}`;
    if (!/^[1-9]\d{3}$/.test(year)) faults.push(`${at}: must be a year of four digits`);
    if (!isRecord(entry)) {
      faults.push(`${at}: must be an object`);
      continue;
    }
    for (const key of Object.keys(entry))
      if (key !== 'daysOff' && key !== 'workingDays') faults.push(`${at}/${key}: unknown`);
    const daysOff = datesOf(entry.daysOff, year, `${at}/daysOff`, faults);
    const workingDays = datesOf(entry.workingDays, year, `${at}/workingDays`, faults);
    for (const date of workingDays) if (daysOff.includes(date)) faults.push(`${at}: ${date} is both off and worked`);
    years[year] = { daysOff, workingDays };
  }
  if (faults.length > 0) throw new InvalidData('calendar', faults);
  return { years };
}

function datesOf(value: unknown, year: string, at: string, faults: string[]): string[] {
  if (!Array.isArray(value)) {
    faults.push(`${at}: must be an array of dates`);
    return [];
  }
  const dates: string[] = [];
  for (const [i, date] of value.entries()) {
    if (typeof date !== 'string' || !isDate(date)) faults.push(`${at}/${i}: must be a date YYYY-MM-DD`);
    else if (!belongsTo(date, year)) faults.push(`${at}/${i}: ${date} is not of ${year}`);
    else dates.push(date);
  }
  return dates;
}

function belongsTo(date: string, year: string): boolean {
  return date.startsWith(`${year}-`) || (yearOf(date) + 1 === Number(year) && date.slice(5) >= TOUCHED_BY_NEXT_YEAR);
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
