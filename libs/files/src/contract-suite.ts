import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NoSuchFile, TooLarge, type FileStore, type Judge } from './port';

export interface OpenedStore {
  readonly store: FileStore;
  /** The same contents, as another process finds them. */
  readonly reopen: () => Promise<FileStore>;
  /** How many contents lie there, half ones too. */
  readonly count: () => Promise<number>;
  readonly dispose: () => Promise<void>;
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
/** Not all alike, so that a piece out of place shows. */
const bytesOf = (length: number, seed = 1): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (Math.imul(at + seed, 2_654_435_761) >>> 13) & 0xff;
  return bytes;
};
const streamOf = (bytes: Buffer, piece = 10_007): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / piece) }, (_, n) => bytes.subarray(n * piece, (n + 1) * piece)),
  );
const MB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** Bytes that somebody still holds: what only waits to be collected says nothing of the store. */
const inUse = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What every adapter of the FileStore port must pass. `open` gives an empty store. */
export function fileStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the FileStore contract: ${name}`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.dispose());
    const put = (bytes: Buffer, limit = 64 * MB) => opened.store.put(streamOf(bytes), limit);
    const all = async (hash: string, range?: { from: number; length: number }) =>
      buffer(await opened.store.read(hash, range));

    it.each([0, 1, 255 * 1024, 3 * MB + 17])(
      'gives back %d bytes as they came, named by their hash',
      async (length) => {
        const bytes = bytesOf(length);
        const kept = await put(bytes);
        expect(kept).toEqual({ hash: hashOf(bytes), size: length });
        expect(await opened.store.stat(kept.hash)).toEqual(kept);
        expect(hashOf(await all(kept.hash))).toBe(kept.hash);
      },
    );
    it('gives any part of it', async () => {
      const bytes = bytesOf(MB);
      const { hash } = await put(bytes);
      for (const [from, length] of [
        [0, 1],
        [100, 300_000],
        [MB - 5, 5],
        [MB - 5, 500],
        [MB, 10],
        [2 * MB, 10],
        [7, 0],
      ] as const)
        expect((await all(hash, { from, length })).equals(bytes.subarray(from, from + length))).toBe(true);
    });
    it('stores the same content once, one after the other or at once', async () => {
      const bytes = bytesOf(300_000);
      await put(bytes);
      const many = await Promise.all([put(bytes), put(bytes), put(bytes), put(bytes)]);
      expect(new Set(many.map(({ hash }) => hash))).toEqual(new Set([hashOf(bytes)]));
      expect(await opened.count()).toBe(1);
      expect((await all(hashOf(bytes))).equals(bytes)).toBe(true);
    });
    it('keeps nothing of a content beyond the limit, and takes one of just that size', async () => {
      const bytes = bytesOf(MB);
      await expect(put(bytes, MB - 1)).rejects.toThrow(TooLarge);
      expect([await opened.store.stat(hashOf(bytes)), await opened.count()]).toEqual([undefined, 0]);
      expect((await put(bytes, MB)).size).toBe(MB);
    });
    it('keeps nothing of a content that breaks off', async () => {
      const bytes = bytesOf(2 * MB);
      const breaking = Readable.from(
        (function* () {
          yield bytes.subarray(0, MB);
          throw new Error('the line is gone');
        })(),
      );
      await expect(opened.store.put(breaking, 64 * MB)).rejects.toThrow('the line is gone');
      const closing = new Readable({ read: () => undefined });
      closing.push(bytes.subarray(0, MB));
      const putting = opened.store.put(closing, 64 * MB);
      setImmediate(() => closing.destroy());
      await expect(putting).rejects.toThrow();
      expect(await opened.count()).toBe(0);
    });
    it('lets a judge see all of a content before it stands, and keeps nothing that is refused', async () => {
      const bytes = bytesOf(300_000);
      const seen: string[] = [];
      const judge: Judge = async ({ hash }, read) => {
        const [whole, part] = [await buffer(await read()), await buffer(await read({ from: 10, length: 5 }))];
        seen.push(hashOf(whole), part.toString('hex'));
        if (seen.length > 2) throw new Error('refused');
        expect(await opened.store.stat(hash)).toBeUndefined();
      };
      const { hash } = await opened.store.put(streamOf(bytes), MB, judge);
      expect(seen).toEqual([hash, bytes.subarray(10, 15).toString('hex')]);
      const other = bytesOf(1000, 9);
      await expect(opened.store.put(streamOf(other), MB, judge)).rejects.toThrow('refused');
      expect([await opened.store.stat(hashOf(other)), await opened.count()]).toEqual([undefined, 1]);
    });
    it('knows of no file that is not here, and of no place beside', async () => {
      for (const hash of [
        'a'.repeat(64),
        '',
        '../../etc/passwd',
        'A'.repeat(64),
        `${'a'.repeat(63)}\0`,
        '{"$gt":""}',
      ]) {
        expect(await opened.store.stat(hash)).toBeUndefined();
        await expect(opened.store.read(hash)).rejects.toThrow(NoSuchFile);
        await opened.store.remove(hash);
      }
    });
    it('forgets what is removed, takes it anew, and removes nothing else', async () => {
      const [one, other] = [bytesOf(1000, 1), bytesOf(1000, 2)];
      await Promise.all([put(one), put(other)]);
      await opened.store.remove(hashOf(one));
      await opened.store.remove(hashOf(one));
      expect([await opened.store.stat(hashOf(one)), await opened.count()]).toEqual([undefined, 1]);
      expect((await all(hashOf(other))).equals(other)).toBe(true);
      await put(one);
      expect((await all(hashOf(one))).equals(one)).toBe(true);
    });
    it('lasts', async () => {
      const bytes = bytesOf(MB);
      const { hash } = await put(bytes);
      const again = await opened.reopen();
      expect((await buffer(await again.read(hash))).equals(bytes)).toBe(true);
    });
    it('never holds a whole content in memory', async () => {
      const piece = bytesOf(MB);
      const before = inUse();
      let most = 0;
      const long = Readable.from(
        (function* () {
          for (let n = 0; n < 240; n++) {
            if (n % 40 === 39) most = Math.max(most, inUse());
            yield piece;
          }
        })(),
      );
      const { size, hash } = await opened.store.put(long, 240 * MB);
      expect(size).toBe(240 * MB);
      let read = 0;
      for await (const chunk of await opened.store.read(hash)) {
        const had = Math.floor(read / (40 * MB));
        read += (chunk as Buffer).length;
        if (Math.floor(read / (40 * MB)) > had) most = Math.max(most, inUse());
      }
      expect(read).toBe(240 * MB);
      // GridFS is handed 16 MB and more at a time by the database, as it came and as it was read: 70 to 125 MB, however long the content.
      expect(most - before).toBeLessThan(200 * MB);
    });
  });
}
