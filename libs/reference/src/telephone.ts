import { type Fault, faultsOf } from './fault';

export type TelephoneFault = 'full-width' | 'characters' | 'not-a-number';

const fault = faultsOf<TelephoneFault>({
  'full-width': '电话号码不得使用全角字符，请用半角数字',
  characters: '电话号码只能由数字、空格、“-”、括号和开头的“+86”组成',
  'not-a-number': '应当为 11 位手机号码、带区号的固定电话（如 023-67551234，可带分机）或者 400、800 号码',
});

/** What is wrong with a telephone number of the mainland; undefined where nothing is. */
export function checkTelephone(text: string): Fault<TelephoneFault> | undefined {
  if (/[\uFF01-\uFF5E\u3000]/.test(text)) return fault('full-width');
  if (!/^\+?[\d() -]+$/.test(text)) return fault('characters');
  return normaliseTelephone(text) === undefined ? fault('not-a-number') : undefined;
}

/**
 * One way of writing each number: `13812345678`, `023-67551234`, `028-86123456-801`, `400-123-4567`.
 * Undefined where it is no number.
 */
export function normaliseTelephone(text: string): string | undefined {
  const abroad = /^\+86|^0086/.exec(text)?.[0] ?? '';
  const written = text
    .slice(abroad.length)
    .replace(/[ ()]/g, '')
    .replace(abroad === '' ? '' : /^-/, '');
  if (!/^\d(?:-?\d)*$/.test(written)) return undefined;
  const digits = written.replaceAll('-', '');
  if (/^1[3-9]\d{9}$/.test(digits)) return digits;
  if (/^[48]00\d{7}$/.test(digits)) return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`;
  // From abroad the 0 of the area code is left out.
  const [, area, number, extension] =
    LANDLINE.exec(abroad !== '' && !written.startsWith('0') ? `0${written}` : written) ?? [];
  if (area === undefined || number === undefined) return undefined;
  return extension === undefined ? `${area}-${number}` : `${area}-${number}-${extension}`;
}

/** 010 and 02x have eight digits after them, 03xx to 09xx seven or eight; then perhaps an extension. */
const LANDLINE =
  /^(010|02\d|0[3-9]\d{2})-?((?<=^(?:010|02\d)-?)[2-8]\d{7}|(?<=^0[3-9]\d{2}-?)[2-8]\d{6,7})(?:-(\d{1,6}))?$/;

/** `138****5678`, `023-****1234`; what is no number is hidden whole. */
export function maskTelephone(text: string): string {
  const number = normaliseTelephone(text);
  if (number === undefined) return '****';
  if (number.startsWith('1')) return `${number.slice(0, 3)}****${number.slice(7)}`;
  const [area = '', ...rest] = number.split('-');
  const main = area.startsWith('0') ? (rest[0] ?? '') : rest.join('');
  return `${area}-****${main.slice(-4)}`;
}
