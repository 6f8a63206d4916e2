import type { Flavour } from './flavour';
import { faultsOf } from './oracle';
import { Random } from './random';
import { emptied, openStores, type ProvinceName, type Stores } from './province';
import { Schedule, type ScheduleOptions } from './schedule';

export interface Outcome {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly events: number;
  readonly crashes: number;
  readonly asks: number;
  readonly refusals: ReadonlyMap<string, number>;
  /** Case by case, where both provinces ended. */
  readonly heads: string;
}

/** Runs schedules one after the other, on two stores that are emptied in between. */
export class Simulation {
  private stores: Readonly<Record<ProvinceName, Stores>> | undefined;

  async run(options: ScheduleOptions, chosen?: Flavour): Promise<Outcome> {
    this.stores = this.stores
      ? { sichuan: await emptied(this.stores.sichuan), chongqing: await emptied(this.stores.chongqing) }
      : { sichuan: await openStores(), chongqing: await openStores() };
    const schedule = new Schedule(options, this.stores, chosen);
    let faults: string[];
    try {
      await schedule.run();
      faults = await faultsOf(schedule);
    } catch (error) {
      faults = [
        ...schedule.violations,
        `the schedule broke: ${error instanceof Error ? String(error.stack) : String(error)}`,
      ];
    }
    const documents = [
      ...(await schedule.provinces.sichuan.documents()),
      ...(await schedule.provinces.chongqing.documents()),
    ];
    return {
      seed: options.seed,
      faults,
      events: documents.reduce((sum, { head, side }) => sum + (side === 'origin' ? head.sequence : 0), 0),
      asks: documents.reduce((sum, { asks }) => sum + asks.length, 0),
      crashes: schedule.provinces.sichuan.crashes + schedule.provinces.chongqing.crashes,
      refusals: schedule.desk.refusals,
      heads: documents.map(({ id, head }) => `${id} ${head.hash}`).join('\n'),
    };
  }
  /** Schedules one after the other; what is wrong with each that is red, with how to see it again. */
  async reds(
    seeds: { readonly from: number; readonly count: number },
    steps: number,
    flavourOf?: (random: Random) => Flavour,
  ): Promise<readonly string[]> {
    const red: string[] = [];
    for (let seed = seeds.from; seed < seeds.from + seeds.count && red.length < 5; seed++) {
      const { faults } = await this.run({ seed, steps, without: new Set() }, flavourOf?.(new Random(seed)));
      if (faults.length > 0)
        red.push([`script/simulate --seed ${seed} --steps ${steps} --tell`, ...faults.slice(0, 8)].join('\n  '));
    }
    return red;
  }
  async close(): Promise<void> {
    await this.stores?.sichuan.database.close();
    await this.stores?.chongqing.database.close();
    this.stores = undefined;
  }
}
