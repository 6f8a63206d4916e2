import { randomUUID } from 'node:crypto';
import type { Provinces } from '@chuanyu/provinces';
import { granted, type OfficerClient } from '../../client';
import { aRequest, signIn, startBoth } from '../both-provinces';
import { figure, inWords, median, peakMemory, percentile } from '../rounds';
import type { Line, Row } from '../row';

const TIMES = 6;
const P95_MILLISECONDS = 50;

/** From the request in Sichuan until Chongqing's lists show the case; nothing else is going on. */
export const visible: Row = {
  name: 'visible',
  title: 'step in one province → visible in the other, idle',
  reference: 'one append to the same log until its subscriber has it',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    const provinces = await startBoth(ground);
    const officer = await signIn('sichuan', provinces.province('sichuan').url);
    const sight = new Sight(provinces);
    const log = await Echo.open(provinces);
    const lines: Line[] = [];
    let cases = 0;
    const [steps, sizes] = ground.quick ? [5, [5]] : [30, [50, 250, 1000]];
    for (const size of sizes) {
      for (; cases < size; cases += 10)
        await Promise.all(
          Array.from({ length: 10 }, () => officer.open('lawyer.trainee-request', aRequest('sichuan'))),
        );
      await provinces.drain(2);
      const rounds: { readonly ours: readonly number[]; readonly reference: readonly number[] }[] = [];
      for (let round = 0; round <= ground.rounds; round++) {
        const reference: number[] = [];
        const ours: number[] = [];
        for (let n = 0; n < steps; n++) {
          reference.push(await log.once());
          ours.push(await sight.of(officer));
        }
        if (round > 0) rounds.push({ ours, reference });
      }
      cases += steps * (ground.rounds + 1);
      const all = rounds.flatMap(({ ours }) => ours);
      const ratio = figure(
        rounds.map(({ ours, reference }) => median(ours) / median(reference)),
        '×',
      );
      const p95 = percentile(all, 0.95);
      lines.push({
        of: `p50 ${median(all).toFixed(1)}, p95 ${p95.toFixed(1)} ms`,
        size: `${inWords(size)} cases there`,
        ours: figure(
          rounds.map(({ ours }) => median(ours)),
          'ms',
        ),
        reference: figure(
          rounds.map(({ reference }) => median(reference)),
          'ms',
        ),
        ratio,
        ...(ground.engine === 'embedded'
          ? {
              aim: `p50 ≤ ${TIMES}×, p95 ≤ ${P95_MILLISECONDS} ms`,
              met: ratio.median <= TIMES && p95 <= P95_MILLISECONDS,
            }
          : {}),
        memory: peakMemory(),
      });
      say(`visible: ${inWords(size)} cases there: ${ratio.median.toFixed(1)}, p95 ${p95.toFixed(1)} ms`);
    }
    await log.close();
    await provinces.stop();
    return lines;
  },
};

/** What Chongqing's lists come to show, and when. */
class Sight {
  private readonly seen = new Map<string, number>();
  private woken: () => void = () => undefined;
  constructor(provinces: Provinces) {
    provinces.province('chongqing').gateway?.book.onChange(({ after }) => {
      this.seen.set(after.id, performance.now());
      this.woken();
    });
  }
  async of(officer: OfficerClient): Promise<number> {
    const began = performance.now();
    const { id } = granted(await officer.open('lawyer.trainee-request', aRequest('sichuan')));
    while (!this.seen.has(id)) await new Promise<void>((resolve) => (this.woken = resolve));
    return (this.seen.get(id) ?? NaN) - began;
  }
}

/** A topic of the log with one subscriber. */
class Echo {
  private heard: () => void = () => undefined;
  private constructor(
    private readonly append: () => Promise<void>,
    readonly close: () => Promise<void>,
  ) {}
  static async open(provinces: Provinces): Promise<Echo> {
    const { log } = provinces.province('chongqing');
    const topic = `bench.${randomUUID()}`;
    await log.declare([{ name: topic }]);
    const value = { text: 'x'.repeat(950) };
    const running = await log.subscribe({
      group: randomUUID(),
      topics: [topic],
      from: 'beginning',
      handle: async () => echo.heard(),
    });
    const echo: Echo = new Echo(
      () => log.append([{ topic, key: randomUUID(), value }]),
      () => running.stop(),
    );
    return echo;
  }
  async once(): Promise<number> {
    const began = performance.now();
    const heard = new Promise<void>((resolve) => (this.heard = resolve));
    await this.append();
    await heard;
    return performance.now() - began;
  }
}
