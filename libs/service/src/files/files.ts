import type { Readable } from 'node:stream';
import {
  Duplicate,
  VersionConflict,
  change,
  type Collection,
  type CollectionDefinition,
  type Database,
  type Document,
} from '@chuanyu/collections';
import { uuidOf } from '@chuanyu/contracts';
import {
  fileKinds,
  mediaTypeOf,
  noScanner,
  TooLarge,
  type FileStore,
  type KeptFile,
  type ReadContent,
  type Scanned,
  type Scanner,
} from '@chuanyu/files';
import { extensionOf, type Clock } from '@chuanyu/reference';

/** A content that was taken in, by its hash: what it is, and what a scan said. */
export interface KnownFile extends Document {
  readonly size: number;
  readonly type: string;
  readonly scan: Scanned['verdict'];
  readonly scannedBy: string;
  readonly at: string;
  /** Came over the border and is not served: why. */
  readonly refused: FileFault | null;
}
export const knownFiles: CollectionDefinition = { name: 'files.known', fields: [], sets: {} };

/** Why a content stays: uploaded by a unit, or brought over the border. Without any it is removed. */
export interface FileHold extends Document {
  readonly hash: string;
  /** A domain, or `border`. */
  readonly domain: string;
  readonly unit: string;
  readonly officer: string | null;
  /** When it lets go unless a case names the file; null: never. */
  readonly until: string | null;
}
export const fileHolds: CollectionDefinition = {
  name: 'files.holds',
  fields: ['hash', 'domain', 'officer', 'until'],
  sets: {},
  indexes: [['domain', 'until']],
};

export interface FileFault {
  readonly code: 'too-large' | 'empty' | 'other-content' | 'unknown-type' | 'lying-type' | 'infected';
  /** In Chinese, for the officer. */
  readonly detail: string;
}
/** Nothing of it was kept. */
export class FileRefused extends Error {
  constructor(readonly fault: FileFault) {
    super(`${fault.code}: ${fault.detail}`);
    this.name = 'FileRefused';
  }
}
/** What is said of a content before anybody has looked at it. */
export interface Claimed {
  readonly name: string;
  /** Undefined where the sender does not say. */
  readonly type: string | undefined;
  readonly hash?: string;
  readonly size?: number;
}

export interface FilesOptions {
  readonly store: FileStore;
  readonly scanner?: Scanner;
  /** Bytes of one file: 20 MB unless said. */
  readonly limit?: number;
}
export const MEGABYTE = 1024 * 1024;

/** The files of a province: contents by their hash, looked at before they are kept. All its services and its exchange share them. */
export class Files {
  readonly store: FileStore;
  readonly limit: number;
  private readonly scanner: Scanner;
  private constructor(
    options: FilesOptions,
    private readonly clock: Clock,
    private readonly known: Collection<KnownFile>,
    readonly holds: Collection<FileHold>,
  ) {
    this.store = options.store;
    this.scanner = options.scanner ?? noScanner;
    this.limit = options.limit ?? 20 * MEGABYTE;
  }
  static async open(database: Database, clock: Clock, options: FilesOptions): Promise<Files> {
    return new Files(
      options,
      clock,
      await database.collection<KnownFile>(knownFiles),
      await database.collection<FileHold>(fileHolds),
    );
  }

  /** Takes a content in: its size, its real type against what is claimed, a scan. Throws `FileRefused`; then nothing is kept. */
  async take(content: Readable, claimed: Claimed, limit = this.limit): Promise<KnownFile> {
    let made: KnownFile | undefined;
    try {
      await this.store.put(content, limit, async (file, read) => {
        made = await this.judged(file, claimed, read);
      });
    } catch (error) {
      if (error instanceof TooLarge) throw new FileRefused(tooLarge(error.limit));
      throw error;
    }
    if (!made) throw new Error('a content was kept that nobody judged');
    return this.note(made);
  }
  /** What is known of a file that is here; undefined where its content is not. */
  async find(hash: string): Promise<KnownFile | undefined> {
    const found = (await this.known.get(hash))?.document;
    if (!found || found.refused) return found;
    return (await this.store.stat(hash))?.size === found.size ? found : undefined;
  }
  /** Remembers that a file of a peer is not served, and why: its event goes on. */
  async refuse(file: KeptFile, type: string, refused: FileFault): Promise<void> {
    const scan = refused.code === 'infected' ? 'infected' : 'not-scanned';
    await this.note({ ...this.entry(file, type, { verdict: 'not-scanned', by: 'arrival' }), scan, refused });
  }

