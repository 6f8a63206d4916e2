import { checkFileName } from '@chuanyu/reference';

/** The value of an `@Attachment()` field: which content, under which name. The content itself lies in the file store, by its hash. */
export interface Attached {
  /** SHA-256 of the content, lower-case hexadecimal. */
  readonly hash: string;
  /** As an officer reads it: with its ending, without a path. */
  readonly name: string;
  /** Media type of the content, as found by looking at it. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}
/** What no form may go beyond, whatever a province has set for uploads: 100 MB. */
export const LARGEST_FILE = 100 * 1024 * 1024;
const HASH = /^[0-9a-f]{64}$/;
const TYPE = /^[a-z]+\/[a-z0-9.+-]{1,100}$/;

export const attachedSchema = {
  type: 'object',
  format: 'attachment',
  properties: {
    hash: { type: 'string', pattern: HASH.source },
    name: { type: 'string', minLength: 1, maxLength: 120, format: 'file-name' },
    type: { type: 'string', pattern: TYPE.source },
    size: { type: 'integer', minimum: 1, maximum: LARGEST_FILE },
  },
  required: ['hash', 'name', 'type', 'size'],
  additionalProperties: false,
} as const;
export const anAttached: Attached = {
  hash: '4cfb4d63cd3d62f5ed7f9ea1c4ff7e72edc3e4a2bd4a8e6c8a11d8ff3a1a7c0e',
  name: '评估表.pdf',
  type: 'application/pdf',
  size: 48_213,
};

/** Why a value names no file, in Chinese; undefined where it does. Whether that file is here is another question. */
export const attachedFault = (value: unknown): string | undefined => {
  const shape = '应为上传后所得的 {hash, name, type, size}';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return shape;
  if (Object.keys(value).sort().join() !== 'hash,name,size,type') return shape;
  const { hash, name, type, size } = value as Readonly<Record<string, unknown>>;
  if (typeof hash !== 'string' || !HASH.test(hash)) return '附件的 hash 应为 64 位小写十六进制';
  if (typeof name !== 'string') return shape;
  const fault = checkFileName(name);
  if (fault) return `附件名${fault.message}`;
  if (typeof type !== 'string' || !TYPE.test(type)) return '附件的 type 应为媒体类型，如 application/pdf';
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1 || size > LARGEST_FILE)
    return `附件的 size 应为 1 至 ${LARGEST_FILE} 之间的字节数`;
  return undefined;
};
export const isAttached = (value: unknown): value is Attached => attachedFault(value) === undefined;
