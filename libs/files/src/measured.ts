import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { TooLarge, type KeptFile } from './port';

const HASH = /^[0-9a-f]{64}$/;
/** Anything else names no file, and no place in a folder either. */
export const isHash = (text: string): boolean => HASH.test(text);

/** Passes a content through and knows it afterwards; fails with `TooLarge` at the first byte too many. */
export class Measured extends Transform {
  private readonly digest = createHash('sha256');
  private bytes = 0;
  private result: KeptFile | undefined;
  constructor(private readonly limit: number) {
    super();
  }
  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes > this.limit) return done(new TooLarge(this.limit));
    this.digest.update(chunk);
    done(undefined, chunk);
  }
  /** Once all of it has passed. */
  get file(): KeptFile {
    this.result ??= { hash: this.digest.digest('hex'), size: this.bytes };
    return this.result;
  }
}
