import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MovableClock } from '@chuanyu/reference';
import { recorder } from './contract/harness';
import { openSqliteLog } from './sqlite';
import type { EventLog } from './port';

/** A file of its own for each test, and the logs opened on it. */
export class SqliteBench {
  readonly topic = 'prison.events';
  readonly clock = new MovableClock();
  private readonly opened: EventLog[] = [];

  private constructor(
    readonly folder: string,
    readonly file: string,
  ) {}

  static async make(): Promise<SqliteBench> {
    const folder = await mkdtemp(join(tmpdir(), 'log-'));
    return new SqliteBench(folder, join(folder, 'log.sqlite'));
  }

  async open({ pollMilliseconds = 10, watch = true, file = this.file } = {}): Promise<EventLog> {
    const log = await openSqliteLog({ file, clock: this.clock, pollMilliseconds, watch });
    this.opened.push(log);
    return log;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((log) => log.close()));
  }

  async end(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Straight into the file, as no program of ours does. */
  tamper(sql: string, ...values: readonly string[]): void {
    const database = new DatabaseSync(this.file);
    database.prepare(sql).run(...values);
    database.close();
  }

  append(log: EventLog, ...values: readonly unknown[]): Promise<void> {
    return log.append(values.map((value) => ({ topic: this.topic, key: 'a', value })));
  }

  async subscribe(log: EventLog, then: Parameters<typeof recorder>[0] = () => undefined, group = 'g') {
    const { seen, handle } = recorder(then);
    return { seen, running: await log.subscribe({ group, topics: [this.topic], from: 'beginning', handle }) };
  }
}
