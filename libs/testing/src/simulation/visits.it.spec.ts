import { visiting } from './flavour';
import { Random } from './random';
import { Simulation } from './simulate';

const simulation = new Simulation();
afterAll(() => simulation.close());

// Registers, claims with more than one key, forms that the engine works out, asks and rights: all in one file of the house.
test('schedules of remote visits end with equal replicas, no half-hour held twice, nothing lost and nothing hanging', async () => {
  expect(await simulation.reds({ from: 1, count: 200 }, 80, visiting)).toEqual([]);
}, 900_000);

test('they come to all that is contended for', async () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 60; seed += 1) {
    const outcome = await simulation.run({ seed, steps: 80, without: new Set() }, visiting(new Random(seed)));
    for (const [code, count] of outcome.refusals) seen.set(code, (seen.get(code) ?? 0) + count);
    seen.set('events', (seen.get('events') ?? 0) + outcome.events);
    seen.set('asks', (seen.get('asks') ?? 0) + outcome.asks);
  }
  for (const what of ['claim-taken', 'rule-refused', 'no-clause', 'events', 'asks'])
    expect([what, (seen.get(what) ?? 0) > 10]).toEqual([what, true]);
}, 300_000);
