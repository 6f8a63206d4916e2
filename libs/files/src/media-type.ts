import { buffer } from 'node:stream/consumers';
import { fileTypeFromBlob } from 'file-type';
import type { ReadContent } from './port';

/** A kind of file that is taken: what it really is, and how its name may end. */
export interface FileKind {
  readonly type: string;
  readonly endings: readonly string[];
  readonly title: string;
}
const office = 'application/vnd.openxmlformats-officedocument';
/** Nothing that carries a program: neither macros nor pages nor archives. */
export const fileKinds: readonly FileKind[] = [
  { type: 'application/pdf', endings: ['pdf'], title: 'PDF' },
  { type: `${office}.wordprocessingml.document`, endings: ['docx'], title: '文字文档（docx）' },
  { type: `${office}.spreadsheetml.sheet`, endings: ['xlsx'], title: '电子表格（xlsx）' },
  { type: 'image/jpeg', endings: ['jpg', 'jpeg'], title: 'JPEG 图片' },
  { type: 'image/png', endings: ['png'], title: 'PNG 图片' },
  { type: 'text/plain', endings: ['txt'], title: '纯文本（txt）' },
  { type: 'text/csv', endings: ['csv'], title: '数据表（csv）' },
];

/**
 * What a content is, by looking at it: its media type, also one that is not taken; `text/plain` for text of any kind;
 * undefined where nothing knows it.
 */
export const mediaTypeOf = async (read: ReadContent, size: number): Promise<string | undefined> => {
  const found = await fileTypeFromBlob(new Stored(read, 0, size));
  if (found) return found.mime;
  return (await isText(read, 'utf-8')) || (await isText(read, 'gb18030')) ? 'text/plain' : undefined;
};

/** A content of the store as a Blob: only the parts that are looked at are read. */
class Stored extends Blob {
  constructor(
    private readonly read: ReadContent,
    private readonly from: number,
    private readonly until: number,
  ) {
    super([]);
    Object.defineProperty(this, 'size', { value: until - from });
  }
  override slice(start = 0, end = this.size): Blob {
    const at = (n: number) => Math.min(this.from + Math.max(n, 0), this.until);
    return new Stored(this.read, at(start), at(end));
  }
  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await buffer(await this.read({ from: this.from, length: this.size }));
    const copy = new ArrayBuffer(bytes.length);
    new Uint8Array(copy).set(bytes);
    return copy;
  }
}

/** Text in this encoding from end to end, without control characters. */
const isText = async (read: ReadContent, encoding: string): Promise<boolean> => {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const content = await read();
  try {
    for await (const chunk of content) {
      if (!Buffer.isBuffer(chunk) || /[^\P{Cc}\t\r\n\f]/u.test(decoder.decode(chunk, { stream: true }))) return false;
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (isUndecodable(error)) return false;
    throw error;
  } finally {
    content.destroy();
  }
};
const isUndecodable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
