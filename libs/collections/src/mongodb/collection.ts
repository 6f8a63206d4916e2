import { randomUUID } from 'node:crypto';
import type { Model, mongo } from 'mongoose';
import { readCursor, upTo, writeCursor } from '../cursor';
import type { Shape } from '../definition';
import { readField, written } from '../document';
import { checkFields, checkFilter, checkLimit, checkPage } from '../filter';
import type { Listeners } from '../listeners';
import { Duplicate, TooLarge, VersionConflict } from '../port';
import type {
  Collection,
  CollectionDefinition,
  Document,
  Filter,
  Kept,
  Outgoing,
  Page,
  Query,
  Scalar,
  ValuesPage,
  ValuesQuery,
} from '../port';
import { fromText, toText } from '../text';
import { duplicateOf } from './connection';
import type { Layouts } from './layout';
import type { Places } from './places';
import {
  columnsOf,
  fieldKey,
  fromStored,
  waitingFrom,
  type Layout,
  type Shown,
  type Stored,
  type Waiting,
} from './record';
import { beyond, both, conditionsOf } from './where';

/** What a collection needs of its database. */
export interface MongoAccess {
  readonly layouts: Layouts;
  readonly places: Places;
  readonly listeners: Listeners;
  /** Throws what went wrong as the port names it, `Unavailable` when the answer does not come. */
  run<R>(work: () => Promise<R>): Promise<R>;
}

/** MongoDB takes 16 MiB; the rest is for what stands beside the text. What is larger is not even sent. */
const LARGEST_BYTES = 15_000_000;

/** A document as it is about to be saved. */
interface Save {
  readonly version: string;
  readonly record: { readonly _id: string; readonly body: string };
  readonly copy: Document;
  readonly waiting: readonly Waiting[];
}

export class MongoCollection<T extends Document> implements Collection<T> {
  /** Written as it was built: there is nothing to cast, and other versions' layouts may have keys that ours has not. */
  private readonly records: mongo.Collection<Stored>;

  constructor(
    readonly definition: CollectionDefinition,
    private readonly shape: Shape,
    private readonly access: MongoAccess,
    /** Read by conditions that its schema checks a second time. */
    private readonly model: Model<Shown>,
  ) {
    this.records = access.layouts.records(shape.name);
  }

  async insert(document: T, outgoing: readonly Outgoing[] = []): Promise<Kept<T>> {
    const { save, copy } = this.prepare(document, outgoing);
    await this.save(save, (layout) => this.insertBy(layout, save));
    return { document: copy, version: save.version };
  }

  async get(id: string): Promise<Kept<T> | undefined> {
    // By nothing but the id, which is the quickest that MongoDB has; one without a version was removed.
    const record = await this.access.run(() => this.model.findOne({ _id: toText(id) }, SHOWN).lean());
    return record?.version === undefined ? undefined : kept<T>(record);
  }

  async replace(document: T, version: string, outgoing: readonly Outgoing[] = []): Promise<Kept<T>> {
    const { save, copy } = this.prepare(document, outgoing);
    await this.save(save, (layout) => this.replaceBy(layout, save, version));
    return { document: copy, version: save.version };
  }

  async remove(id: string, version: string): Promise<void> {
    const at = { _id: toText(id), version };
    const leave = [{ $replaceWith: { _id: '$_id', outgoing: '$outgoing', gone: true } }];
    await this.access.run(async () => {
      for (;;) {
        const removed = await this.records.deleteOne({ ...at, outgoing: { $exists: false } });
        if (removed.deletedCount === 1) return;
        const left = await this.records.updateOne({ ...at, outgoing: { $exists: true } }, leave);
        if (left.matchedCount === 1) return;
        // Its messages may have been settled between the two; then once more.
        if ((await this.now(at._id))?.version !== version) throw new VersionConflict(id);
      }
    });
  }

