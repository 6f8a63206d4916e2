import { type Fault, faultsOf } from './fault';

export type TextFault =
  | 'control-character'
  | 'line-break'
  | 'lone-surrogate'
  | 'bidi-control'
  | 'zero-width'
  | 'unreadable'
  | 'blank-ends'
  | 'too-short'
  | 'too-long';
export type NameFault = TextFault | 'wrong-dot' | 'not-a-name';

const textFault = faultsOf<TextFault>({
  'control-character': '含有控制字符，请删除后重新填写',
  'line-break': '应当写在一行内，不得换行',
  'lone-surrogate': '含有残缺的字符，请删除后重新填写',
  'bidi-control': '含有改变文字方向的隐藏字符，请删除后重新填写',
  'zero-width': '含有看不见的零宽字符，请删除后重新填写',
  unreadable: '含有无法识别的字符（�），请核对后重新填写',
  'blank-ends': '首尾不得有空格或空行',
  'too-short': '内容过短',
  'too-long': '内容过长',
});
const nameFault = faultsOf<'wrong-dot' | 'not-a-name'>({
  'wrong-dot': '间隔号应当使用“·”（U+00B7）',
  'not-a-name': '姓名只能由汉字（可用“·”间隔）或者拉丁字母（可用空格间隔）组成',
});

/** Length in code points, as people count: 𠮷 and 😀 are one each. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Both ends in code points, inclusive. */
export interface Length {
  /** 1 unless said. */
  readonly min?: number;
  readonly max: number;
}

/** What is wrong with a text of one line, the first fault found; undefined where it is acceptable. */
export function checkLine(text: string, length: Length): Fault<TextFault> | undefined {
  if (/[\r\n\u0085\u2028\u2029]/.test(text)) return textFault('line-break');
  return checkText(text, length);
}

/** As `checkLine`, but `\n` may separate lines (no other control character, so neither `\r` nor tab). */
export function checkText(text: string, { min = 1, max }: Length): Fault<TextFault> | undefined {
  if (/\p{Surrogate}/u.test(text)) return textFault('lone-surrogate');
  if (/[^\P{Cc}\n]|[\u2028\u2029]/u.test(text)) return textFault('control-character');
  if (/\p{Bidi_Control}/u.test(text)) return textFault('bidi-control');
  if (/\p{Cf}/u.test(text)) return textFault('zero-width');
  if (/[\uFFFD\p{Noncharacter_Code_Point}]/u.test(text)) return textFault('unreadable');
  if (text !== text.trim()) return textFault('blank-ends');
  const count = lengthOf(text);
  if (count < min) return { ...textFault('too-short'), message: min === 1 ? '不能为空' : `不得少于 ${min} 个字` };
  if (count > max) return { ...textFault('too-long'), message: `不得超过 ${max} 个字，现为 ${count} 个字` };
  return undefined;
}

/** Unified ideographs of every plane that this Unicode version knows, and 〇. */
const HAN_NAME = /^[\p{Unified_Ideograph}〇]+(?:·[\p{Unified_Ideograph}〇]+)*$/u;
const LATIN_NAME = /^\p{Script=Latin}+\.?(?:[ '’-]\p{Script=Latin}+\.?)*$/u;
const OTHER_DOTS = /[•‧∙⋅・･．。.]/u;

/** A person's name: Han parts joined by ·, or Latin words joined by one space, hyphen or apostrophe; 1 to 50 characters. */
export function checkPersonName(name: string): Fault<NameFault> | undefined {
  const fault = checkLine(name, { max: 50 });
  if (fault) return fault;
  if (HAN_NAME.test(name) || LATIN_NAME.test(name)) return undefined;
  return nameFault(
    OTHER_DOTS.test(name) && HAN_NAME.test(name.replace(new RegExp(OTHER_DOTS, 'gu'), '·'))
      ? 'wrong-dot'
      : 'not-a-name',
  );
}

/** Digits and letters as typed by a full-width input method: １２３ａＢＣ－. */
export function hasFullWidth(text: string): boolean {
  return /[\uFF01-\uFF5E\u3000]/.test(text);
}
