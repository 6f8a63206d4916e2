import { Readable } from 'node:stream';
import { mediaTypeOf } from './media-type';

const typeOf = (bytes: Buffer) =>
  mediaTypeOf(async ({ from, length } = { from: 0, length: bytes.length }) => {
    const part = bytes.subarray(from, from + length);
    return Readable.from([part.subarray(0, 4), part.subarray(4)]);
  }, bytes.length);
const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0x0d, 0x0a]);

it.each([
  ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n'), 'application/pdf'],
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'), 'image/png'],
  ['text in UTF-8, a character cut by a piece', Buffer.from('你好，世界\n'), 'text/plain'],
  ['text as older office programs write it', gbk, 'text/plain'],
  ['a program', Buffer.from(`MZ${'\0'.repeat(200)}`), 'application/x-msdownload'],
  ['bytes of no kind', Buffer.from([1, 2, 3, 0, 255, 254, 0, 7]), undefined],
  ['a file that only begins like text', Buffer.from(`hello${'\0'.repeat(50)}`), undefined],
])('%s is known for what it is', async (_, bytes, type) => {
  expect(await typeOf(bytes)).toBe(type);
});
