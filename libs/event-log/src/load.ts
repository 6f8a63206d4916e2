export interface Amount {
  count: number;
  bytes: number;
}

/** A lane that was full has room again at this part of its high water. */
const ROOM = 1 / 4;
/** What is held counts only at so many times the high water: memory stays bounded, and until then other keys go on. */
const MOST = 10;

/** What a lane has taken and not done, and whether it should be fed more. */
export class Load {
  /** Bytes by offset, in order of arrival; what is done needs no memory, however far ahead of the first undone. */
  private readonly undone = new Map<number, number>();
  private readonly all: Amount = { count: 0, bytes: 0 };
  /** The part that stands behind a `NotYet`. */
  private readonly held: Amount = { count: 0, bytes: 0 };
  private full = false;

  constructor(
    private readonly high: Readonly<Amount>,
    private readonly onRoom: () => void,
  ) {}

  get isFull(): boolean {
    return this.full;
  }

  /** The lowest offset. */
  get first(): number | undefined {
    return this.undone.keys().next().value;
  }

  add(offset: number, bytes: number): void {
    this.undone.set(offset, bytes);
    this.all.count++;
    this.all.bytes += bytes;
    if (this.isOver(1)) this.full = true;
  }

  remove(offset: number): void {
    const bytes = this.undone.get(offset);
    if (bytes === undefined) return;
    this.undone.delete(offset);
    this.all.count--;
    this.all.bytes -= bytes;
    this.makeRoom();
  }

  hold({ count, bytes }: Readonly<Amount>): void {
    this.held.count += count;
    this.held.bytes += bytes;
    this.makeRoom();
  }

  unhold({ count, bytes }: Readonly<Amount>): void {
    this.held.count -= count;
    this.held.bytes -= bytes;
  }

  clear(): void {
    this.undone.clear();
    for (const amount of [this.all, this.held]) amount.count = amount.bytes = 0;
    this.makeRoom();
  }

  private makeRoom(): void {
    if (!this.full || this.isOver(ROOM)) return;
    this.full = false;
    this.onRoom();
  }

  private isOver(part: number): boolean {
    return (
      this.all.count - this.held.count >= this.high.count * part ||
      this.all.bytes - this.held.bytes >= this.high.bytes * part ||
      this.all.count >= this.high.count * MOST ||
      this.all.bytes >= this.high.bytes * MOST
    );
  }
}