  async find(query: Query): Promise<Page<T>> {
    checkPage(this.shape, query);
    const { sort, limit, after } = query;
    const parts = [conditionsOf(checkFilter(this.shape, query.filter))];
    if (after !== undefined) parts.push(beyond(sort, readCursor(this.shape, sort, after)));
    const order = sort?.order === 'descending' ? -1 : 1;
    const found = this.model
      .find(both(parts), SHOWN)
      .sort({ ...(sort !== undefined && { [fieldKey(sort.by)]: order }), _id: order })
      // One more than asked for tells whether there is a next page.
      .limit(limit + 1)
      .lean();
    const records = await this.access.run(() => found.exec());
    const items = records.slice(0, limit).map((record) => kept<T>(record));
    const last = items.at(-1);
    if (records.length <= limit || last === undefined) return { items };
    const value = sort === undefined ? null : readField(last.document, sort.by);
    return { items, next: writeCursor(this.shape, sort, { value, id: last.document.id }) };
  }

  async values(paths: readonly string[], query: ValuesQuery): Promise<ValuesPage> {
    checkLimit(query);
    checkFields(this.shape, paths);
    const { limit, after } = query;
    const parts = [conditionsOf(checkFilter(this.shape, query.filter))];
    if (after !== undefined) parts.push({ _id: { $gt: toText(after) } });
    const shown = Object.fromEntries(paths.map((path) => [fieldKey(path), 1 as const]));
    const found = this.model
      .find(both(parts), { _id: 1, ...shown })
      .sort({ _id: 1 })
      .limit(limit + 1)
      .lean<readonly Stored[]>();
    const records = await this.access.run(() => found.exec());
    const valuesOf = (record: Stored) => paths.map((path) => fromStored(record[fieldKey(path)]));
    const items = records.map((record) => ({ id: fromText(record._id), values: valuesOf(record) }));
    return upTo(limit, items);
  }

  async count(filter?: Filter): Promise<number> {
    const conditions = conditionsOf(checkFilter(this.shape, filter));
    return this.access.run(() => this.model.countDocuments(conditions).exec());
  }

  async tally(by: readonly string[], filter?: Filter): Promise<{ values: readonly Scalar[]; count: number }[]> {
    checkFields(this.shape, by);
    const conditions = conditionsOf(checkFilter(this.shape, filter));
    const values = Object.fromEntries(by.map((path, nth) => [`v${nth}`, `$${fieldKey(path)}`]));
    const order = Object.fromEntries(by.map((_, nth) => [`_id.v${nth}`, 1 as const]));
    const groups = await this.access.run(() =>
      this.model
        .aggregate<{ _id: Readonly<Record<string, unknown>>; count: number }>([
          { $match: conditions },
          { $group: { _id: values, count: { $sum: 1 } } },
          ...(by.length > 0 ? [{ $sort: order }] : []),
        ])
        .exec(),
    );
    return groups.map(({ _id, count }) => ({ values: by.map((_, nth) => fromStored(_id[`v${nth}`])), count }));
  }

  async pending(limit: number): Promise<Outgoing[]> {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError('limit must be a whole number from 1');
    // Each brings at least one message, so these hold the oldest.
    const records = await this.access.run(() =>
      this.records
        .find({ 'outgoing.place': { $exists: true } }, { projection: { outgoing: 1 } })
        .sort({ 'outgoing.place': 1 })
        .limit(limit)
        .toArray(),
    );
    const messages = records.flatMap(({ outgoing = [] }) => inTheirOrder(outgoing));
    messages.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
    return messages.slice(0, limit).map(({ message }) => JSON.parse(message) as Outgoing);
  }

  async settle(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const settled = ids.map(toText);
    const holding = { 'outgoing.id': { $in: settled } };
    const rest = {
      $filter: { input: '$outgoing', cond: { $not: [{ $in: ['$$this.id', { $literal: settled }] }] } },
    };
    await this.access.run(async () => {
      // First what only waited for this, so that nobody else need ever look for it.
      await this.records.deleteMany({
        ...holding,
        gone: true,
        outgoing: { $not: { $elemMatch: { id: { $nin: settled } } } },
      });
      await this.records.updateMany(holding, [
        { $set: { outgoing: rest } },
        { $set: { outgoing: { $cond: [{ $eq: ['$outgoing', []] }, '$$REMOVE', '$outgoing'] } } },
      ]);
    });
  }

