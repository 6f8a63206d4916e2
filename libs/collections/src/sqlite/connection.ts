import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { Unavailable } from '../port';

export type Durability = 'full' | 'normal';
/** What SQLite calls it. Beside a write-ahead log, FULL waits for the disk at each commit. */
export const synchronous = (durability: Durability): string => (durability === 'full' ? 'FULL' : 'NORMAL');

export interface SqliteOptions {
  /** A path (its folder is made where missing), or `:memory:`. */
  readonly file: string;
  /** `full` (unless said): an acknowledged save survives a power cut. `normal`: it survives the death of the process only. */
  readonly durability?: Durability;
}
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** SQLite sleeps in our only thread while it waits for another process, so it may do so shortly; the rest is waited for outside. */
const BUSY_MILLISECONDS = 50;
const PAUSE_MILLISECONDS = 20;
/** Together about five seconds. */
const ATTEMPTS = 80;
/** Statements differ by their combination of conditions, not by values: a service has some dozens. */
const STATEMENTS = 400;

export function connect({ file, durability = 'full' }: SqliteOptions): DatabaseSync {
  if (file !== ':memory:') makeFolder(dirname(file));
  const connection = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS });
  try {
    connection.exec('PRAGMA journal_mode = WAL');
    connection.exec(`PRAGMA synchronous = ${synchronous(durability)}`);
    connection.exec('PRAGMA cache_size = -8000');
    // A page that is changed often is then written to the file once for many saves.
    connection.exec('PRAGMA wal_autocheckpoint = 4000');
    connection.exec('PRAGMA journal_size_limit = 67108864');
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new Unavailable(error);
  }
}

/** Prepared once, used often; the least recently used one makes room. */
export class Statements {
  private readonly prepared = new Map<string, StatementSync>();

  constructor(readonly connection: DatabaseSync) {}

  all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.of(sql).all(...values);
  }
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.of(sql).get(...values);
  }
  run(sql: string, ...values: readonly SQLInputValue[]): { readonly changes: number; readonly row: number } {
    const { changes, lastInsertRowid } = this.of(sql).run(...values);
    return { changes: Number(changes), row: Number(lastInsertRowid) };
  }

  private of(sql: string): StatementSync {
    const found = this.prepared.get(sql);
    if (found !== undefined) this.prepared.delete(sql);
    const statement = found ?? this.connection.prepare(sql);
    this.prepared.set(sql, statement);
    if (this.prepared.size > STATEMENTS) {
      for (const oldest of this.prepared.keys()) {
        this.prepared.delete(oldest);
        break;
      }
    }
    return statement;
  }
}

/** Tries again while another process holds the file; what else goes wrong is thrown as the port names it. */
export async function whileBusy<R>(work: () => R): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (!BUSY.has(primaryCode(error)) || attempt === ATTEMPTS) throw portError(error);
    }
    // At random, or two processes that met once would meet again.
    await setTimeout(PAUSE_MILLISECONDS * Math.random());
  }
}

const BUSY = new Set<number | undefined>([5, 6]);
const CONSTRAINT = 19;
/** PERM BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT FULL CANTOPEN PROTOCOL AUTH NOTADB: the place, not the question, is at fault. */
const UNAVAILABLE = new Set<number | undefined>([3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 23, 26]);

/** `Unavailable` for what the place is to blame for; every other error as it is. */
export function portError(error: unknown): unknown {
  return UNAVAILABLE.has(primaryCode(error)) ? new Unavailable(error) : error;
}

export function isConstraint(error: unknown): boolean {
  return primaryCode(error) === CONSTRAINT;
}

/** The low byte is SQLite's result code, the rest its details. By shape, since errors of Node's own may come from another realm. */
function primaryCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
