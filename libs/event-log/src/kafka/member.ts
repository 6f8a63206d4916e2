import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, ConsumerCrashEvent, ConsumerGroupJoinEvent, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { bySubscription } from './assigner';
import { LogUnavailable } from '../port';
import { asking, clientOf, RETRY, type KafkaConnection } from './connection';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}
export interface Position extends Partition {
  readonly offset: number;
}

export interface MemberOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly from: 'beginning' | 'end';
  /** Milliseconds without a sign of life after which the group takes a member for dead. */
  readonly sessionTimeout: number;
}
export interface MemberHooks {
  /** Joined, or joined anew: these are ours from now on, each from where the group is; nothing taken before is. */
  readonly onJoin: (assigned: readonly Partition[]) => void;
  /** Nothing is ours until the next join. */
  readonly onLost: () => void;
  /** The last moment in which what is done can be committed before others take over. */
  readonly onRebalancing: () => void;
  /** `not now` has them delivered again soon. */
  readonly onBatch: (of: Partition, messages: readonly KafkaMessage[], end: number) => Promise<'taken' | 'not now'>;
  /** Whether no more of this partition is to be delivered until `resume`. */
  readonly isFull: (of: Partition) => boolean;
  readonly onError: (error: unknown) => void;
}

const AGAIN_AFTER = 500;
/** Joining may take two session timeouts, and requests are given up in fewer: after so many, nothing more comes of kafkajs. */
const HANGS_AFTER = 5;

/** A member of a consumer group, for as long as it is not stopped: one that ends by a fault is followed by another. */
export class Member {
  private consumer?: Consumer;
  private commitNow?: EachBatchPayload['commitOffsetsIfNecessary'];
  private lastBeat = 0;
  /** Begun, or a beat: a consumer that gives none for long hangs, which kafkajs itself does not notice. */
  private lastSign = 0;
  private stopping = false;
  private running?: Promise<void>;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: MemberOptions,
    private readonly hooks: MemberHooks,
  ) {}

  /** Resolves at the first join; rejects where that fails. */
  async start(): Promise<void> {
    await asking(() => this.run());
  }

  /** Leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await this.consumer?.disconnect().catch(this.hooks.onError);
  }

  /** False where the group may have taken this member for dead and given its partitions to another. */
  get isSure(): boolean {
    return performance.now() - this.lastBeat < this.options.sessionTimeout;
  }

  /**
   * One attempt, under the generation of this very join: kafkajs's own `commitOffsets` repeats a refused commit under the
   * next generation, and moves the group backwards.
   */
  async commit(positions: readonly Position[]): Promise<void> {
    const topics = [...new Set(positions.map(({ topic }) => topic))].map((topic) => ({
      topic,
      partitions: positions
        .filter((each) => each.topic === topic)
        .map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    if (!this.commitNow) throw new Error('nothing was delivered yet');
    await asking(async () => this.commitNow?.({ topics }), { again: false });
  }

  pause(partitions: readonly Partition[]): void {
    this.between(() =>
      this.consumer?.pause(partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] }))),
    );
  }

  resume({ topic, partition }: Partition): void {
    this.between(() => this.consumer?.resume([{ topic, partitions: [partition] }]));
  }

  private between(act: () => void): void {
    try {
      act();
    } catch {
      // Between two consumers; in the next nothing is paused.
    }
  }

  private async run(): Promise<void> {
    const { group, topics, from, sessionTimeout } = this.options;
    const consumer = clientOf(this.connection).consumer({
      groupId: group,
      sessionTimeout,
      heartbeatInterval: sessionTimeout / 5,
      rebalanceTimeout: 2 * sessionTimeout,
      maxWaitTimeInMs: 250,
      allowAutoTopicCreation: false,
      partitionAssigners: [bySubscription],
      // A consumer that crashed is followed by another of ours, whatever kafkajs thinks of its chances.
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
    this.consumer = consumer;
    this.lastSign = performance.now();
    // Of one that was given up nothing counts any more.
    const isOurs = (): boolean => this.consumer === consumer;
    let watching: NodeJS.Timeout | undefined;
    let joined = false;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        clearInterval(watching);
        if (!isOurs()) return;
        delete this.consumer;
        reject(error);
        if (joined) this.follow(error);
      };
      watching = setInterval(() => {
        if (this.stopping || !isOurs()) return clearInterval(watching);
        if (performance.now() - this.lastSign < HANGS_AFTER * sessionTimeout) return;
        fail(new LogUnavailable(`no sign of the member of ${group} for ${HANGS_AFTER * sessionTimeout} ms`));
        void consumer.disconnect().catch(() => undefined);
      }, sessionTimeout);
      consumer.on(consumer.events.HEARTBEAT, () => isOurs() && this.beat());
      consumer.on(consumer.events.REBALANCING, () => isOurs() && this.hooks.onRebalancing());
      consumer.on(consumer.events.GROUP_JOIN, (event) => {
        if (!isOurs()) return;
        joined = true;
        this.onJoin(event);
        resolve();
      });
      consumer.on(consumer.events.CRASH, ({ payload }: ConsumerCrashEvent) => fail(payload.error));
      const begin = async () => {
        await consumer.connect();
        await consumer.subscribe({ topics: [...topics], fromBeginning: from === 'beginning' });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: async (payload) => {
            if (isOurs()) await this.take(payload);
          },
        });
      };
      begin().catch(reject);
    }).catch((error: unknown) => {
      clearInterval(watching);
      // Not waited for: it may hang as well.
      void consumer.disconnect().catch(() => undefined);
      throw error;
    });
  }

  private beat(): void {
    this.lastBeat = this.lastSign = performance.now();
  }

  private onJoin({ payload }: ConsumerGroupJoinEvent): void {
    this.beat();
    delete this.commitNow;
    this.hooks.onJoin(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    );
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (this.stopping || !payload.isRunning() || payload.isStale()) return;
    this.commitNow = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    const outcome = await this.hooks.onBatch(batch, batch.messages, Number(batch.lastOffset()) + 1);
    if (outcome === 'not now') return;
    // Moves only where the next fetch begins: what is committed, we say.
    payload.resolveOffset(batch.lastOffset());
    // Asked in the very moment: had room been made before the pause, nobody would end it.
    if (this.hooks.isFull(batch)) payload.pause();
  }

  private follow(error: unknown): void {
    this.hooks.onLost();
    this.hooks.onError(error);
    this.running = this.rise();
  }

  private async rise(): Promise<void> {
    while (!this.stopping) {
      await pause(AGAIN_AFTER);
      if (this.stopping) return;
      try {
        await this.run();
        return;
      } catch (error) {
        this.hooks.onError(error);
      }
    }
  }
}
