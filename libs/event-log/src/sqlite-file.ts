import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { LogUnavailable } from './port';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS topics(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, days INTEGER NOT NULL
) STRICT;
-- The offset of a record is its place in the whole file: never used twice (AUTOINCREMENT), also after retention emptied the table.
CREATE TABLE IF NOT EXISTS records(
  offset INTEGER PRIMARY KEY AUTOINCREMENT, topic INTEGER NOT NULL, partition INTEGER NOT NULL,
  time TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, value TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS records_in_order ON records(topic, partition, offset);
CREATE TABLE IF NOT EXISTS commits(
  grp TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL,
  next INTEGER NOT NULL, owner TEXT NOT NULL, generation TEXT NOT NULL, PRIMARY KEY(grp, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS letters(
  id INTEGER PRIMARY KEY AUTOINCREMENT, grp TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL,
  offset INTEGER NOT NULL, time TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, value TEXT NOT NULL,
  reason TEXT NOT NULL, parked INTEGER NOT NULL, buried TEXT NOT NULL, requested INTEGER NOT NULL DEFAULT 0,
  UNIQUE(grp, topic, partition, offset)
) STRICT;
CREATE INDEX IF NOT EXISTS letters_of_key ON letters(grp, topic, partition, key, offset);
CREATE INDEX IF NOT EXISTS letters_requested ON letters(grp) WHERE requested = 1;
`;

/** How long a write waits for another process's. */
const BUSY_MILLISECONDS = 5000;

export type Row = Record<string, SQLOutputValue>;

/** The file of a log: opening, transactions, and the few values every part of the adapter needs. */
export class LogFile {
  private durable = true;
  private readonly versions;

  private constructor(
    private readonly path: string,
    readonly database: DatabaseSync,
    /** Made with the file. */
    readonly generation: string,
  ) {
    this.versions = database.prepare('PRAGMA data_version');
  }

  static async open(file: string): Promise<LogFile> {
    // Two processes that make the same file at once: SQLite does not wait for the switch to WAL, so we do.
    for (let tries = 1; ; tries++) {
      try {
        return this.attempt(file);
      } catch (error) {
        if (tries === 50) throw new LogUnavailable(error);
        await pause(20);
      }
    }
  }

  private static attempt(file: string): LogFile {
    const database = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      database.exec('BEGIN IMMEDIATE');
      database.exec(SCHEMA);
      database
        .prepare(`INSERT INTO about(name, value) VALUES ('generation', ?) ON CONFLICT DO NOTHING`)
        .run(randomBytes(12).toString('hex'));
      const generation = database.prepare(`SELECT value FROM about WHERE name = 'generation'`).get();
      database.exec('COMMIT');
      return new LogFile(file, database, string(generation, 'value'));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /**
   * One transaction. Only a durable one waits for the disk. The others (offsets, letters) are lost by a power cut at most
   * together, in order, and what they said is then found out again by delivering again.
   */
  write<T>(work: () => T, { durable }: { readonly durable: boolean }): T {
    const { database } = this;
    try {
      if (durable !== this.durable) database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
      this.durable = durable;
      database.exec('BEGIN IMMEDIATE');
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw new LogUnavailable(error);
    }
  }

  /** Differs after another connection has written. */
  version(): number {
    return number(this.versions.get(), 'data_version');
  }

  /**
   * Calls back soon after any connection, this one too, may have written; or not at all, where the system cannot tell
   * (file systems over a network, no watch left to give).
   */
  watch(onWrite: () => void): { close(): void } {
    try {
      const watcher = watch(`${this.path}-wal`, { persistent: false }, onWrite);
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return { close: () => undefined };
    }
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}

export function string(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw new TypeError(`${column} of the log's file is not a string`);
  return value;
}

export function number(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw new TypeError(`${column} of the log's file is not a number`);
  return value;
}
