import { answerOf, within } from '@chuanyu/contracts';
import { Schema, type Connection, type Model, type mongo } from 'mongoose';
import { isCollectionName, shapeOf, type Shape } from '../definition';
import { Listeners } from '../listeners';
import { MongoCollection, type MongoAccess } from './collection';
import { connect, portError, WAIT_MILLISECONDS, type MongoDbOptions } from './connection';
import { collectionOf, Layouts } from './layout';
import { Places } from './places';
import { fieldKey, setKey, type Shown } from './record';
import { Unavailable, type Collection, type CollectionDefinition, type Database, type Document } from '../port';

export type { MongoDbOptions } from './connection';

/** The distributed engine: one database of a MongoDB, which any number of processes anywhere may open. */
export async function openMongoDb(options: MongoDbOptions): Promise<Database> {
  const { connection, database } = await connect(options);
  return new MongoDatabase(connection, database, options.waitMilliseconds ?? WAIT_MILLISECONDS);
}

/** Over a connection that its maker watches or disturbs. */
export class MongoDatabase implements Database {
  private readonly layouts: Layouts;
  private readonly access: MongoAccess;
  private readonly begun = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly database: mongo.Db,
    private readonly waitMilliseconds: number,
  ) {
    this.layouts = new Layouts(database);
    this.access = {
      layouts: this.layouts,
      places: new Places(),
      listeners: new Listeners(),
      run: (work) => answerOf(within(this.waitMilliseconds, this.run(work), () => this.noAnswer())),
    };
  }

  async collection<T extends Document>(definition: CollectionDefinition): Promise<Collection<T>> {
    const shape = shapeOf(definition);
    // Not within a time: many documents take long to fill, and an index to make.
    await this.run(() => this.layouts.open(shape));
    return new MongoCollection<T>(definition, shape, this.access, this.modelOf(shape));
  }

  async drop(name: string): Promise<void> {
    if (!isCollectionName(name)) throw new TypeError(`not a name for a collection: ${name}`);
    await this.access.run(() => this.layouts.drop(name));
  }

  async ping(): Promise<void> {
    await this.access.run(() => this.database.command({ ping: 1 }));
  }

  /** What was begun is finished first. */
  async close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.begun).then(() => this.connection.destroy());
    return this.closing;
  }

  private noAnswer(): never {
    throw new Unavailable(new Error(`no answer within ${this.waitMilliseconds} ms`));
  }

  private async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.closing !== undefined) throw new Unavailable(new Error('it is closed'));
    const running = work();
    this.begun.add(running);
    try {
      return await running;
    } catch (error) {
      throw portError(error);
    } finally {
      this.begun.delete(running);
    }
  }

  /** Only what is declared may be asked, and nothing is made as a side effect of asking. */
  private modelOf({ name, fields, sets }: Shape): Model<Shown> {
    const schema = new Schema<Shown>(
      {
        _id: String,
        version: String,
        body: String,
        ...Object.fromEntries([...fields].map((path) => [fieldKey(path), Schema.Types.Mixed])),
        ...Object.fromEntries([...sets.keys()].map((path) => [setKey(path), [String]])),
      },
      { strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false, autoCreate: false },
    );
    return this.connection.model<Shown>(name, schema, collectionOf(name), { overwriteModels: true });
  }
}
