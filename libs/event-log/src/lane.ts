import { BARRIER } from './port';
import { attempt, type Verdict } from './attempt';
import type { Incoming, LaneLimits, LanePorts } from './lane-ports';
import { Load } from './load';
import { decide, type Handling, type Pause, type Queue, type Task } from './queue';

const LETTERS_AT_ONCE = 100;
/** A stopping lane gives up a record that would pause longer. */
const LONGEST_LAST_PAUSE = 1000;
/** Before the letters are tried again when they could not be reached. */
const LETTERS_PAUSE = 1000;

/**
 * One partition: a queue per key, several keys at once, barriers between them.
 * A barrier and everything after it stay in `behind` until all queues are empty.
 */
export class Lane {
  private readonly queues = new Map<string, Queue>();
  private ready: Queue[] = [];
  private behind: Incoming[] = [];
  private fence?: { readonly queue: Queue; readonly task: Task };
  /** Offsets taken and not done, in order of arrival; what is done needs no memory, however far ahead of the first undone. */
  private readonly undone = new Map<number, number>();
  private readonly blocked = new Map<string, number>();
  private readonly load: Load;
  private end?: number;
  private highest = -1;
  private active = 0;
  private stopping = false;
  private idle?: () => void;
  private doubt?: NodeJS.Timeout;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly limits: LaneLimits,
    private readonly ports: LanePorts,
  ) {
    this.load = new Load({ count: limits.high, bytes: limits.highBytes }, () => ports.onRoom(topic, partition));
  }

  /** Keys that have letters already, each with the offset of its lowest. */
  block(keys: Iterable<readonly [string, number]>): void {
    for (const [key, offset] of keys) this.blocked.set(key, offset);
  }

  /** Takes records that follow those taken before; `end` is the position after them. */
  take(items: readonly Incoming[], end: number): void {
    if (this.stopping) return;
    const first = items[0];
    // The log jumped back (offsets reset, topic made anew): what was taken before is not ours any more.
    if (first && this.end !== undefined && first.record.offset < this.end) this.forget();
    for (const item of items) {
      this.undone.set(item.record.offset, item.bytes);
      this.load.add(item.bytes);
      if (this.behind.length > 0 || this.fence || BARRIER in item.record.headers) this.behind.push(item);
      else this.enqueue(item);
    }
    this.end = end;
    this.pump();
  }

  /** Everything below is done; undefined where nothing was taken. */
  get position(): number | undefined {
    return this.undone.keys().next().value ?? this.end;
  }

  get isFull(): boolean {
    return this.load.isFull;
  }

  /** Hands the letters of a key to the handler again, after what is queued of the key. */
  redrive(key: string): void {
    if (this.stopping) return;
    const queue = this.queueOf(key);
    if (!queue.tasks.some((task) => task.kind === 'redrive')) queue.tasks.push({ kind: 'redrive' });
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
    delete this.fence;
    delete this.end;
    this.undone.clear();
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
      const begun = queue.state === 'running' ? 1 : 0;
      const keep = queue.tasks.filter(
        (task, place) => place < begun || (task.kind === 'record' && task.item.record.offset <= this.highest),
      );
      queue.tasks.splice(0, queue.tasks.length, ...keep);
      if (queue.state === 'running') continue;
      if (queue.held || keep.length === 0) this.discard(queue);
      else if (queue.state === 'waiting') this.goOn(queue);
    }
    this.ready = this.ready.filter((queue) => this.queues.has(queue.key));
    const ended = new Promise<void>((resolve) => (this.idle = resolve));
    this.pump();
    await ended;
  }

  private enqueue(item: Incoming): Queue {
    const queue = this.queueOf(item.record.key);
    queue.tasks.push({ kind: 'record', item, failures: 0, waits: 0 });
    if (queue.held) this.hold(queue, queue.held.count + 1, queue.held.bytes + item.bytes);
    return queue;
  }

  private queueOf(key: string): Queue {
    const known = this.queues.get(key);
    if (known) return known;
    const queue: Queue = { key, tasks: [], state: 'ready' };
    this.queues.set(key, queue);
    this.ready.push(queue);
    return queue;
  }

  private discard(queue: Queue): void {
    clearTimeout(queue.timer);
    this.unhold(queue);
    if (this.queues.get(queue.key) === queue) this.queues.delete(queue.key);
  }

  private pump(): void {
    this.letThrough();
    for (let place = 0; this.active < this.limits.parallel && place < this.ready.length;) {
      const queue = this.ready[place];
      if (queue === undefined || !this.mayRun(queue)) {
        place++;
        continue;
      }
      if (this.inDoubt()) return;
      this.ready.splice(place, 1);
      void this.run(queue);
    }
    if (this.idle && this.active === 0 && this.queues.size === 0) this.idle();
  }

  /** Lets what is behind a barrier go on as soon as all before it is done. */
  private letThrough(): void {
    while (!this.fence && this.behind.length > 0) {
      const [item] = this.behind;
      if (item === undefined) return;
      const isBarrier = BARRIER in item.record.headers;
      if (isBarrier && this.queues.size > 0) return;
      this.behind.shift();
      const queue = this.enqueue(item);
      const task = queue.tasks[0];
      if (isBarrier && task) this.fence = { queue, task };
    }
  }

  /** Beside a barrier only redrives can be queued: neither runs while the other does. */
  private mayRun(queue: Queue): boolean {
    if (!this.fence) return true;
    return queue === this.fence.queue ? this.queues.size === 1 : this.fence.queue.state !== 'running';
  }

  private inDoubt(): boolean {
    if (this.ports.mayStart?.() ?? true) return false;
    this.doubt ??= setTimeout(() => {
      delete this.doubt;
      this.pump();
    }, 100);
    return true;
  }

  private async run(queue: Queue): Promise<void> {
    queue.state = 'running';
    this.active++;
    for (let task = queue.tasks[0]; task !== undefined; task = queue.tasks[0]) {
      const pause = this.inDoubt() ? { milliseconds: 100, holds: false } : await this.advance(queue, task);
      if (queue.tasks[0] !== task || pause === undefined) continue;
      this.active--;
      if (this.stopping && (pause.holds || pause.milliseconds > LONGEST_LAST_PAUSE)) this.discard(queue);
      else this.wait(queue, pause.milliseconds, pause.holds);
      this.pump();
      return;
    }
    this.active--;
    this.discard(queue);
    this.pump();
  }

  private wait(queue: Queue, milliseconds: number, holds: boolean): void {
    queue.state = 'waiting';
    if (holds) {
      const sizes = queue.tasks.flatMap((task) => (task.kind === 'record' ? [task.item.bytes] : []));
      this.hold(
        queue,
        sizes.length,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }
    queue.timer = setTimeout(() => {
      this.goOn(queue);
      this.pump();
    }, milliseconds);
  }

  private goOn(queue: Queue): void {
    clearTimeout(queue.timer);
    this.unhold(queue);
    queue.state = 'ready';
    this.ready.push(queue);
  }

  private hold(queue: Queue, count: number, bytes: number): void {
    this.unhold(queue);
    queue.held = { count, bytes };
    this.load.hold(queue.held);
  }

  private unhold(queue: Queue): void {
    if (queue.held) this.load.unhold(queue.held);
    delete queue.held;
  }

  /** One move of a key's first task; undefined where it is over, else how long to wait before the next move. */
  private async advance(queue: Queue, task: Task): Promise<Pause | undefined> {
    try {
      if (task.kind === 'redrive') return await this.expand(queue, task);
      if (task.verdict === undefined) {
        const pause = await this.handle(queue, task);
        if (pause || queue.tasks[0] !== task) return pause;
      }
      if (task.verdict) await this.settle(queue, task, task.verdict);
      return undefined;
    } catch (error) {
      this.ports.onError(error);
      return { milliseconds: LETTERS_PAUSE, holds: false };
    }
  }

  /** The letters go before the redrive that brought them, so that it looks again for more when they are done. */
  private async expand(queue: Queue, task: Task): Promise<undefined> {
    const letters = await this.ports.letters.of(this.topic, this.partition, queue.key, LETTERS_AT_ONCE);
    if (queue.tasks[0] !== task) return;
    if (letters.length > 0) {
      queue.tasks.unshift(...letters.map((item): Task => ({ kind: 'letter', item, failures: 0, waits: 0 })));
      return;
    }
    this.blocked.delete(queue.key);
    queue.tasks.shift();
    this.ports.onProgress();
  }

  private async handle(queue: Queue, task: Handling): Promise<Pause | undefined> {
    const { record, broken } = task.item;
    if (task.kind === 'record') {
      this.highest = Math.max(this.highest, record.offset);
      const dead = this.blocked.get(queue.key);
      if (dead !== undefined && dead <= record.offset) {
        task.verdict = { is: 'parked', reason: `behind the dead record at ${dead}` };
        return undefined;
      }
    }
    if (broken !== undefined) {
      task.verdict = { is: 'dead', reason: broken };
      return undefined;
    }
    return decide(task, await attempt(this.ports.handle, record, this.limits.handlerLimit), this.limits);
  }

  private async settle(queue: Queue, task: Handling, verdict: Verdict): Promise<void> {
    const { record } = task.item;
    if (verdict.is !== 'done') await this.ports.letters.bury(record, verdict.reason, verdict.is === 'parked');
    else if (task.kind === 'letter') await this.ports.letters.release(record);
    if (queue.tasks[0] !== task) return;
    queue.tasks.shift();
    if (verdict.is === 'dead') {
      this.blocked.set(queue.key, Math.min(record.offset, this.blocked.get(queue.key) ?? record.offset));
      // A redrive ends with its first failure; what is parked behind stays parked.
      if (task.kind === 'letter') queue.tasks.splice(0, queue.tasks.findIndex(({ kind }) => kind === 'redrive') + 1);
    }
    if (task === this.fence?.task) {
      delete this.fence;
      this.pump();
    }
    if (task.kind === 'record' && this.undone.delete(record.offset)) this.load.remove(task.item.bytes);
    this.ports.onProgress();
  }
}
