import { crc32, deflateRawSync } from 'node:zlib';
import { partsOf, unpack } from './zip';

/** The file with its one sheet written anew. */
export async function withSheet(file: Buffer, change: (xml: string) => string): Promise<Buffer> {
  const parts: [string, Buffer][] = [];
  for (const part of partsOf(file)) {
    const content = await unpack(file, part, 1e7);
    const isSheet = part.name === 'xl/worksheets/sheet1.xml';
    parts.push([part.name, isSheet ? Buffer.from(change(content.toString())) : content]);
  }
  return zipOfAll(parts);
}

/** A zip file of one part, which claims to be so large unpacked. */
export function zipOf(name: string, content: Buffer, claimed = content.length): Buffer {
  return zipOfAll([[name, content]], claimed);
}
function zipOfAll(parts: readonly [string, Buffer][], claimed?: number): Buffer {
  const [locals, entries]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, content] of parts) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimed ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(46);
    entry.write('PK\u0001\u0002', 'latin1');
    common.copy(entry, 6);
    entry.writeUInt32LE(at, 42);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), packed]);
    locals.push(local);
    entries.push(Buffer.concat([entry, Buffer.from(name)]));
    at += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
