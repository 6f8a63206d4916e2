import { durationOf } from './duration';

const DAY = 86_400_000;
it.each([
  ['P3D', 3 * DAY],
  ['P2W', 14 * DAY],
  ['PT36H', 1.5 * DAY],
  ['P1DT12H', 1.5 * DAY],
  ['PT90M', 5_400_000],
  ['PT1H30M15S', 5_415_000],
  ['P3660D', 3660 * DAY],
])('%s is %d ms', (text, milliseconds) => {
  expect(durationOf(text)).toBe(milliseconds);
});
it.each([
  '',
  'P',
  'PT',
  'P0D',
  'PT0S',
  'P1Y',
  'P1M',
  'P1DT',
  'P1W2D',
  '-P1D',
  'P-1D',
  '+P1D',
  'p1d',
  'P1.5D',
  'P1D ',
  ' P1D',
  'P１D',
  'P3661D',
  'P99999D',
  'PT1S1M',
  '3D',
  '1',
  'P1D\n',
])('%j is none', (text) => {
  expect(durationOf(text)).toBeUndefined();
});
