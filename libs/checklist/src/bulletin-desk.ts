import { buffer } from 'node:stream/consumers';
import type { Officer } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import { spreadsheet, wordDocument } from '@chuanyu/documents';
import { isAttached } from '@chuanyu/engine';
import { dateOf } from '@chuanyu/reference';
import type { DomainHouse } from '@chuanyu/service';
import { bulletin, type Bulletin } from '@chuanyu/workflows';
import type { ChecklistBook } from './book';
import { bulletinDocument, summaryOf, titleOf, type BulletinContent } from './bulletin-document';
import { changesBetween, isSnapshot, snapshotOf, type Difference, type Snapshot } from './changes';
import type { ChecklistDesk } from './desk';
import type { Entry } from './entry';
import { changesSheet, sheetsOf } from './sheets';

/** Ready for the form of a `coordination.bulletin`. */
export interface PreparedBulletin {
  readonly title: string;
  readonly form: Bulletin;
  /** The bulletin that it is compared with; null for the first. */
  readonly since: { readonly number: string; readonly title: string; readonly at: string } | null;
  readonly changes: readonly Difference[];
}

/** Makes a bulletin's files of the checklist as it stands: a liaison officer's work. */
export class BulletinDesk {
  constructor(
    private readonly book: ChecklistBook,
    private readonly checklist: ChecklistDesk,
    private readonly house: DomainHouse,
  ) {}

  /** `issue`: the number of the bulletin within the year; the next one where absent. */
  async prepare(officer: Officer, issue: number | undefined): Promise<PreparedBulletin> {
    if (!officer.roles.includes('liaison-officer'))
      throw new Refusal('not-allowed', '通报由联络员拟制', {}, 'Liaison officers draft bulletins');
    const { directory, clock } = this.house.config.province;
    const at = clock.now();
    const year = Number(dateOf(at).slice(0, 4));
    const earlier = (await this.book.all()).entries.filter(({ workflow }) => workflow === bulletin.id);
    const lines = await this.checklist.lines();
    const last = latestIssued(earlier);
    const before = last && (await this.snapshotIn(last));
    const after = snapshotOf(lines, at);
    const changes = changesBetween(before, after);
    const content: BulletinContent = {
      year,
      issue: issue ?? nextIssue(earlier, year),
      by: directory.unit(officer.unit)?.name ?? officer.unit,
      at,
      lines,
      since: last && { title: titleOf(numberedAs(last)), at: issuedAt(last) },
      changes,
    };
    const name = `${year}年第${content.issue}期`;
    const keep = (file: string, bytes: Uint8Array) => this.house.attachments.keep(file, bytes, officer);
    const sheets = [...sheetsOf(lines, directory), changesSheet(changes)];
    return {
      title: titleOf(content),
      form: {
        year,
        issue: content.issue,
        asOf: dateOf(at),
        summary: summaryOf(content),
        document: await keep(`通报（${name}）.docx`, await wordDocument(bulletinDocument(content))),
        sheet: await keep(`项目清单（${name}）.xlsx`, await spreadsheet(sheets, at)),
        snapshot: await keep(`清单数据（${name}）.txt`, Buffer.from(`${JSON.stringify(after)}\n`)),
      },
      since: last ? { number: last.number, title: titleOf(numberedAs(last)), at: issuedAt(last) } : null,
      changes,
    };
  }

  /** What the last bulletin kept of its checklist: both sides hold the same bytes. */
  private async snapshotIn({ forms, number }: Entry): Promise<Snapshot> {
    const attached = forms['Bulletin']?.['snapshot'];
    const { files } = this.house.config;
    if (!isAttached(attached) || !(await files.find(attached.hash)))
      throw new Refusal(
        'unavailable',
        `上一期通报（${number}）的清单数据尚未送达本省（市），请稍后再试`,
        { retryAfter: 60 },
        'The data of the bulletin before have not arrived here yet',
      );
    const value: unknown = JSON.parse((await buffer(await files.store.read(attached.hash))).toString('utf8'));
    if (!isSnapshot(value)) throw new Error(`the snapshot of ${number} cannot be read`);
    return value;
  }
}
const issuedAt = ({ moments }: Entry): string => moments.find(({ state }) => state === 'issued')?.at ?? '';
/** The last one that both sides have issued, whichever drafted it. */
const latestIssued = (all: readonly Entry[]): Entry | undefined =>
  all.filter((entry) => issuedAt(entry) !== '').sort((a, b) => (issuedAt(a) < issuedAt(b) ? 1 : -1))[0];
const numberedAs = ({ forms }: Entry): { readonly year: number; readonly issue: number } => ({
  year: Number(forms['Bulletin']?.['year']),
  issue: Number(forms['Bulletin']?.['issue']),
});
const nextIssue = (all: readonly Entry[], year: number): number =>
  1 +
  Math.max(
    0,
    ...all
      .filter(({ state }) => state !== 'withdrawn')
      .map(numberedAs)
      .filter((each) => each.year === year)
      .map(({ issue }) => issue),
  );

/** The issue as it stands in the body; throws where it is none. */
export const readIssue = (value: unknown): number | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 999) return value;
  throw new Refusal('bad-request', '请求内容有误', {
    errors: [{ pointer: '/issue', rule: 'issue', detail: '应为 1 至 999 的整数，或不填' }],
  });
};
