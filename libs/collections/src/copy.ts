import { backup, DatabaseSync } from 'node:sqlite';

/** Copies a SQLite file that others may be writing: the copy is of one moment. Never copy the file itself beside its `-wal`. */
export async function copySqlite(file: string, to: string): Promise<void> {
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(source, to);
  } finally {
    source.close();
  }
}
