import type { Figure } from './row';

/** Of one round: units per second, and microseconds of processor time for each. */
export interface Measured {
  readonly rate: number;
  readonly cpu: number;
}

export const sorted = (of: readonly number[]): readonly number[] => [...of].sort((a, b) => a - b);
/** The nearest rank; NaN of nothing. */
export const percentile = (of: readonly number[], part: number): number =>
  sorted(of)[Math.max(0, Math.ceil(of.length * part) - 1)] ?? NaN;
export const median = (of: readonly number[]): number => percentile(of, 0.5);

export const figure = (of: readonly number[], unit: Figure['unit']): Figure => ({
  median: median(of),
  least: Math.min(...of),
  most: Math.max(...of),
  unit,
});

/** Processor time and time from the first `begin` to `end`, which may lie within a callback. */
export class Stopwatch {
  private began: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;

  begin(): this {
    this.began ??= { at: performance.now(), cpu: process.cpuUsage() };
    return this;
  }
  end(count: number): Measured {
    if (!this.began) throw new Error('the stopwatch was not started');
    const { user, system } = process.cpuUsage(this.began.cpu);
    return { rate: count / ((performance.now() - this.began.at) / 1000), cpu: (user + system) / count };
  }
}

export interface Compared {
  readonly ours: Figure;
  readonly reference: Figure;
  readonly ratio: Figure;
  readonly cpu: { readonly ours: number; readonly reference: number };
}

/** Both by turns, after one round that only warms up; each round gives a ratio of its own, so that a busy minute hits both. */
export async function compare(
  rounds: number,
  { ours, reference }: { readonly ours: () => Promise<Measured>; readonly reference: () => Promise<Measured> },
): Promise<Compared> {
  const pairs: { readonly ours: Measured; readonly reference: Measured }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = { reference: await reference(), ours: await ours() };
    if (round > 0) pairs.push(pair);
  }
  const of = (which: 'ours' | 'reference', what: 'rate' | 'cpu') => pairs.map((pair) => pair[which][what]);
  return {
    ours: figure(of('ours', 'rate'), '/s'),
    reference: figure(of('reference', 'rate'), '/s'),
    ratio: figure(
      pairs.map((pair) => pair.ours.rate / pair.reference.rate),
      '×',
    ),
    cpu: { ours: median(of('ours', 'cpu')), reference: median(of('reference', 'cpu')) },
  };
}

/** MB that this process held at its highest. */
export const peakMemory = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

/** `12 000` */
export const inWords = (count: number): string => String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
