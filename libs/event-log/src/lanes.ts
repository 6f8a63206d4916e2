import { within } from '@chuanyu/contracts';
import { Lane } from './lane';
import type { Incoming, LaneLimits, LanePorts } from './lane-ports';

export const LANE_LIMITS: LaneLimits = {
  tries: 5,
  backoff: 100,
  handlerLimit: 4000,
  parallel: 64,
  high: 2000,
  highBytes: 8_000_000,
};

/** Milliseconds that `stop` gives to what is in hand. */
const END_WITHIN = 10_000;

/**
 * Keyed lanes: what stands between a log and the handlers of a group, whatever the log. At least once, in order per key
 * within a partition, several keys at once. A record that fails is tried again, then dead-lettered, and only its key waits.
 * The adapter feeds partitions in order, stops feeding one that is full, and commits `position`.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly limits: LaneLimits;

  constructor(
    private readonly ports: LanePorts,
    limits: Partial<LaneLimits> = {},
  ) {
    this.limits = { ...LANE_LIMITS, ...limits };
  }

  /** Begins a partition anew; `blocked` are the keys that have letters, with the lowest offset of each. */
  assign(topic: string, partition: number, blocked: Iterable<readonly [string, number]>): void {
    const lane = this.lane(topic, partition);
    lane.forget();
    lane.block(blocked);
  }

  /** Records that follow those taken before; `end` is the position after them. */
  take(topic: string, partition: number, items: readonly Incoming[], end: number): void {
    this.lane(topic, partition).take(items, end);
  }

  /** The offset below which everything is done: what may be committed. Undefined where nothing was taken since `assign`. */
  position(topic: string, partition: number): number | undefined {
    return this.lane(topic, partition).position;
  }

  /** Feed no more until `onRoom`. */
  isFull(topic: string, partition: number): boolean {
    return this.lane(topic, partition).isFull;
  }

  redrive(topic: string, partition: number, key: string): void {
    this.lane(topic, partition).redrive(key);
  }

  /** The partition is not ours any more, or all of it will be delivered again (a rejoin). */
  forget(topic: string, partition: number): void {
    this.lane(topic, partition).forget();
  }

  forgetAll(): void {
    for (const lane of this.lanes.values()) lane.forget();
  }

  /** Lets what is in hand end, at most 10 s. Then commit the positions, then `forgetAll`: what ends later has no effect. */
  async stop(): Promise<void> {
    const ended = Promise.all([...this.lanes.values()].map((lane) => lane.stop()));
    await within(END_WITHIN, ended, () => undefined);
  }

  private lane(topic: string, partition: number): Lane {
    const name = `${topic}/${partition}`;
    let lane = this.lanes.get(name);
    if (!lane) this.lanes.set(name, (lane = new Lane(topic, partition, this.limits, this.ports)));
    return lane;
  }
}
