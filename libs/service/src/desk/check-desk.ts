import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { checkOf, numberClaim, type PaperLine } from '@chuanyu/engine';
import type { CaseKeeper } from '../cases/keeper';

/** What the holder of number and code learns. */
export interface CheckAnswer {
  readonly number: string;
  readonly title: string;
  readonly valid: boolean;
  readonly says: string;
  readonly issuer: { readonly province: string; readonly unit: string };
  readonly lines: readonly PaperLine[];
}

/** Answers anybody, by number and code alone. An unknown number and a wrong code are one answer, and take the same comparison. */
export class CheckDesk {
  /** Compared where there is nothing to compare with: nobody knows it. */
  private readonly nobodys = randomBytes(16).toString('hex');
  constructor(private readonly keeper: CaseKeeper) {}

  async check(asked: { readonly number: string; readonly code: string }): Promise<CheckAnswer | undefined> {
    const number = numberAsWritten(asked.number);
    const page = await this.keeper.options.cases.find({
      filter: { where: { claims: { any: [numberClaim(number)] } } },
      limit: 1,
    });
    const document = page.items[0]?.document;
    const checked = document && checkOf(document, this.keeper.workflowOf(document));
    const isHolder = isSame(checked?.code ?? this.nobodys, codeAsWritten(asked.code));
    if (!checked || !isHolder) return undefined;
    const { code: _, ...answer } = checked;
    return { number, ...answer };
  }
}

/** In time that does not depend on where they differ. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** As it stands in the case, however brackets and digits were typed: 川律实证[2026]1号. */
const numberAsWritten = (typed: string): string =>
  typed
    .normalize('NFKC')
    .replaceAll(/\s/g, '')
    .replace(/[[({【〔]/, '〔')
    .replace(/[\])}】〕]/, '〕');
/** Off paper: with its dashes, in small letters, with the letters that its alphabet leaves out because they are misread. */
const codeAsWritten = (typed: string): string =>
  typed.normalize('NFKC').toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
