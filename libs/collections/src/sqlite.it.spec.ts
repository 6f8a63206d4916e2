import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectionContract, type Opened } from './contract-suite';
import { openSqlite } from './sqlite';

async function openInFile(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'collections-'));
  const file = join(folder, 'province', 'cases.db');
  let database = await openSqlite({ file });
  return {
    database,
    reopen: async () => {
      await database.close();
      database = await openSqlite({ file });
      return database;
    },
    dispose: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openInMemory(): Promise<Opened> {
  const database = await openSqlite({ file: ':memory:' });
  return { database, dispose: () => database.close() };
}

collectionContract('SQLite in a file', openInFile);
collectionContract('SQLite in memory', openInMemory);
