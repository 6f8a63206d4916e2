import type { DatabaseSync } from 'node:sqlite';
import { isCollectionName, shapeOf } from './definition';
import { Listeners } from './listeners';
import { Unavailable } from './port';
import type { Collection, CollectionDefinition, Database, Document } from './port';
import { SqliteCollection, type Access } from './sqlite/collection';
import { Commits } from './sqlite/commits';
import { connect, Statements, whileBusy, type Durability, type SqliteOptions } from './sqlite/connection';
import { createLayout, dropLayout } from './sqlite/layout';

/** The embedded engine: one file, which any number of processes on this machine may open. Throws `Unavailable`. */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
  return new SqliteDatabase(await whileBusy(() => connect(options)), options.durability);
}

/** All collections of a database share its one connection, and with it each group of saves its one fsync. */
export class SqliteDatabase implements Database {
  private readonly statements: Statements;
  private readonly commits: Commits;
  private readonly listeners = new Listeners();
  private closing: Promise<void> | undefined;

  constructor(connection: DatabaseSync, durability: Durability = 'full') {
    this.statements = new Statements(connection);
    this.commits = new Commits(this.statements, durability);
  }

  async collection<T extends Document>(definition: CollectionDefinition): Promise<Collection<T>> {
    const shape = shapeOf(definition);
    await this.write(shape.name, () => createLayout(this.statements, shape));
    const access: Access = {
      statements: this.statements,
      read: (work) => this.read(work),
      write: (work, how) => this.write(shape.name, work, how),
      listeners: this.listeners,
    };
    return new SqliteCollection<T>(definition, shape, access);
  }

  async drop(name: string): Promise<void> {
    if (!isCollectionName(name)) throw new TypeError(`not a name for a collection: ${name}`);
    await this.write(name, () => dropLayout(this.statements, name));
  }

  async ping(): Promise<void> {
    await this.read(() => this.statements.get('PRAGMA schema_version'));
  }

  /** What was begun is finished first. */
  async close(): Promise<void> {
    this.closing ??= this.commits.quiet().then(() => this.statements.connection.close());
    return this.closing;
  }

  private async read<R>(work: () => R): Promise<R> {
    this.checkOpen();
    return whileBusy(() => {
      this.checkOpen();
      return work();
    });
  }

  private async write<R>(collection: string, work: () => R, how?: { readonly durable: boolean }): Promise<R> {
    this.checkOpen();
    return this.commits.submit(collection, work, how);
  }

  private checkOpen(): void {
    if (this.closing !== undefined) throw new Unavailable(new Error('it is closed'));
  }
}
