import type {
  Collection,
  CollectionDefinition,
  Document,
  Filter,
  Kept,
  Outgoing,
  Page,
  Query,
} from '@chuanyu/collections';

/** The process died at this effect; what was not saved is gone. */
export class Crash extends Error {
  constructor(readonly at: string) {
    super(`crash ${at}`);
  }
}

/** What may go wrong while a process writes. */
export interface Effects {
  /** Does the process die here? Asked before and after every effect. */
  dies(at: string): boolean;
  /** Another process gets in between loading and saving. */
  between(): Promise<void>;
  /** Sees what was saved. */
  saved(outgoing: readonly Outgoing[]): void;
}

/** A collection as one process of a province sees it: the real one, with deaths and others getting in between. */
export class StoreOfProcess<T extends Document> implements Collection<T> {
  readonly definition: CollectionDefinition;
  constructor(
    protected readonly inner: Collection<T>,
    protected readonly effects: Effects,
    /** Rule 1 switched off: a save does not look at the version. */
    private readonly unconditional: boolean,
  ) {
    this.definition = inner.definition;
  }
  async insert(document: T, outgoing: readonly Outgoing[] = []): Promise<Kept<T>> {
    return this.write('insert', outgoing, () => this.inner.insert(document, outgoing));
  }
  async replace(document: T, version: string, outgoing: readonly Outgoing[] = []): Promise<Kept<T>> {
    return this.write('replace', outgoing, async () => {
      const now = this.unconditional ? (await this.inner.get(document.id))?.version : undefined;
      return this.inner.replace(document, now ?? version, outgoing);
    });
  }
  private async write<R>(what: string, outgoing: readonly Outgoing[], run: () => Promise<R>): Promise<R> {
    if (this.effects.dies(`before ${what}`)) throw new Crash(`before ${what}`);
    await this.effects.between();
    const result = await run();
    this.effects.saved(outgoing);
    if (this.effects.dies(`after ${what}`)) throw new Crash(`after ${what}`);
    return result;
  }
  get(id: string): Promise<Kept<T> | undefined> {
    return this.inner.get(id);
  }
  remove(id: string, version: string): Promise<void> {
    return this.inner.remove(id, version);
  }
  find(query: Query): Promise<Page<T>> {
    return this.inner.find(query);
  }
  values(...asked: Parameters<Collection<T>['values']>): ReturnType<Collection<T>['values']> {
    return this.inner.values(...asked);
  }
  count(filter?: Filter): Promise<number> {
    return this.inner.count(filter);
  }
  tally(by: readonly string[], filter?: Filter): ReturnType<Collection<T>['tally']> {
    return this.inner.tally(by, filter);
  }
  pending(limit: number): Promise<readonly Outgoing[]> {
    return this.inner.pending(limit);
  }
  async settle(ids: readonly string[]): Promise<void> {
    if (this.effects.dies('before settle')) throw new Crash('before settle');
    await this.inner.settle(ids);
  }
  onOutgoing(listener: () => void): () => void {
    return this.inner.onOutgoing(listener);
  }
}

/** Rule 22 switched off: links are removed from the document first and put into the history afterwards. */
export class HistoryAfterwards<T extends Document> extends StoreOfProcess<T> {
  private waiting: T[] = [];
  override async insert(document: T): Promise<Kept<T>> {
    this.waiting.push(document);
    return { document, version: '' };
  }
  /** The document was saved without them: now they may be kept, if the process lives. */
  async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    for (const document of waiting) {
      if (this.effects.dies('before history')) throw new Crash('before history');
      if (!(await this.inner.get(document.id))) await this.inner.insert(document);
    }
  }
}