  onOutgoing(listener: () => void): () => void {
    return this.access.listeners.listen(this.shape.name, listener);
  }

  /** Everything that is decided at the call, its place in the order of saves before all. */
  private prepare(document: T, outgoing: readonly Outgoing[]): { readonly save: Save; readonly copy: T } {
    const { body, copy } = written(document);
    const waiting = waitingFrom(outgoing, this.access.places.next());
    const bytes = [body, ...waiting.map(({ message }) => message)].reduce(
      (sum, text) => sum + Buffer.byteLength(text),
      0,
    );
    if (bytes > LARGEST_BYTES) throw new TooLarge();
    return { save: { version: randomUUID(), record: { _id: toText(copy.id), body }, copy, waiting }, copy };
  }

  private async save(save: Save, work: (layout: Layout) => Promise<void>): Promise<void> {
    await this.access.run(() => this.access.layouts.save(this.shape.name, work));
    if (save.waiting.length > 0) this.access.listeners.announce(this.shape.name);
  }

  private async insertBy(layout: Layout, { record, version, copy, waiting }: Save): Promise<void> {
    const { columns } = columnsOf(layout, copy);
    const outgoing = waiting.length > 0 && { outgoing: waiting };
    for (;;) {
      try {
        await this.records.insertOne({ ...record, version, ...columns, ...outgoing });
        return;
      } catch (error) {
        const duplicate = duplicateOf(error);
        if (duplicate === undefined) throw error;
        const held = await this.now(record._id);
        // It is ours: the driver sent it again because an answer was lost.
        if (held?.version === version) return;
        if (duplicate.path !== 'id' || held?.version !== undefined)
          throw new Duplicate(duplicate.path, duplicate.path === 'id' ? copy.id : duplicate.value);
        // The id is free, but messages of the document that had it wait in its record: ours come behind them.
        const { _id, ...rest } = record;
        const { matchedCount } = await this.records.updateOne(
          { _id, gone: true },
          { $set: { ...rest, version, ...columns }, $unset: { gone: '' }, ...pushed(waiting) },
        );
        if (matchedCount === 1) return;
      }
    }
  }

  private async replaceBy(
    layout: Layout,
    { record: { _id, body }, version, copy, waiting }: Save,
    before: string,
  ): Promise<void> {
    const { columns, absent } = columnsOf(layout, copy);
    const ids = waiting.map(({ id }) => id);
    const free = ids.length > 0 && { 'outgoing.id': { $nin: ids } };
    for (;;) {
      const { matchedCount } = await this.records.updateOne(
        { _id, version: before, ...free },
        {
          $set: { version, body, ...columns },
          ...(Object.keys(absent).length > 0 && { $unset: absent }),
          ...pushed(waiting),
        },
      );
      if (matchedCount === 1) return;
      const held = await this.now(_id);
      if (held?.version === version) return;
      if (held?.version !== before) throw new VersionConflict(copy.id);
      // An index does not see that a document's own message waits twice.
      const twice = ids.find((id) => held.outgoing?.some((one) => one.id === id));
      if (twice !== undefined) throw new Duplicate('outgoing', twice);
    }
  }

  /** What stands there at this moment; whoever reads after us reads it or something newer. */
  private now(id: string): Promise<Pick<Stored, 'version' | 'outgoing'> | null> {
    return this.records.findOne(
      { _id: id },
      { projection: { version: 1, 'outgoing.id': 1 }, readConcern: { level: 'linearizable' } },
    );
  }
}

const SHOWN = { version: 1, body: 1 } as const;

const pushed = (waiting: readonly Waiting[]) => waiting.length > 0 && { $push: { outgoing: { $each: [...waiting] } } };

/** Within a document the list decides, though the clock of the process that saved later is behind. */
function inTheirOrder(outgoing: readonly Waiting[]): Waiting[] {
  let latest = '';
  return outgoing.map((one) => {
    if (one.place > latest) latest = one.place;
    return { ...one, place: latest };
  });
}

function kept<T>({ version = '', body = '' }: Shown): Kept<T> {
  return { document: JSON.parse(body) as T, version };
}
