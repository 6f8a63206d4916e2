import { type Fault, faultsOf } from './fault';

export type CreditCodeFault = 'full-width' | 'length' | 'lower-case' | 'characters' | 'division' | 'check-character';

const fault = faultsOf<CreditCodeFault>({
  'full-width': '统一社会信用代码不得使用全角字符',
  length: '统一社会信用代码应当为 18 位',
  'lower-case': '统一社会信用代码中的字母应当大写',
  characters: '统一社会信用代码只能由数字和大写字母组成，不使用 I、O、S、V、Z',
  division: '统一社会信用代码第 3 至 8 位应当为数字（登记管理机关行政区划码）',
  'check-character': '统一社会信用代码的校验码不符，请核对；确认无误的可以继续',
});

/** Base 31: no I, O, S, V, Z. */
const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** A fault, and whether it is only to be confirmed: some genuinely issued codes fail their check character. */
export interface CreditCodeFinding extends Fault<CreditCodeFault> {
  readonly warning: boolean;
}

/** What is wrong with a unified social credit code (GB 32100-2015); undefined where nothing is. */
export function checkUnifiedCreditCode(text: string): CreditCodeFinding | undefined {
  const refused = (code: CreditCodeFault): CreditCodeFinding => ({ ...fault(code), warning: false });
  if (/[\uFF01-\uFF5E]/.test(text)) return refused('full-width');
  if (text.length !== 18) return refused('length');
  if (!/^[0-9A-HJ-NPQRTUWXY]+$/.test(text.toUpperCase())) return refused('characters');
  if (text !== text.toUpperCase()) return refused('lower-case');
  if (!/^.{2}\d{6}/.test(text)) return refused('division');
  return creditCodeCheckCharacter(text) === text[17] ? undefined : { ...fault('check-character'), warning: true };
}

/** The 18th character for the first 17: weights 3^(i−1) modulo 31. */
export function creditCodeCheckCharacter(code: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += CHARACTERS.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return CHARACTERS.charAt((31 - (sum % 31)) % 31);
}
