/**
 * First come, first served among those of one name; of several names one after the other by turns. So many that wait for one keep nobody
 * waiting who has only a few for another.
 */
export class FairQueue<T> {
  private readonly waiting: { readonly turn: number; readonly item: T }[] = [];
  /** The turn that each name was given last. */
  private readonly given = new Map<string, number>();
  private turn = 0;

  get length(): number {
    return this.waiting.length;
  }

  add(name: string, item: T): void {
    const turn = Math.max(this.turn, (this.given.get(name) ?? -1) + 1);
    this.given.set(name, turn);
    const behind = this.waiting.findLastIndex((each) => each.turn <= turn);
    this.waiting.splice(behind + 1, 0, { turn, item });
  }

  /** Those who come next, in their order. */
  first(count: number): readonly T[] {
    return this.waiting.slice(0, count).map(({ item }) => item);
  }

  /** They are served. */
  remove(count: number): void {
    const last = this.waiting.splice(0, count).at(-1);
    if (last) this.turn = last.turn;
  }
}
