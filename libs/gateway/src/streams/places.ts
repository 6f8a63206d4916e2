import { Refusal } from '@chuanyu/contracts';

/** How many streams each reader has open, and all together. */
export class Places {
  private readonly taken = new Map<string, number>();
  private all = 0;
  constructor(
    private readonly each: number,
    private readonly inAll: number = Infinity,
  ) {}

  /** Takes one; answers how to give it back. Throws where there is none left. */
  take(reader: string): () => void {
    const own = this.taken.get(reader) ?? 0;
    if (own >= this.each || this.all >= this.inAll)
      throw new Refusal('too-many-attempts', `同时打开的实时连接过多，每人最多 ${this.each} 个`, { retryAfter: 15 });
    this.taken.set(reader, own + 1);
    this.all += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.all -= 1;
      const left = (this.taken.get(reader) ?? 1) - 1;
      if (left > 0) this.taken.set(reader, left);
      else this.taken.delete(reader);
    };
  }
  get open(): number {
    return this.all;
  }
}
