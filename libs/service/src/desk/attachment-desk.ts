import type { Readable } from 'node:stream';
import { Refusal } from '@chuanyu/contracts';
import { attachedWithin, type Attached } from '@chuanyu/engine';
import { fileRefusal } from '../files/attachments';
import type { Files } from '../files/files';
import type { CasePage } from './case-page';
import type { At, DeskGround } from './ground';

export interface Download {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly content: Readable;
}

/** Files of a case, for officers who see a field that names them. */
export class AttachmentDesk {
  constructor(
    private readonly ground: DeskGround,
    private readonly files: Files,
  ) {}

  /** Audited like a page that is read. What the officer may not see answers as not found. */
  async read(at: At, hash: string, purpose: string | undefined): Promise<Download> {
    const kept = await this.ground.see(at);
    const attached = attachedOn(await this.ground.page(at.officer, kept)).find((each) => each.hash === hash);
    if (!attached) throw notFound();
    const known = await this.files.find(hash);
    if (known?.refused) throw fileRefusal(known.refused);
    if (!known)
      throw new Refusal(
        'unavailable',
        '附件内容暂时不在本省（市），正在补取，请稍后再试',
        { retryAfter: 60 },
        'The content is not here at present',
      );
    await this.ground.note(at.officer, 'read-attachment', kept.document, { hash }, purpose);
    const { type, size } = known;
    return { name: attached.name, type, size, content: await this.files.store.read(hash) };
  }
}
const notFound = (): Refusal => new Refusal('not-found', '没有找到这个附件', {}, 'No such attachment');

/** The files that the fields shown on this page name: what is hidden from the officer is not on it. */
const attachedOn = (page: CasePage): readonly Attached[] =>
  [...page.timeline, ...page.forms, ...page.drafts].flatMap(({ fields }) =>
    fields.flatMap(({ value }) => attachedWithin(value)),
  );
