import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isHash, Measured } from './measured';
import { NoSuchFile, type FileStore, type Judge, type KeptFile, type ReadContent } from './port';

/** What a process that was killed left half written goes after a day, by the folder's own clock. */
const DAY = 86_400_000;

/**
 * Contents as files of a folder, `ab/cd/abcd…`: written beside under a name of no content, synced, then renamed, so that
 * whatever stands under a hash is whole. Several processes may use one folder.
 */
class Folder implements FileStore {
  constructor(private readonly path: string) {}

  async put(content: Readable, limit: number, judge?: Judge): Promise<KeptFile> {
    const part = join(this.path, PARTS, randomUUID());
    const measured = new Measured(limit);
    try {
      await pipeline(content, measured, createWriteStream(part, { flags: 'wx', flush: true, mode: 0o640 }));
      const { file } = measured;
      await judge?.(file, (range) => readFrom(part, range));
      if ((await this.stat(file.hash))?.size !== file.size) await this.settle(part, this.placeOf(file.hash));
      return file;
    } finally {
      await rm(part, { force: true });
    }
  }
  async stat(hash: string): Promise<KeptFile | undefined> {
    if (!isHash(hash)) return undefined;
    try {
      return { hash, size: (await stat(this.placeOf(hash))).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
  async read(hash: string, range?: Parameters<ReadContent>[0]): Promise<Readable> {
    if (!isHash(hash)) throw new NoSuchFile(hash);
    return readFrom(this.placeOf(hash), range).catch((error: unknown) => {
      throw isMissing(error) ? new NoSuchFile(hash) : error;
    });
  }
  async remove(hash: string): Promise<void> {
    if (isHash(hash)) await rm(this.placeOf(hash), { force: true });
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  private placeOf(hash: string): string {
    return join(this.path, hash.slice(0, 2), hash.slice(2, 4), hash);
  }
  /** Durable when resolved: the name too, and every folder that was made for it. */
  private async settle(part: string, place: string): Promise<void> {
    const folder = dirname(place);
    const first = await mkdir(folder, { recursive: true });
    await rename(part, place);
    await sync(folder);
    if (first === undefined) return;
    for (const made of [dirname(folder), this.path]) await sync(made);
  }
}
const readFrom = async (path: string, range: Parameters<ReadContent>[0]): Promise<Readable> => {
  if (range?.length === 0) return Readable.from([]);
  const handle = await open(path);
  return handle.createReadStream(range ? { start: range.from, end: range.from + range.length - 1 } : {});
};
const PARTS = 'parts';
const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
const sync = async (folder: string): Promise<void> => {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes the folder where it is missing. */
export const openFolder = async (path: string): Promise<FileStore> => {
  const parts = join(path, PARTS);
  await mkdir(parts, { recursive: true });
  const probe = join(parts, randomUUID());
  await writeFile(probe, '');
  const now = (await stat(probe)).mtimeMs;
  await rm(probe);
  for (const name of await readdir(parts)) {
    const left = await stat(join(parts, name)).catch(() => undefined);
    if (left && now - left.mtimeMs > DAY) await rm(join(parts, name), { force: true });
  }
  return new Folder(path);
};
