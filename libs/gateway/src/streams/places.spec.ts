import { Places } from './places';

it('gives each reader so many, and all together so many', () => {
  const places = new Places(2, 3);
  const first = places.take('a');
  places.take('a');
  expect(() => places.take('a')).toThrow('最多 2 个');
  const other = places.take('b');
  expect(() => places.take('c')).toThrow();
  first();
  first();
  expect(places.open).toBe(2);
  places.take('a');
  other();
  places.take('b');
  expect(() => places.take('b')).toThrow();
});
it('remembers nobody who has none', () => {
  const places = new Places(1);
  for (let n = 0; n < 3; n++) places.take('a')();
  expect(places.open).toBe(0);
  expect(() => places.take('a')).not.toThrow();
});
