/** Who is to be called when messages of a collection have been saved. */
export class Listeners {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly announced = new Set<string>();

  /** Calls back once for all saves of a turn. A listener that throws fails on its own account: the saves have succeeded. */
  announce(name: string): void {
    if (this.announced.has(name)) return;
    this.announced.add(name);
    queueMicrotask(() => {
      this.announced.delete(name);
      for (const listener of this.listeners.get(name) ?? []) queueMicrotask(listener);
    });
  }

  /** Returns how to stop. */
  listen(name: string, listener: () => void): () => void {
    const own = () => listener();
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(own));
    return () => void all.delete(own);
  }
}