  /** One per holder: a second upload of the same content by the same unit prolongs the first. */
  async hold(made: Omit<FileHold, 'id'>): Promise<void> {
    const id = holdId(made.domain, made.unit, made.hash);
    const kept = await this.holds.get(id);
    try {
      if (!kept) await this.holds.insert({ id, ...made });
      else if (kept.document.until !== null) await this.holds.replace({ id, ...made }, kept.version);
    } catch (error) {
      // Somebody else holds or prolongs it at this moment.
      if (!isOvertaken(error)) throw error;
    }
  }
  /** Removes the content where nobody holds it any more. */
  async letGo(hash: string): Promise<void> {
    if ((await this.holds.count({ where: { hash } })) > 0) return;
    const known = await this.known.get(hash);
    if (known) await this.known.remove(hash, known.version);
    await this.store.remove(hash);
  }

  private async judged(file: KeptFile, claimed: Claimed, read: ReadContent): Promise<KnownFile> {
    if (file.size === 0) throw new FileRefused({ code: 'empty', detail: '文件是空的' });
    if ((claimed.hash ?? file.hash) !== file.hash || (claimed.size ?? file.size) !== file.size)
      throw new FileRefused({ code: 'other-content', detail: '内容与所称的不是同一份' });
    const type = await checkedType(file, claimed, read);
    const scanned = await this.scanner.scan(file, read);
    if (scanned.verdict === 'infected')
      throw new FileRefused({ code: 'infected', detail: `查毒发现恶意代码（${scanned.name}）` });
    return this.entry(file, type, scanned);
  }
  private entry({ hash, size }: KeptFile, type: string, scanned: Scanned): KnownFile {
    return {
      id: hash,
      size,
      type,
      scan: scanned.verdict,
      scannedBy: scanned.by,
      at: this.clock.now(),
      refused: null,
    };
  }
  /** The latest look counts: a content that was refused when it came may be taken later. */
  private async note(made: KnownFile): Promise<KnownFile> {
    await change(this.known, made.id, () => made);
    return made;
  }
}

const isOvertaken = (error: unknown): boolean => error instanceof Duplicate || error instanceof VersionConflict;
export const holdId = (domain: string, unit: string, hash: string): string => uuidOf(`${domain} ${unit} ${hash}`);
export const tooLarge = (limit: number): FileFault => ({
  code: 'too-large',
  detail: `文件超过 ${Math.floor(limit / MEGABYTE)} MB 的上限`,
});
const ANY = 'application/octet-stream';
const taken = fileKinds.map(({ title }) => title).join('、');

/** The type that it really is, where it is one that is taken, and neither its name nor its sender says another. */
const checkedType = async ({ size }: KeptFile, claimed: Claimed, read: ReadContent): Promise<string> => {
  const ending = extensionOf(claimed.name);
  const found = await mediaTypeOf(read, size);
  const type = found === 'text/plain' && ending === 'csv' ? 'text/csv' : found;
  const kind = fileKinds.find((each) => each.type === type);
  if (!kind) throw new FileRefused({ code: 'unknown-type', detail: `不受理这类文件，可用：${taken}` });
  if (!kind.endings.includes(ending))
    throw new FileRefused({
      code: 'lying-type',
      detail: `文件名以 .${ending} 结尾，内容却是${kind.title}，请核对后重新上传`,
    });
  if (claimed.type !== undefined && claimed.type !== ANY && claimed.type !== kind.type)
    throw new FileRefused({
      code: 'lying-type',
      detail: `声明的类型是 ${claimed.type}，内容却是${kind.title}，请核对后重新上传`,
    });
  return kind.type;
};
