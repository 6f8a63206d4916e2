import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { isRecord } from '@chuanyu/reference';

/** A part of a zip file (APPNOTE 4.3.12), with its place in the file. */
export interface ZipPart {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  /** Where its local header begins. */
  readonly local: number;
  /** Where its entry of the central directory begins. */
  readonly central: number;
}
export class BrokenZip extends Error {}
export class TooMuchInside extends Error {}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const inflate = promisify(inflateRaw);

/**
 * The parts, as the central directory names them. Only what office programs write is accepted: one disk, no encryption,
 * no zip64, nothing before the first part or after the end, so that every reader finds the same parts. Throws `BrokenZip`.
 */
export function partsOf(bytes: Buffer): readonly ZipPart[] {
  return reading(() => {
    const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
    if (end < 0 || bytes.readUInt32LE(end) !== END) throw new BrokenZip();
    const count = bytes.readUInt16LE(end + 10);
    const start = bytes.readUInt32LE(end + 16);
    const whole =
      start + bytes.readUInt32LE(end + 12) === end && end + 22 + bytes.readUInt16LE(end + 20) === bytes.length;
    if (!whole || bytes.readUInt32LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count) throw new BrokenZip();
    const parts: ZipPart[] = [];
    for (let at = start; at < end;) {
      if (bytes.readUInt32LE(at) !== CENTRAL || (bytes.readUInt16LE(at + 8) & 1) === 1) throw new BrokenZip();
      const name = at + 46 + bytes.readUInt16LE(at + 28);
      parts.push({
        name: bytes.toString('utf8', at + 46, name),
        method: bytes.readUInt16LE(at + 10),
        packed: bytes.readUInt32LE(at + 20),
        local: bytes.readUInt32LE(at + 42),
        central: at,
      });
      at = name + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    }
    if (parts.length !== count) throw new BrokenZip();
    return parts;
  });
}

/** A part's content; whatever size it claims, never more than `limit` bytes. Throws `BrokenZip`, `TooMuchInside`. */
export async function unpack(bytes: Buffer, part: ZipPart, limit: number): Promise<Buffer> {
  const from = reading(() => {
    if (bytes.readUInt32LE(part.local) !== LOCAL) throw new BrokenZip();
    return part.local + 30 + bytes.readUInt16LE(part.local + 26) + bytes.readUInt16LE(part.local + 28);
  });
  const packed = bytes.subarray(from, from + part.packed);
  if (packed.length !== part.packed) throw new BrokenZip();
  if (part.method === 0) {
    if (packed.length > limit) throw new TooMuchInside();
    return packed;
  }
  if (part.method !== 8) throw new BrokenZip();
  try {
    return await inflate(packed, { maxOutputLength: Math.max(limit, 1) });
  } catch (error) {
    throw isRecord(error) && error.code === 'ERR_BUFFER_TOO_LARGE' ? new TooMuchInside() : new BrokenZip();
  }
}

/** The same file with every part dated 1980-01-01, the earliest that zip can say: the machine's clock leaves no trace. */
export function undated(zip: Uint8Array): Buffer {
  const bytes = Buffer.from(zip);
  for (const part of partsOf(bytes)) {
    for (const at of [part.local + 10, part.central + 12]) bytes.writeUInt32LE(0x00210000, at);
  }
  return bytes;
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new BrokenZip(); // an offset that leads out of the file
  }
}
