import { FairQueue } from './fair-queue';

let queue: FairQueue<string>;
beforeEach(() => {
  queue = new FairQueue();
});
const served = (count: number): string => {
  const items = queue.first(count);
  queue.remove(items.length);
  return items.join(' ');
};
const wait = (...items: readonly string[]): void => {
  for (const item of items) queue.add(item[0] ?? '', item);
};

test('given one name, then first come is first served', () => {
  wait('a1', 'a2', 'a3');
  expect(served(2)).toBe('a1 a2');
  wait('a4');
  expect(served(9)).toBe('a3 a4');
  expect(queue.length).toBe(0);
});
test('given several names, then each has a turn, and keeps its own order', () => {
  wait('a1', 'a2', 'a3', 'b1', 'c1', 'b2');
  expect(served(9)).toBe('a1 b1 c1 a2 b2 a3');
});
test('given many that wait for one name, then who comes for another waits for no more than one of them', () => {
  wait(...Array.from({ length: 1000 }, (_, n) => `a${n}`));
  served(10);
  wait('b0');
  expect(served(2).split(' ')).toContain('b0');
});
test('given a name that nobody came for in a long time, then it has not gathered turns', () => {
  wait('b0');
  served(1);
  for (let n = 0; n < 100; n++) {
    wait(`a${n}`);
    served(1);
  }
  wait('a100', 'b1', 'b2', 'b3', 'a101');
  expect(served(9)).toBe('b1 a100 b2 b3 a101');
});
