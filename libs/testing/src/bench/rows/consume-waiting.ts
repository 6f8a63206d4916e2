import { setTimeout as pause } from 'node:timers/promises';
import { compare, inWords, peakMemory } from '../rounds';
import type { Line, Row } from '../row';
import { Events } from './consume';

const AIMS = [
  { keys: 50, aim: 30 },
  { keys: 600, aim: 80 },
] as const;

/** Each event waits a millisecond for something else: what lanes by key are for. */
export const consumeWaiting: Row = {
  name: 'consume-waiting',
  title: 'consume with 1 ms of I/O per event',
  reference: 'kafka: plain kafkajs eachMessage; embedded: the bare rows, one after the other',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    const lines: Line[] = [];
    // A reference that takes 1.1 ms for each is measured over fewer, or it would take minutes.
    const plain = ground.quick ? 60 : 600;
    const few = await Events.appended(ground, plain, 600);
    for (const { keys, aim } of AIMS)
      for (const size of ground.quick ? [600] : [10_000, 20_000, 40_000]) {
        const events = await Events.appended(ground, size, keys);
        const { ours, reference, ratio, cpu } = await compare(ground.rounds, {
          reference: () => few.plainly(plain, () => pause(1)),
          ours: () => events.throughNest(size, () => pause(1)),
        });
        await events.close();
        lines.push({
          of: `${keys} keys, 1 ms awaited`,
          size: `${inWords(size)} events`,
          ours,
          reference,
          ratio,
          aim: `≥ ${aim}×`,
          met: ratio.median >= aim,
          cpu,
          memory: peakMemory(),
        });
        say(`consume-waiting: ${keys} keys, ${inWords(size)} events: ${ratio.median.toFixed(1)}`);
      }
    await few.close();
    return lines;
  },
};
