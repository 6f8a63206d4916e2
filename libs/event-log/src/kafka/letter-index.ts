import type { LetterCount } from '../port';

/** What is known of a letter without reading it again. */
export interface Entry {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly offset: number;
  readonly parked: boolean;
  /** Where in the table it was first, which orders the list, and where it is now. */
  readonly first: number;
  readonly at: number;
}
export interface Request {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
}

/** The dead and the parked of a group, and what is to be handed out again, as its table of letters says when read from the beginning. */
export class LetterIndex {
  private readonly entries = new Map<string, Entry>();
  private readonly ofKey = new Map<string, Map<string, Entry>>();
  private readonly requested = new Map<string, Request>();

  clear(): void {
    for (const map of [this.entries, this.ofKey, this.requested]) map.clear();
  }

  bury(entry: Entry): void {
    const name = nameOf(entry);
    this.entries.set(entry.id, entry);
    const letters = this.ofKey.get(name) ?? new Map<string, Entry>();
    this.ofKey.set(name, letters.set(entry.id, entry));
    // A death ends a redrive under way.
    if (!entry.parked) this.requested.delete(name);
  }

  release(id: string): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    const name = nameOf(entry);
    const letters = this.ofKey.get(name);
    letters?.delete(id);
    if (letters?.size !== 0) return;
    this.ofKey.delete(name);
    this.requested.delete(name);
  }

  request(request: Request): void {
    const name = nameOf(request);
    if (this.ofKey.has(name)) this.requested.set(name, request);
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  /** Lowest offset first. */
  of(request: Request): readonly Entry[] {
    return [...(this.ofKey.get(nameOf(request))?.values() ?? [])].sort((a, b) => a.offset - b.offset);
  }

  /** The keys of a partition that have letters, each with the offset of its lowest. */
  blocked(topic: string, partition: number): readonly (readonly [string, number])[] {
    return [...this.ofKey.values()].flatMap((letters) => {
      const [first] = letters.values();
      if (first?.topic !== topic || first.partition !== partition) return [];
      return [[first.key, Math.min(...[...letters.values()].map(({ offset }) => offset))] as const];
    });
  }

  /** Where a key has letters. */
  placesOf(key: string): readonly Request[] {
    return [...this.ofKey.values()].flatMap((letters) => {
      const [first] = letters.values();
      return first?.key === key ? [{ topic: first.topic, partition: first.partition, key }] : [];
    });
  }

  get requests(): readonly Request[] {
    return [...this.requested.values()];
  }

  count(): LetterCount {
    let parked = 0;
    for (const entry of this.entries.values()) if (entry.parked) parked++;
    return { dead: this.entries.size - parked, parked };
  }

  /** In the order in which they died. */
  list(limit: number): readonly Entry[] {
    return [...this.entries.values()].sort((a, b) => a.first - b.first).slice(0, limit);
  }
}

const nameOf = ({ topic, partition, key }: Request): string => `${topic}/${partition}/${key}`;
