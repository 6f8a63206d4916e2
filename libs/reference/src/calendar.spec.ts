import { Calendar, publishedCalendar, readCalendar } from './calendar';
import { InvalidData } from './invalid';

describe('the published calendar', () => {
  test.each([
    ['2026-10-01', false, '国庆'],
    ['2026-10-07', false, '国庆 in lieu, a Wednesday'],
    ['2026-10-08', true, 'the Thursday after'],
    ['2026-10-10', true, 'a Saturday made up'],
    ['2026-09-20', true, 'a Sunday made up'],
    ['2026-02-14', true, 'a Saturday made up before 春节'],
    ['2026-02-16', false, '除夕'],
    ['2026-02-23', false, '春节 in lieu, a Monday'],
    ['2026-02-28', true, 'a Saturday made up after 春节'],
    ['2026-11-21', false, 'an ordinary Saturday'],
    ['2026-11-23', true, 'an ordinary Monday'],
    ['2018-12-29', true, 'made up by the notice for 2019'],
    ['2018-12-31', false, 'off by the notice for 2019'],
  ])('%s worked: %s (%s)', (date, works) => {
    expect(publishedCalendar.isWorkingDay(date)).toBe(works);
  });
  it('knows 2004 to 2026, and of the rest only weekends', () => {
    expect([2003, 2004, 2026, 2027].map((year) => publishedCalendar.isKnown(year))).toEqual([false, true, true, false]);
    expect(publishedCalendar.isWorkingDay('2027-10-01')).toBe(true);
    expect(publishedCalendar.isWorkingDay('2027-10-02')).toBe(false);
  });
  it('leaves the last days of December open until the next notice', () => {
    expect(publishedCalendar.isSettled('2026-12-25')).toBe(true);
    expect(publishedCalendar.isSettled('2026-12-26')).toBe(false);
    expect(publishedCalendar.isSettled('2025-12-31')).toBe(true);
  });
  it('refuses what is no date', () => {
    expect(() => publishedCalendar.isWorkingDay('2026-02-30')).toThrow(RangeError);
  });
});

describe('a calendar set by data', () => {
  it('adds a year, with the December days its notice moves', () => {
    const data = readCalendar({
      years: { 2027: { daysOff: ['2026-12-31', '2027-01-01'], workingDays: ['2026-12-26'] } },
    });
    const calendar = new Calendar(data);
    expect(calendar.isKnown(2027)).toBe(true);
    expect(calendar.isSettled('2026-12-31')).toBe(true);
    expect(calendar.isWorkingDay('2026-12-26')).toBe(true);
    expect(calendar.isWorkingDay('2026-12-31')).toBe(false);
    expect(calendar.isWorkingDay('2027-01-01')).toBe(false);
    expect(calendar.isWorkingDay('2026-10-01')).toBe(false);
  });
  it('replaces a year whole', () => {
    const calendar = new Calendar(readCalendar({ years: { 2026: { daysOff: ['2026-11-23'], workingDays: [] } } }));
    expect(calendar.isWorkingDay('2026-11-23')).toBe(false);
    expect(calendar.isWorkingDay('2026-10-01')).toBe(true);
    expect(calendar.isWorkingDay('2025-10-01')).toBe(false);
  });
  it('names every fault', () => {
    const read = () =>
      readCalendar({
        years: {
          2027: { daysOff: ['2027-02-30', '2026-05-01', 7, '2027-01-01'], workingDays: ['2027-01-01'], note: '' },
          28: { daysOff: [] },
        },
        extra: 1,
      });
    expect(read).toThrow(InvalidData);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({
        what: 'calendar',
        faults: [
          '/extra: unknown',
          '/years/28: must be a year of four digits',
          '/years/28/workingDays: must be an array of dates',
          '/years/2027/note: unknown',
          '/years/2027/daysOff/0: must be a date YYYY-MM-DD',
          '/years/2027/daysOff/1: 2026-05-01 is not of 2027',
          '/years/2027/daysOff/2: must be a date YYYY-MM-DD',
          '/years/2027: 2027-01-01 is both off and worked',
        ],
      });
    }
    expect.assertions(2);
  });
  test.each([null, [], 'x', {}, { years: [] }, { years: null }])('refuses %j', (value) => {
    expect(() => readCalendar(value)).toThrow(InvalidData);
  });
});
