import { Simulation } from './simulate';

const simulation = new Simulation();
afterAll(() => simulation.close());

// The first thousand is in `simulation.it.spec.ts`.
test('the second thousand schedules end with equal replicas, nothing lost, nothing twice, nothing hanging', async () => {
  expect(await simulation.reds({ from: 1001, count: 1000 }, 60)).toEqual([]);
}, 1_500_000);
