import type { Readable } from 'node:stream';

/** A file as it is kept: named by its content, so that the same content is stored once. */
export interface KeptFile {
  /** SHA-256 of the content, lower-case hexadecimal. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

/** A part of a content, or all of it; may be called again and again. */
export type ReadContent = (range?: { readonly from: number; readonly length: number }) => Promise<Readable>;
/** Looks at a content before it stands under its hash. Where it throws, nothing is kept. */
export type Judge = (file: KeptFile, read: ReadContent) => Promise<void>;

/**
 * The FileStore port: contents of attachments, by their hash. A folder and GridFS stand behind it. What GridFS does not answer is the
 * `Unavailable` of the collections, whose database it shares; it may come while a content is read, too.
 */
export interface FileStore {
  /** Stores a content, whole or not at all; the same content again is the same file. Throws `TooLarge` beyond `limit` bytes or what the judge throws, and then keeps nothing. Durable when resolved. */
  put(content: Readable, limit: number, judge?: Judge): Promise<KeptFile>;
  /** Undefined where it is not here. */
  stat(hash: string): Promise<KeptFile | undefined>;
  /** The content from byte `from` on, at most `length` bytes. Throws `NoSuchFile`. */
  read(hash: string, range?: { readonly from: number; readonly length: number }): Promise<Readable>;
  /** Of an unknown hash: nothing happens. */
  remove(hash: string): Promise<void>;
  close(): Promise<void>;
}

export class TooLarge extends Error {
  constructor(readonly limit: number) {
    super(`the content is larger than ${limit} bytes`);
    this.name = 'TooLarge';
  }
}
export class NoSuchFile extends Error {
  constructor(readonly hash: string) {
    super(`no file ${hash}`);
    this.name = 'NoSuchFile';
  }
}
