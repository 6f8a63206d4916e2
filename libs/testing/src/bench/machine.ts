import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type as system } from 'node:os';
import { join } from 'node:path';
import { realTime } from '@chuanyu/reference';
import { KAFKA_VERSION } from '../engines';
import type { EngineName } from './row';

const root = join(__dirname, '../../../..');

/** Versions of packages are read where they lie, since their own code need not say them. */
const versionOf = (name: string): string => {
  const read: unknown = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : '?';
};

/** What a figure depends on beside the code. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  readonly kafka: string | null;
  readonly kafkajs: string;
  readonly nest: string;
  /** Of the last 1, 5 and 15 minutes, before the first row and after the last. */
  readonly load: readonly [readonly number[], readonly number[]];
}
export const loadNow = (): readonly number[] => loadavg().map((load) => Math.round(load * 100) / 100);
export const machine = (engines: readonly EngineName[], loadBefore: readonly number[]): Machine => ({
  date: realTime.now().slice(0, 16),
  processor: cpus()[0]?.model.trim() ?? '?',
  cores: cpus().length,
  memory: Math.round(totalmem() / 2 ** 30),
  system: `${system()} ${release()} ${arch()}`,
  node: process.version,
  kafka: engines.includes('kafka') ? KAFKA_VERSION : null,
  kafkajs: versionOf('kafkajs'),
  nest: versionOf('@nestjs/core'),
  load: [loadBefore, loadNow()],
});
