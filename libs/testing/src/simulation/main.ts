import { parseArgs } from 'node:util';
import { Simulation } from './simulate';

/** `script/simulate [--schedules N] [--seed S] [--without RULE] [--steps K]`: N schedules from seed S on; one seed alone is told step by step. */
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    without: { type: 'string', default: '' },
    steps: { type: 'string', default: '70' },
    tell: { type: 'boolean', default: false },
    most: { type: 'string', default: '5' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const first = Number(values.seed);
  const count = values.schedules === '' ? (values.seed === '1' ? 500 : 1) : Number(values.schedules);
  const without = new Set(values.without === '' ? [] : values.without.split(',').map(Number));
  const simulation = new Simulation();
  const sums = { events: 0, crashes: 0, asks: 0 };
  const refusals = new Map<string, number>();
  let red = 0;
  const began = performance.now();
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await simulation.run({
      seed,
      steps: Number(values.steps),
      without,
      ...(values.tell ? { tell: say } : {}),
    });
    sums.events += outcome.events;
    sums.crashes += outcome.crashes;
    sums.asks += outcome.asks;
    for (const [code, times] of outcome.refusals) refusals.set(code, (refusals.get(code) ?? 0) + times);
    if (outcome.faults.length === 0) continue;
    red += 1;
    if (red <= Number(values.most)) say([`seed ${seed}:`, ...outcome.faults.slice(0, 12)].join('\n  '));
  }
  await simulation.close();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(
    `${count} schedules from seed ${first}: ${red} red; ${sums.events} events, ${sums.asks} asks, ${sums.crashes} crashes; ${seconds} s`,
  );
  say(`refused: ${[...refusals].map(([code, times]) => `${code} ${times}`).join(', ')}`);
  return red === 0;
}

// A schedule that waits for itself would end the process without a word.
process.exitCode = 2;
void main().then((green) => {
  process.exitCode = green ? 0 : 1;
});
