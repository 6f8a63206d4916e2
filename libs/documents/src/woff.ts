import { inflateSync } from 'node:zlib';

/** Bytes of the header of a font file and of its entry for each table (OpenType, «Organization of an OpenType Font»). */
const [HEADER, ENTRY] = [12, 16];

/** The font within a WOFF file (W3C WOFF 1.0 §3 to §5), each of its tables inflated: pdfkit would inflate them at every glyph. */
export function fontIn(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('not a WOFF file');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => tableAt(woff, 44 + index * 20));
  const head = Buffer.alloc(HEADER + ENTRY * count);
  woff.copy(head, 0, 4, 8);
  const power = Math.floor(Math.log2(count));
  const range = 2 ** power * ENTRY;
  for (const [at, value] of [count, range, power, count * ENTRY - range].entries())
    head.writeUInt16BE(value, 4 + at * 2);
  const pieces = [head];
  let offset = head.length;
  for (const [index, { tag, checksum, content }] of tables.entries()) {
    const at = HEADER + ENTRY * index;
    head.write(tag, at, 'latin1');
    for (const [place, value] of [checksum, offset, content.length].entries())
      head.writeUInt32BE(value, at + 4 + place * 4);
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    pieces.push(padded);
    offset += padded.length;
  }
  return Buffer.concat(pieces);
}

function tableAt(
  woff: Buffer,
  at: number,
): { readonly tag: string; readonly checksum: number; readonly content: Buffer } {
  const [offset, packed, length] = [woff.readUInt32BE(at + 4), woff.readUInt32BE(at + 8), woff.readUInt32BE(at + 12)];
  const bytes = woff.subarray(offset, offset + packed);
  return {
    tag: woff.toString('latin1', at, at + 4),
    checksum: woff.readUInt32BE(at + 16),
    content: packed < length ? inflateSync(bytes) : bytes,
  };
}
