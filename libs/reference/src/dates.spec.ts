import { FixedClock } from './clock';
import { addDays, addMonths, dateOf, daysBetween, endOf, isDate, isInstant, startOf, today, weekday } from './dates';

describe('dates', () => {
  test.each(['2026-02-28', '2024-02-29', '1000-01-01', '9999-12-31'])('%s is a date', (date) => {
    expect(isDate(date)).toBe(true);
  });
  test.each([
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026',
    '2026-W01',
    '2026-1-01',
    ' 2026-01-01',
    '2026-01-01T00:00:00.000Z',
    '２０２６-01-01',
    '0026-01-01',
    '2026-01-01\n',
  ])('%j is none', (text) => {
    expect(isDate(text)).toBe(false);
    expect(() => daysBetween(text, '2026-01-01')).toThrow(RangeError);
  });
  test.each(['2026-11-22T02:00:00.000Z', '2026-01-01T23:59:59.999Z'])('%s is an instant', (instant) => {
    expect(isInstant(instant)).toBe(true);
  });
  test.each([
    '2026-11-22T02:00:00Z',
    '2026-11-22T10:00:00.000+08:00',
    '2026-11-22T24:00:00.000Z',
    '2026-02-30T00:00:00.000Z',
    '2026-11-22',
    '',
  ])('%j is not an instant as written here', (text) => {
    expect(isInstant(text)).toBe(false);
    expect(() => dateOf(text)).toThrow(RangeError);
  });
  it('tells the date in Shanghai, not in Greenwich', () => {
    expect(dateOf('2026-11-22T15:59:59.999Z')).toBe('2026-11-22');
    expect(dateOf('2026-11-22T16:00:00.000Z')).toBe('2026-11-23');
    expect(today(new FixedClock(Date.parse('2026-12-31T20:00:00.000Z')))).toBe('2027-01-01');
  });
  it('bounds a date by its first and last instant', () => {
    expect(startOf('2026-11-30')).toBe('2026-11-29T16:00:00.000Z');
    expect(endOf('2026-11-30')).toBe('2026-11-30T16:00:00.000Z');
    expect(endOf('2026-11-29')).toBe(startOf('2026-11-30'));
  });
  it('counts days over month ends, leap days and before 1970', () => {
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
    expect(daysBetween('2026-03-01', '2026-02-28')).toBe(-1);
    expect(addDays('1969-12-30', 3)).toBe('1970-01-02');
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
  });
  it('takes the corresponding day, else the last of the month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2023-12-31', 2)).toBe('2024-02-29');
    expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
    expect(addMonths('2026-11-15', 3)).toBe('2027-02-15');
    expect(addMonths('2026-01-31', -2)).toBe('2025-11-30');
  });
  it('knows the day of the week on both sides of 1970', () => {
    expect(weekday('2026-11-22')).toBe(0);
    expect(weekday('1969-12-27')).toBe(6);
  });
});
