import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';
import type { Shape } from '../definition';
import type { Document } from '../port';
import { duplicateOf } from './connection';
import { columnsOf, fieldKey, setKey, type Layout, type Stored } from './record';

/** How long a process may save by the layout that it read. A newer version that adds to it waits as long. */
const LEASE_MILLISECONDS = 1000;
/** Documents that are filled at a time. */
const BATCH = 500;
const indexOf = (paths: readonly string[]): string => `by ${paths.join(',')}`;
const INDEX_NOT_FOUND = 27;
const INDEX_CONFLICT = new Set<unknown>([85, 86]);

interface KeptLayout extends Layout {
  readonly _id: string;
  /** The token of the layout for which every record is filled. */
  readonly filled: string;
}
interface Lease {
  readonly layout: Promise<Layout>;
  readonly until: number;
}

/** MongoDB keeps `system.` for itself; no collection of ours begins with `_` otherwise. */
export const collectionOf = (name: string): string => (name.startsWith('system.') ? `_${name}` : name);

/**
 * What each collection's records are to be filled with, kept beside them. It can be more than this process declares:
 * while an old and a new version run side by side, both fill what both declare, or the other's index would lie.
 */
export class Layouts {
  private readonly leases = new Map<string, Lease>();
  private readonly kept: mongo.Collection<KeptLayout>;

  constructor(private readonly database: mongo.Db) {
    this.kept = database.collection('_layouts');
  }

  records(name: string): mongo.Collection<Stored> {
    return this.database.collection(collectionOf(name));
  }

  /** Adds what the shape names and is missing, fills it from the documents, and makes the indexes. */
  async open(shape: Shape): Promise<void> {
    const layout = await this.extend(shape);
    if (layout.filled !== layout.token) {
      // By then every process saves by the new layout.
      await pause(LEASE_MILLISECONDS);
      await this.fill(shape.name, layout);
    }
    await this.makeIndexes(shape);
  }

  /** Saves by the present layout. */
  async save<R>(name: string, work: (layout: Layout) => Promise<R>): Promise<R> {
    const lease = this.lease(name);
    const layout = await lease.layout;
    const result = await work(layout);
    if (performance.now() > lease.until) await this.catchUp(name, layout);
    return result;
  }

  async drop(name: string): Promise<void> {
    // In this order: records without a layout would be taken for filled ones.
    await this.records(name).drop();
    await this.kept.deleteOne({ _id: name });
    this.leases.delete(name);
  }

  /** A save that took longer than its lease may have missed a new layout, and the filling after it. */
  private async catchUp(name: string, saved: Layout): Promise<void> {
    const layout = await this.lease(name).layout;
    if (layout.token !== saved.token) await this.fill(name, layout);
  }

  private lease(name: string): Lease {
    const known = this.leases.get(name);
    if (known !== undefined && performance.now() < known.until) return known;
    // From before the question: the answer may be older than it looks.
    const lease = { until: performance.now() + LEASE_MILLISECONDS, layout: this.read(name) };
    this.leases.set(name, lease);
    lease.layout.catch(() => this.leases.get(name) === lease && this.leases.delete(name));
    return lease;
  }

  private async read(name: string): Promise<Layout> {
    const layout = await this.kept.findOne({ _id: name });
    if (layout === null) throw new Error(`the collection ${name} was dropped`);
    return layout;
  }

  private async extend({ name, fields, sets }: Shape): Promise<KeptLayout> {
    for (;;) {
      const before = await this.kept.findOne({ _id: name });
      const wanted = {
        token: randomUUID(),
        fields: [...new Set([...(before?.fields ?? []), ...fields])],
        sets: [...new Set([...(before?.sets ?? []), ...sets.keys()])],
      };
      if (before === null) {
        const made = { _id: name, ...wanted, filled: wanted.token };
        if (await this.inserted(made)) return this.use(made);
      } else if (wanted.fields.length + wanted.sets.length === before.fields.length + before.sets.length) {
        return before;
      } else {
        const { matchedCount } = await this.kept.updateOne({ _id: name, token: before.token }, { $set: wanted });
        if (matchedCount === 1) return this.use({ ...before, ...wanted });
      }
    }
  }

  private async inserted(layout: KeptLayout): Promise<boolean> {
    try {
      await this.kept.insertOne(layout);
      return true;
    } catch (error) {
      if (duplicateOf(error) === undefined) throw error;
      return false;
    }
  }

  private use(layout: KeptLayout): KeptLayout {
    this.leases.delete(layout._id);
    return layout;
  }

  /** Each at the version that was read; whoever saves meanwhile fills it himself. */
  private async fill(name: string, layout: Layout): Promise<void> {
    const behind = { version: { $exists: true }, layout: { $ne: layout.token } } as const;
    for (;;) {
      const records = await this.records(name)
        .find(behind, { projection: { version: 1, body: 1 } })
        .limit(BATCH)
        .toArray();
      if (records.length === 0) break;
      const updates = records.map(({ _id, version = '', body = '{}' }) => {
        const { columns, absent } = columnsOf(layout, JSON.parse(body) as Document);
        return { updateOne: { filter: { _id, version }, update: { $set: columns, $unset: absent } } };
      });
      await this.records(name).bulkWrite(updates, { ordered: false });
    }
    await this.kept.updateOne({ _id: name, token: layout.token }, { $set: { filled: layout.token } });
  }

  private async makeIndexes(shape: Shape): Promise<void> {
    const records = this.records(shape.name);
    await records.createIndexes([
      // A message waits once; and those that wait are found, oldest first, however many documents there are.
      { key: { 'outgoing.id': 1 }, name: 'outgoing ids', unique: true, sparse: true },
      { key: { 'outgoing.place': 1 }, name: 'outgoing places', sparse: true },
      ...shape.indexes.map((paths) => ({
        key: Object.fromEntries([...paths.map((path) => [fieldKey(path), 1] as const), ['_id', 1]]),
        name: indexOf(paths),
      })),
    ]);
    for (const path of shape.unindexed) await this.dropIndex(records, indexOf([path]));
    for (const [path, { unique }] of shape.sets) await this.makeSetIndex(records, path, unique);
  }

  /** Of an earlier version, where it is there. */
  private async dropIndex(records: mongo.Collection<Stored>, name: string): Promise<void> {
    try {
      await records.dropIndex(name);
    } catch (error) {
      if (!(error instanceof mongo.MongoServerError) || error.code !== INDEX_NOT_FOUND) throw error;
    }
  }

  private async makeSetIndex(records: mongo.Collection<Stored>, path: string, unique: boolean): Promise<void> {
    const name = `set ${path}`;
    const make = (asUnique: boolean) =>
      records.createIndexes([{ key: { [setKey(path)]: 1 }, name, sparse: true, ...(asUnique && { unique: true }) }]);
    try {
      await make(unique);
    } catch (error) {
      if (!(error instanceof mongo.MongoServerError) || !INDEX_CONFLICT.has(error.code)) throw error;
      // It is there, but was not unique (or was): two indexes on one key cannot stand side by side.
      await records.dropIndex(name);
      try {
        await make(unique);
      } catch (shared) {
        await make(!unique);
        throw shared;
      }
    }
  }
}
