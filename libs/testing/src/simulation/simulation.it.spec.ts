import { Simulation } from './simulate';

const simulation = new Simulation();
afterAll(() => simulation.close());

// The second thousand is in `again.it.spec.ts`: two processes, two processors.
test('the first thousand schedules end with equal replicas, nothing lost, nothing twice, nothing hanging', async () => {
  expect(await simulation.reds({ from: 1, count: 1000 }, 60)).toEqual([]);
}, 1_500_000);

test('a schedule is the same every time', async () => {
  const once = await simulation.run({ seed: 47, steps: 60, without: new Set() });
  const again = await simulation.run({ seed: 47, steps: 60, without: new Set() });
  expect(once.heads).not.toBe('');
  expect(again.heads).toBe(once.heads);
});
