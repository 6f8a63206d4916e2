import type { Groups } from './groups';
import type { Position } from './member';

const LOOK_EVERY = 500;

/** Tells listeners of appends: at once of this process's, and of others' by looking while anybody listens. */
export class News {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly seen = new Map<string, string>();
  private looking?: NodeJS.Timeout;
  private isLooking = false;

  constructor(
    private readonly groups: Groups,
    private readonly onError: (error: unknown) => void,
  ) {}

  listen(topic: string, listener: () => void): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners);
    // A wrapper of its own, so that one function may listen twice.
    const each = () => listener();
    listeners.add(each);
    this.looking ??= setInterval(() => void this.look(), LOOK_EVERY).unref();
    if (!this.seen.has(topic)) void this.guarded(() => this.lookAt(topic));
    return () => {
      listeners.delete(each);
      if (listeners.size > 0) return;
      this.listeners.delete(topic);
      this.seen.delete(topic);
      if (this.listeners.size === 0) this.close();
    };
  }

  tell(topics: ReadonlySet<string>): void {
    for (const topic of topics)
      for (const listener of this.listeners.get(topic) ?? [])
        try {
          listener();
        } catch (error) {
          this.onError(error);
        }
  }

  close(): void {
    clearInterval(this.looking);
    delete this.looking;
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    await this.guarded(async () => {
      for (const topic of [...this.listeners.keys()]) await this.lookAt(topic);
    });
    this.isLooking = false;
  }

  private async lookAt(topic: string): Promise<void> {
    const ends = textOf(await this.groups.ends([topic]));
    const before = this.seen.get(topic);
    if (this.listeners.has(topic)) this.seen.set(topic, ends);
    if (before !== undefined && before !== ends) this.tell(new Set([topic]));
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.onError(error);
    }
  }
}

const textOf = (ends: readonly Position[]): string =>
  ends.map(({ partition, offset }) => `${partition}:${offset}`).join(' ');
