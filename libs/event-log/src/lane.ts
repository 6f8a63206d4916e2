import { BARRIER } from './port';
import { DONE, outcomeOf, type Outcome, type Verdict } from './attempt';
import type { Incoming, LaneLimits, LanePorts } from './lane-ports';
import { Load, type Amount } from './load';
import { decide, handling, IN_DOUBT, isLong, LETTERS_AWAY, Queue, type Handling, type Pause, type Task } from './queue';
import { Watch } from './watch';

const LETTERS_AT_ONCE = 100;

/**
 * One partition: a queue per key, several keys at once, barriers between them.
 * A barrier and everything after it stay in `behind` until all queues are empty.
 */
export class Lane {
  private readonly queues = new Map<string, Queue>();
  private ready: Queue[] = [];
  private behind: Incoming[] = [];
  // Set to undefined, never deleted: V8 turns an object that has lost a property into a table of hashes.
  private fence: { readonly queue: Queue; readonly task: Task | undefined } | undefined;
  private readonly blocked = new Map<string, number>();
  private readonly load: Load;
  private readonly watch: Watch;
  private end: number | undefined;
  private highest = -1;
  private active = 0;
  private stopping = false;
  private idle: (() => void) | undefined;
  private doubt: NodeJS.Timeout | undefined;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly limits: LaneLimits,
    private readonly ports: LanePorts,
  ) {
    this.load = new Load({ count: limits.high, bytes: limits.highBytes }, () => ports.onRoom(topic, partition));
    this.watch = new Watch(limits.handlerLimit, () => this.look());
  }

  /** Keys that have letters already, each with the offset of its lowest. */
  block(keys: Iterable<readonly [string, number]>): void {
    for (const [key, offset] of keys) this.blocked.set(key, offset);
  }

  /** Takes records that follow those taken before; `end` is the position after them. */
  take(items: readonly Incoming[], end: number): void {
    if (this.stopping) return;
    // The log jumped back (offsets reset, topic made anew): what was taken before is not ours any more.
    if (this.end !== undefined && (items[0]?.record.offset ?? this.end) < this.end) this.forget();
    for (const item of items) {
      this.load.add(item.record.offset, item.bytes);
      if (this.behind.length > 0 || this.fence || BARRIER in item.record.headers) this.behind.push(item);
      else this.enqueue(item);
    }
    this.end = end;
    this.pump();
  }

  /** Everything below is done; undefined where nothing was taken. */
  get position(): number | undefined {
    return this.load.first ?? this.end;
  }

  get isFull(): boolean {
    return this.load.isFull;
  }

  /** Hands the letters of a key to the handler again, after what is queued of the key. */
  redrive(key: string): void {
    if (this.stopping) return;
    this.queueOf(key).redrive();
    this.pump();
  }

  /** Drops all that is not done: it will be delivered again, here or elsewhere. What is in hand ends before its key goes on, and its outcome is ignored. */
  forget(): void {
    for (const queue of this.queues.values()) {
      queue.tasks.length = 0;
      if (queue.state !== 'running') this.discard(queue);
    }
    this.ready = [];
    this.behind = [];
    this.fence = this.end = undefined;
    this.blocked.clear();
    this.highest = -1;
    this.load.clear();
  }

  /**
   * Starts nothing beyond the highest record begun, so that after the last one is done the position is behind it and nothing is repeated.
   * Resolves when nothing is left to end; a record between two attempts has the next one now, `NotYet` and long pauses are not waited for.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    this.behind = [];
    for (const queue of this.queues.values()) {
      queue.keepUpTo(this.highest);
      if (queue.state === 'running') continue;
      if (queue.held || queue.tasks.length === 0) this.discard(queue);
      else if (queue.state === 'waiting') this.goOn(queue);
    }
    this.ready = this.ready.filter((queue) => this.queues.has(queue.key));
    const ended = new Promise<void>((resolve) => (this.idle = resolve));
    this.pump();
    await ended;
  }

  private enqueue(item: Incoming): Queue {
    const queue = this.queueOf(item.record.key);
    queue.tasks.push(handling('record', item));
    if (queue.held) this.hold(queue, { count: queue.held.count + 1, bytes: queue.held.bytes + item.bytes });
    return queue;
  }

  private queueOf(key: string): Queue {
    const known = this.queues.get(key);
    if (known) return known;
    const queue = new Queue(key);
    this.queues.set(key, queue);
    this.ready.push(queue);
    return queue;
  }

  private discard(queue: Queue): void {
    clearTimeout(queue.timer);
    this.hold(queue, undefined);
    if (this.queues.get(queue.key) === queue) this.queues.delete(queue.key);
  }

  private pump(): void {
    this.letThrough();
    while (this.active < this.limits.parallel && this.ready.length > 0 && !this.inDoubt()) {
      const queue = this.next();
      if (!queue) break;
      queue.state = 'running';
      this.active++;
      this.watch.begin();
      void this.work(queue);
    }
    if (this.idle && this.active === 0 && this.queues.size === 0) {
      this.watch.end();
      this.idle();
    }
  }

  /** Lets what is behind a barrier go on as soon as all before it is done. */
  private letThrough(): void {
    for (let item = this.behind[0]; item && !this.fence; item = this.behind[0]) {
      const isBarrier = BARRIER in item.record.headers;
      if (isBarrier && this.queues.size > 0) return;
      this.behind.shift();
      const queue = this.enqueue(item);
      if (isBarrier) this.fence = { queue, task: queue.tasks[0] };
    }
  }

  private next(): Queue | undefined {
    const { fence } = this;
    if (!fence) return this.ready.shift();
    // Beside a barrier only redrives can be queued: neither runs while the other does.
    const place = this.ready.findIndex((queue) =>
      queue === fence.queue ? this.queues.size === 1 : fence.queue.state !== 'running',
    );
    return place < 0 ? undefined : this.ready.splice(place, 1)[0];
  }

  private inDoubt(): boolean {
    if (this.ports.mayStart?.() ?? true) return false;
    this.doubt ??= setTimeout(() => {
      this.doubt = undefined;
      this.pump();
    }, IN_DOUBT.milliseconds);
    return true;
  }

  /** Goes through a key's tasks, one after another, until there are none or one has to wait. Of a record that is handled at once only its handler is awaited. */
  private async work(queue: Queue): Promise<void> {
    const turn = ++queue.turn;
    let pause: Pause | undefined;
    for (let task = queue.tasks[0]; task !== undefined; task = queue.tasks[0]) {
      if (this.inDoubt()) pause = IN_DOUBT;
      else if (task.kind === 'redrive' || this.isDecided(queue, task)) pause = await this.advance(queue, task);
      else {
        queue.inHand = task;
        const work = (queue.work = this.watch.newWork());
        let outcome: Outcome = DONE;
        try {
          await work.run(() => this.ports.handle(task.item.record));
        } catch (error) {
          outcome = outcomeOf(error);
        }
        if (queue.turn !== turn) return;
        queue.inHand = undefined;
        if (queue.tasks[0] !== task) continue;
        pause = decide(task, outcome, this.limits);
        if (task.verdict === DONE && task.kind === 'record') this.finish(queue, task);
      }
      if (pause && queue.tasks[0] === task) break;
      pause = undefined;
    }
    this.active--;
    if (!pause || (this.stopping && isLong(pause))) this.discard(queue);
    else this.wait(queue, pause);
    this.pump();
  }

  /** A handler that hangs is given up and not repeated, though it may still be at work. */
  private look(): 'watch on' | 'nothing in hand' {
    if (this.active === 0) return 'nothing in hand';
    for (const queue of this.queues.values()) {
      const task = queue.inHand;
      if (!task || !this.watch.isOver(queue.work)) continue;
      task.verdict = { is: 'dead', reason: `hangs: no answer in ${this.limits.handlerLimit} ms` };
      queue.inHand = undefined;
      void this.work(queue);
    }
    return 'watch on';
  }

  private wait(queue: Queue, { milliseconds, holds }: Pause): void {
    queue.state = 'waiting';
    if (holds) this.hold(queue, queue.amount);
    queue.timer = setTimeout(() => {
      this.goOn(queue);
      this.pump();
    }, milliseconds);
  }

  private goOn(queue: Queue): void {
    clearTimeout(queue.timer);
    this.hold(queue, undefined);
    queue.state = 'ready';
    this.ready.push(queue);
  }

  private hold(queue: Queue, amount: Amount | undefined): void {
    if (queue.held) this.load.unhold(queue.held);
    queue.held = amount;
    if (amount) this.load.hold(amount);
  }

  /** Whether a verdict stands already: from before, or because the record must not be handled. */
  private isDecided(queue: Queue, task: Handling): boolean {
    if (task.verdict) return true;
    const { record, broken } = task.item;
    if (task.kind === 'record') {
      this.highest = Math.max(this.highest, record.offset);
      const dead = this.blocked.get(queue.key);
      if (dead !== undefined && dead <= record.offset)
        task.verdict = { is: 'parked', reason: `behind the dead record at ${dead}` };
    }
    if (broken !== undefined) task.verdict ??= { is: 'dead', reason: broken };
    return task.verdict !== undefined;
  }

  /** What asks the letters: a redrive, or a verdict that they must know. Undefined where it is over, else how long to wait before it is tried again. */
  private async advance(queue: Queue, task: Task): Promise<Pause | undefined> {
    try {
      if (task.kind === 'redrive') await this.expand(queue, task);
      else if (task.verdict) await this.settle(queue, task, task.verdict);
      return undefined;
    } catch (error) {
      this.ports.onError(error);
      return LETTERS_AWAY;
    }
  }

  /** The letters go before the redrive that brought them, so that it looks again for more when they are done. */
  private async expand(queue: Queue, task: Task): Promise<void> {
    const letters = await this.ports.letters.of(this.topic, this.partition, queue.key, LETTERS_AT_ONCE);
    if (queue.tasks[0] !== task) return;
    queue.tasks.unshift(...letters.map((item) => handling('letter', item)));
    if (letters.length > 0) return;
    this.blocked.delete(queue.key);
    queue.tasks.shift();
    this.ports.onProgress();
  }

  private async settle(queue: Queue, task: Handling, verdict: Verdict): Promise<void> {
    const { record } = task.item;
    if (verdict.is !== 'done') await this.ports.letters.bury(record, verdict.reason, verdict.is === 'parked');
    else if (task.kind === 'letter') await this.ports.letters.release(record);
    if (queue.tasks[0] !== task) return;
    if (verdict.is === 'dead')
      this.blocked.set(queue.key, Math.min(record.offset, this.blocked.get(queue.key) ?? record.offset));
    this.finish(queue, task);
    // A redrive ends with its first failure; what is parked behind stays parked.
    if (verdict.is === 'dead' && task.kind === 'letter') queue.endRedrive();
  }

  private finish(queue: Queue, task: Handling): void {
    queue.tasks.shift();
    if (task === this.fence?.task) {
      this.fence = undefined;
      this.pump();
    }
    if (task.kind === 'record') this.load.remove(task.item.record.offset);
    this.ports.onProgress();
  }
}
