/** What a certificate is written in (X.690, DER), as far as certificates need it. */

const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const said = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...said), content]);
};
export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.of(0), content);
export const flag = (value: boolean): Buffer => tagged(0x01, Buffer.of(value ? 0xff : 0));
export const text = (value: string): Buffer => Buffer.from(value, 'ascii');
/** Not negative: a zero goes before a first byte that would say so. */
export const integer = (bytes: Buffer): Buffer =>
  tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);

/** `[number]` of the syntax: constructed around a whole element, primitive for text and bytes of a name. */
export const context = (number: number, content: Buffer): Buffer =>
  tagged((number === 2 || number === 7 ? 0x80 : 0xa0) | number, content);

/** `1.2.840…`: the first two numbers share a byte, of the others each byte holds seven bits. */
export const objectId = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...others.flatMap(sevenBits)]));
};
const sevenBits = (value: number): number[] => {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
};

/** A day, `2026-11-25`; until 2049. */
export const utcTime = (day: string): Buffer => tagged(0x17, text(`${day.slice(2).replaceAll('-', '')}000000Z`));

/** `CN=…` */
export const name = (commonName: string): Buffer =>
  sequence(tagged(0x31, sequence(objectId('2.5.4.3'), tagged(0x0c, Buffer.from(commonName)))));

export const pem = (label: string, content: Buffer): string =>
  [
    `-----BEGIN ${label}-----`,
    ...(content.toString('base64').match(/.{1,64}/g) ?? []),
    `-----END ${label}-----`,
    '',
  ].join('\n');
