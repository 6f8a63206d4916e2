import { DatabaseSync } from 'node:sqlite';

export interface BareMessage {
  readonly key: string;
  readonly value: string;
}

/** One table of SQLite, as durable as the embedded engine: what rows on it are measured against. */
export class BareSqlite {
  private readonly database: DatabaseSync;
  constructor(file: string) {
    this.database = new DatabaseSync(file);
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.database.exec(
      'CREATE TABLE IF NOT EXISTS records(offset INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, value TEXT NOT NULL) STRICT',
    );
  }

  /** All of them in one transaction, on the disk when it returns. */
  insert(messages: readonly BareMessage[]): void {
    const insert = this.database.prepare('INSERT INTO records(key, value) VALUES (?, ?)');
    this.database.exec('BEGIN IMMEDIATE');
    for (const { key, value } of messages) insert.run(key, value);
    this.database.exec('COMMIT');
  }
  /** Values from an offset on, in order. */
  *read(limit = 500): Generator<string> {
    const select = this.database.prepare('SELECT offset, value FROM records WHERE offset > ? ORDER BY offset LIMIT ?');
    for (let offset = 0; ;) {
      const rows = select.all(offset, limit);
      for (const row of rows) yield String(row['value']);
      if (rows.length < limit) return;
      offset = Number(rows.at(-1)?.['offset']);
    }
  }
  close(): void {
    this.database.close();
  }
}
