import { Refusal } from '@chuanyu/contracts';
import { pdf } from '@chuanyu/documents';
import { paperOf, type IssuedPaper, type PaperLine } from '@chuanyu/engine';
import { isDate, startOf } from '@chuanyu/reference';
import type { At, DeskGround } from './ground';

/** A paper as JSON: what is printed, for a machine to read. */
export interface PaperPage extends Omit<IssuedPaper, 'code' | 'issuer'> {
  readonly document: string;
  readonly workflow: string;
  readonly issuer: {
    readonly province: string;
    readonly provinceName: string;
    readonly unit: string;
    readonly unitName: string;
  };
  /** How anybody can check it; null where the workflow lets nothing be checked. */
  readonly check: { readonly code: string; readonly address: string } | null;
}

/** Papers of cases, for the officers who may see them: reading one is reading the person's data, and audited. */
export class DocumentDesk {
  constructor(
    private readonly ground: DeskGround,
    /** Where the public finds this province's gateway; undefined where nobody has said. */
    private readonly publicUrl: () => string | undefined,
  ) {}

  json(at: At, name: string, purpose: string | undefined): Promise<PaperPage> {
    return this.issue(at, name, 'json', purpose);
  }
  async pdf(
    at: At,
    name: string,
    purpose: string | undefined,
  ): Promise<{ readonly file: Buffer; readonly title: string }> {
    const page = await this.issue(at, name, 'pdf', purpose);
    return { file: await printed(page), title: `${page.title}（${page.number}）` };
  }

  private async issue(at: At, name: string, format: 'pdf' | 'json', purpose: string | undefined): Promise<PaperPage> {
    const { document } = await this.ground.see(at);
    const { keeper } = this.ground.options;
    const { result } = await keeper.change(document.id, (work, context) => paperOf(work.case, context, name));
    await this.ground.note(at.officer, 'print-document', document, { document: name, format }, purpose);
    const { code, issuer, ...paper } = result;
    const { directory } = keeper.options;
    return {
      document: name,
      workflow: document.workflow,
      ...paper,
      issuer: {
        ...issuer,
        provinceName: directory.province(issuer.province)?.name ?? issuer.province,
        unitName: directory.unit(issuer.unit)?.name ?? issuer.unit,
      },
      check: code === null ? null : { code, address: checkAddress(this.mustBePublic(), paper.number, code) },
    };
  }
  private mustBePublic(): string {
    const url = this.publicUrl();
    if (url === undefined)
      throw new Refusal(
        'unavailable',
        '尚未配置公开查验的地址，暂不能出具文书，请联系运维',
        {},
        'No public address is set',
      );
    return url;
  }
}

const checkAddress = (base: string, number: string, code: string): string =>
  `${base.replace(/\/$/, '')}/public/check?${new URLSearchParams({ number, code }).toString()}`;

/** Dated by the paper itself, so that it is the same file whenever it is printed. */
const printed = ({ title, number, issuer, on, lines, text, check }: PaperPage): Promise<Buffer> =>
  pdf({
    title,
    subtitle: number,
    at: startOf(on),
    blocks: [
      { kind: 'facts', lines: lines.map(inChinese) },
      ...(text === null ? [] : [{ kind: 'paragraph', text } as const]),
    ],
    signature: { by: issuer.unitName, on: chineseDate(on) },
    ...(check === null
      ? {}
      : {
          code: {
            content: check.address,
            lines: [
              `扫码查验，或者打开 ${check.address.slice(0, check.address.indexOf('?'))}`,
              `编号：${number}　查验码：${check.code.match(/.{1,4}/g)?.join('-') ?? check.code}`,
            ],
          },
          note: '由川渝司法协作平台出具，现时效力以公开查验的结果为准。',
        }),
  });
const inChinese = ({ label, text }: PaperLine): PaperLine => ({ label, text: isDate(text) ? chineseDate(text) : text });
const chineseDate = (date: string): string => {
  const [year, month, day] = date.split('-').map(Number);
  return `${String(year)}年${String(month)}月${String(day)}日`;
};
