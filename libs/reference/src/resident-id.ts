import { isDate } from './dates';
import { type Fault, faultsOf } from './fault';

export type ResidentIdFault =
  | 'full-width'
  | 'fifteen-digits'
  | 'length'
  | 'lower-case-x'
  | 'characters'
  | 'province'
  | 'date'
  | 'future'
  | 'check-digit';

const fault = faultsOf<ResidentIdFault>({
  'full-width': '公民身份号码不得使用全角字符，请用半角数字',
  'fifteen-digits': '15 位号码已经停用，请填写 18 位公民身份号码',
  length: '公民身份号码应当为 18 位',
  'lower-case-x': '公民身份号码末位的 X 应当大写',
  characters: '公民身份号码应当为 17 位数字，末位为数字或者 X',
  province: '公民身份号码的前两位不是省级行政区划代码',
  date: '公民身份号码中的出生日期不存在',
  future: '公民身份号码中的出生日期晚于今日',
  'check-digit': '公民身份号码的校验码不符，请逐位核对',
});

/** GB/T 2260 provinces, and 83, under which residents from Taiwan hold residence permits numbered by the same standard. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
);
const EARLIEST = '1850-01-01';

/**
 * What is wrong with a citizen identification number (GB 11643-1999); undefined where nothing is.
 * Without `today` (a date in Shanghai) a birth in the future goes unnoticed: a caller with a clock should give it.
 */
export function checkResidentId(text: string, today?: string): Fault<ResidentIdFault> | undefined {
  if (/[\uFF01-\uFF5E]/.test(text)) return fault('full-width');
  if (/^\d{15}$/.test(text)) return fault('fifteen-digits');
  if (text.length !== 18) return fault('length');
  if (/^\d{17}x$/.test(text)) return fault('lower-case-x');
  if (!/^\d{17}[\dX]$/.test(text)) return fault('characters');
  if (!PROVINCES.has(text.slice(0, 2))) return fault('province');
  const birth = birthDateOf(text);
  if (birth === undefined) return fault('date');
  if (today !== undefined && birth > today) return fault('future');
  return checkDigit(text) === text[17] ? undefined : fault('check-digit');
}

/** The date of birth that the number states, where that is a real date. */
export function birthDateOf(residentId: string): string | undefined {
  const date = `${residentId.slice(6, 10)}-${residentId.slice(10, 12)}-${residentId.slice(12, 14)}`;
  return isDate(date) && date >= EARLIEST ? date : undefined;
}

/** ISO 7064 MOD 11-2 over the first 17 digits: `0` to `9`, or `X` for ten. */
export function checkDigit(digits: string): string {
  let product = 0;
  for (const digit of digits.slice(0, 17)) product = ((product + Number(digit)) * 2) % 11;
  const check = (12 - product) % 11;
  return check === 10 ? 'X' : String(check);
}

/** `5101**********1234`; anything but 18 characters is hidden whole. */
export function maskResidentId(residentId: string): string {
  return residentId.length === 18 ? `${residentId.slice(0, 4)}**********${residentId.slice(14)}` : '******';
}

/** `张**`: the first character, and never how many follow. */
export function maskName(name: string): string {
  const [first = ''] = name;
  return `${first}**`;
}
