import { Places } from './places';

test('places rise, whatever the clock does', () => {
  const places = new Places();
  jest.useFakeTimers({ now: Date.parse('2026-11-22T02:00:00Z') });
  const given = ['2026-11-22T02:00:00Z', '2026-11-22T01:00:00Z', '2026-11-22T02:00:01Z'].flatMap((now) => {
    jest.setSystemTime(Date.parse(now));
    return [places.next(), places.next()];
  });
  jest.useRealTimers();
  expect([...given].sort()).toEqual(given);
  expect(new Set(given).size).toBe(6);
  expect(given[4]?.slice(0, 8)).not.toBe(given[0]?.slice(0, 8));
});
