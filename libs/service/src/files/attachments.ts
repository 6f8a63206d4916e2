import { Readable } from 'node:stream';
import type { AuditLog, Officer } from '@chuanyu/access';
import { VersionConflict, type Collection } from '@chuanyu/collections';
import { Refusal, type ProblemCode } from '@chuanyu/contracts';
import type { Attached, CaseDocument } from '@chuanyu/engine';
import { checkFileName, cleanFileName, type Clock } from '@chuanyu/reference';
import { FileRefused, holdId, type FileFault, type Files } from './files';

export interface AttachmentsOptions {
  readonly files: Files;
  readonly domain: string;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly cases: Collection<CaseDocument>;
  /** After which an upload that no case names is removed: 24 hours unless said. */
  readonly unusedMilliseconds?: number;
}
/** Uploads of one officer that no case names yet: more would fill the disk. */
const MOST_WAITING = 100;
const DAY = 86_400_000;

/** What officers upload for the forms of one domain. A file is bound to the unit that uploaded it until a case names it. */
export class Attachments {
  constructor(private readonly options: AttachmentsOptions) {}

  get limit(): number {
    return this.options.files.limit;
  }

  /** Takes a file in and answers what is put into the form. Throws a `Refusal`; then nothing is kept. */
  async upload(
    officer: Officer,
    { name: given, type }: { readonly name: string; readonly type: string | undefined },
    content: Readable,
  ): Promise<Attached> {
    const name = cleanFileName(given);
    const fault = checkFileName(name);
    if (fault)
      throw new Refusal(
        'bad-request',
        fault.message,
        { errors: [{ pointer: '', rule: 'file-name', detail: '应为带扩展名的文件名' }] },
        'The file has no usable name',
      );
    await this.mustHaveRoom(officer);
    try {
      const { id, ...known } = await this.options.files.take(content, { name, type });
      await this.hold(id, officer);
      await this.options.audit.append({
        who: officer.id,
        unit: officer.unit,
        act: 'upload',
        outcome: 'done',
        detail: { hash: id, size: known.size, type: known.type, scan: known.scan },
      });
      return { hash: id, name, type: known.type, size: known.size };
    } catch (error) {
      throw error instanceof FileRefused ? fileRefusal(error.fault) : error;
    }
  }
  /** The same for a file that a service has made itself, on behalf of an officer. */
  keep(name: string, bytes: Uint8Array, officer: Officer): Promise<Attached> {
    return this.upload(officer, { name, type: undefined }, Readable.from([Buffer.from(bytes)]));
  }

  /** What this unit has uploaded under this hash; whoever asks is about to name it in a case, so it stays for now. */
  async file(hash: string, unit: string): Promise<{ readonly size: number; readonly type: string } | undefined> {
    const { files, domain } = this.options;
    const kept = await files.holds.get(holdId(domain, unit, hash));
    const known = kept && (await files.find(hash));
    if (!kept || !known || known.refused) return undefined;
    if (kept.document.until === null) return known;
    try {
      await files.holds.replace({ ...kept.document, until: this.until() }, kept.version);
      return known;
    } catch (error) {
      // Prolonged by somebody else, or just being removed.
      if (error instanceof VersionConflict) return this.file(hash, unit);
      throw error;
    }
  }

  /** Removes what was uploaded long ago and stands in no case; of the rest it says that a case names it. */
  async sweep(): Promise<void> {
    const { files, domain, clock, cases } = this.options;
    const page = await files.holds.find({
      filter: { where: { domain, until: { lte: clock.now() } } },
      sort: { by: 'until', order: 'ascending' },
      limit: 500,
    });
    for (const { document, version } of page.items) {
      const named = (await cases.count({ where: { files: { any: [document.hash] } } })) > 0;
      try {
        if (named) await files.holds.replace({ ...document, until: null }, version);
        else await files.holds.remove(document.id, version);
      } catch (error) {
        // Uploaded or named anew at this moment.
        if (error instanceof VersionConflict) continue;
        throw error;
      }
      if (!named) await files.letGo(document.hash);
    }
  }

  private async mustHaveRoom(officer: Officer): Promise<void> {
    const { files, domain, clock } = this.options;
    const where = { domain, officer: officer.id, until: { gt: clock.now() } };
    if ((await files.holds.count({ where })) >= MOST_WAITING)
      throw new Refusal(
        'too-many-attempts',
        `您已上传 ${MOST_WAITING} 个尚未使用的附件，请先办理，或者等其到期清除`,
        { retryAfter: 3600 },
        'Too many uploads that no case names yet',
      );
  }
  private async hold(hash: string, officer: Officer): Promise<void> {
    const { files, domain } = this.options;
    await files.hold({ hash, domain, unit: officer.unit, officer: officer.id, until: this.until() });
    // Another upload of the same content may have been removed for its age between the two.
    if (!(await files.find(hash)))
      throw new Refusal('unavailable', '附件没有存好，请再上传一次', { retryAfter: 1 }, 'Please upload it again');
  }
  private until(): string {
    const { clock, unusedMilliseconds = DAY } = this.options;
    return new Date(clock.millis() + unusedMilliseconds).toISOString();
  }
}

const codes: Readonly<Record<FileFault['code'], ProblemCode>> = {
  'too-large': 'too-large',
  empty: 'bad-request',
  'other-content': 'bad-request',
  'unknown-type': 'unsupported-media-type',
  'lying-type': 'unsupported-media-type',
  infected: 'infected',
};
const english: Readonly<Record<FileFault['code'], string>> = {
  'too-large': 'The file is too large',
  empty: 'The file is empty',
  'other-content': 'The content is another one than was said',
  'unknown-type': 'Files of this kind are not taken',
  'lying-type': 'The content is of another kind than its name or type says',
  infected: 'The scan found malicious content',
};
export const fileRefusal = ({ code, detail }: FileFault): Refusal =>
  new Refusal(codes[code], detail, { errors: [{ pointer: '', rule: code, detail }] }, english[code]);
