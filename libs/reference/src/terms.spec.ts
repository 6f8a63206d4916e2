import { Calendar, publishedCalendar, readCalendar } from './calendar';
import { dateOf, endOf } from './dates';
import { ahead, type Term, days, dueAt, hours, months, workingDays, years } from './terms';

/** The last day, in Shanghai, of a term that ends at 24:00; marked where it is provisional. */
const lastDay = (term: Term, from: string, calendar: Calendar = publishedCalendar): string => {
  const { at, provisional } = dueAt(term, from, calendar);
  expect(at).toMatch(/T16:00:00\.000Z$/);
  return dateOf(new Date(Date.parse(at) - 1).toISOString()) + (provisional ? ' provisional' : '');
};

describe('a term in days', () => {
  test.each<[string, Term, string, string]>([
    ['begins the day after', days(3), '2026-11-23', '2026-11-26'],
    ['counts from the date in Shanghai of an instant', days(3), '2026-11-22T16:00:00.000Z', '2026-11-26'],
    ['belongs to the day that is not over yet', days(3), '2026-11-23T15:59:59.999Z', '2026-11-26'],
    ['ends on a Saturday: the Monday', days(5), '2026-11-23', '2026-11-30'],
    ['ends in 国庆: the first working day after', days(10), '2026-09-24', '2026-10-08'],
    ['ends on a Saturday that is worked: stays', days(9), '2026-10-01', '2026-10-10'],
    ['ends on the Sunday worked before 国庆: stays', days(6), '2026-09-14', '2026-09-20'],
    ['ends on 除夕: after 春节', days(2), '2026-02-14', '2026-02-24'],
    ['of none ends with the very date', days(0), '2026-11-24', '2026-11-24'],
    ['of none does not move from a day off', days(0), '2026-10-02', '2026-10-02'],
    ['of none after an instant ends with its date', days(0), '2026-11-24T17:00:00.000Z', '2026-11-25'],
  ])('%s', (_, term, from, expected) => {
    expect(lastDay(term, from)).toBe(expected);
  });
});

describe('a term in working days', () => {
  test.each<[string, Term, string, string]>([
    ['does not count the day of the event', workingDays(1), '2026-11-23', '2026-11-24'],
    ['begun on a Friday', workingDays(1), '2026-11-20', '2026-11-23'],
    ['begun on a day off', workingDays(1), '2026-11-21', '2026-11-23'],
    ['over 国庆, with its Saturday', workingDays(4), '2026-09-29', '2026-10-10'],
    ['over 国庆, past its Saturday', workingDays(5), '2026-09-29', '2026-10-12'],
    ['over 春节, between its two Saturdays', workingDays(6), '2026-02-13', '2026-02-28'],
    ['of ten', workingDays(10), '2026-11-22T02:00:00.000Z', '2026-12-04'],
  ])('%s', (_, term, from, expected) => {
    expect(lastDay(term, from)).toBe(expected);
  });
});

describe('a term in months and years', () => {
  test.each<[string, Term, string, string]>([
    ['ends on the corresponding day', months(1), '2026-06-24', '2026-07-24'],
    ['has no corresponding day: the last of the month', months(1), '2025-03-31', '2025-04-30'],
    ['ends at the month end, on a worked Saturday', months(1), '2026-01-31', '2026-02-28'],
    ['from a leap day', years(1), '2024-02-29', '2025-02-28'],
    ['to a leap day', months(2), '2023-12-29', '2024-02-29'],
    ['ends in 劳动节', months(3), '2026-02-02', '2026-05-06'],
    ['over two years', years(2), '2024-11-23', '2026-11-23'],
  ])('%s', (_, term, from, expected) => {
    expect(lastDay(term, from)).toBe(expected);
  });
});

describe('a term that reaches an unpublished year', () => {
  test.each<[string, Term, string, string]>([
    ['knows weekends only', days(40), '2026-11-23', '2027-01-04 provisional'],
    ['in working days', workingDays(1), '2026-12-31', '2027-01-01 provisional'],
    ['waits already in the last days of December', workingDays(2), '2026-12-28', '2026-12-30 provisional'],
    ['but not before', workingDays(2), '2026-12-23', '2026-12-25'],
    ['in months', months(3), '2026-11-30', '2027-03-01 provisional'],
    ['only where it ends: the days between do not matter', days(0), '2027-05-01', '2027-05-01'],
  ])('%s', (_, term, from, expected) => {
    expect(lastDay(term, from)).toBe(expected);
  });
  it('is settled once the calendar is set', () => {
    const data = readCalendar({
      years: { 2027: { daysOff: ['2027-01-01', '2027-01-02', '2027-01-03', '2027-01-04'], workingDays: [] } },
    });
    expect(lastDay(workingDays(1), '2026-12-31', new Calendar(data))).toBe('2027-01-05');
  });
});

describe('a term in hours', () => {
  it('is hours, whatever the day', () => {
    expect(dueAt(hours(48), '2026-10-01T03:04:05.006Z', publishedCalendar)).toEqual({
      at: '2026-10-03T03:04:05.006Z',
      provisional: false,
    });
  });
  it('after a date counts from its end', () => {
    expect(dueAt(hours(1), '2026-10-01', publishedCalendar).at).toBe('2026-10-01T17:00:00.000Z');
  });
});

describe('what is no term', () => {
  test.each([-1, 1.5, Number.NaN, Infinity, 10_001])('%s is refused', (n) => {
    expect(() => days(n)).toThrow(RangeError);
    expect(() => dueAt({ unit: 'working-day', n }, '2026-11-23', publishedCalendar)).toThrow(RangeError);
  });
  test.each(['', '2026-02-30', '2026-11-23T00:00:00Z'])('nor does one begin at %j', (from) => {
    expect(() => dueAt(days(1), from, publishedCalendar)).toThrow(RangeError);
    expect(() => dueAt(hours(1), from, publishedCalendar)).toThrow(RangeError);
  });
});

describe('A term ahead of a due time', () => {
  const due = endOf('2026-10-12');
  it('is counted back by days from its last day, and ends a day', () => {
    expect(ahead(days(30), due, publishedCalendar)).toBe(endOf('2026-09-12'));
    expect(ahead(days(0), due, publishedCalendar)).toBe(due);
  });
  it('is counted back over days off by working days: of the last ten, the last day is one', () => {
    // 1 to 7 October are off (国庆), 10 October is worked instead.
    expect(ahead(workingDays(1), due, publishedCalendar)).toBe(endOf('2026-10-11'));
    expect(ahead(workingDays(4), due, publishedCalendar)).toBe(endOf('2026-10-07'));
    expect(ahead(workingDays(5), due, publishedCalendar)).toBe(endOf('2026-09-29'));
  });
  it('is counted back by months and years, and by hours to the millisecond', () => {
    expect(ahead(months(1), endOf('2026-03-31'), publishedCalendar)).toBe(endOf('2026-02-28'));
    expect(ahead(years(1), endOf('2028-02-29'), publishedCalendar)).toBe(endOf('2027-02-28'));
    expect(ahead(hours(2), '2026-10-12T03:00:00.001Z', publishedCalendar)).toBe('2026-10-12T01:00:00.001Z');
  });
  it('refuses what is no instant', () => {
    expect(() => ahead(days(1), '2026-10-12', publishedCalendar)).toThrow(RangeError);
  });
});
