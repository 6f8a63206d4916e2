import { Refusal } from '@chuanyu/contracts';

/** Deeper than any form is. */
const DEEPEST = 64;

/**
 * A body as JSON that means one thing only. Throws a Refusal for what another reader could read differently: text that is not UTF-8,
 * a byte order mark, a key given twice, half a surrogate pair, a number that does not survive; and for the keys of prototypes.
 */
export const readJson = (bytes: Buffer): unknown => {
  const text = textOf(bytes);
  if (text.startsWith('\ufeff')) throw bad('不得以字节顺序标记（BOM）开头');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('不是完整的 JSON');
  }
  checkTokens(text);
  return value;
};

const bad = (detail: string): Refusal =>
  new Refusal('bad-request', `请求内容无法读取：${detail}`, { errors: [{ pointer: '', rule: 'json', detail }] });
const textOf = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad('应为 UTF-8 编码');
  }
};

/** Of a text that is JSON: every string has its end, and each character is looked at once. */
const checkTokens = (text: string): void => {
  const open: (Set<string> | null)[] = [];
  let name = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    switch (character) {
      case '{':
      case '[':
        open.push(character === '{' ? new Set() : null);
        if (open.length > DEEPEST) throw bad(`嵌套不得超过 ${DEEPEST} 层`);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ':':
        noteKey(open.at(-1), name);
        break;
      case '"': {
        const end = endOfString(text, at);
        name = stringOf(text.slice(at, end));
        at = end - 1;
        break;
      }
      default:
        if (DIGIT.test(character)) at = endOfNumber(text, at) - 1;
    }
  }
};
const DIGIT = /\d/;
const endOfString = (text: string, from: number): number => {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};
const endOfNumber = (text: string, from: number): number => {
  let at = from + 1;
  while (/[\d.eE+-]/.test(text[at] ?? '')) at++;
  if (at - from < 4) return at;
  const number = text.slice(from, at);
  if (!Number.isFinite(Number(number)) || (/^\d+$/.test(number) && !Number.isSafeInteger(Number(number))))
    throw bad('数值超出可以精确表示的范围');
  return at;
};
const noteKey = (keys: Set<string> | null | undefined, name: string): void => {
  if (!keys) return;
  if (name === '__proto__' || name === 'constructor' || name === 'prototype') throw bad(`不得使用键名 ${name}`);
  if (keys.has(name)) throw bad('同一键名不得出现两次');
  keys.add(name);
};
const stringOf = (token: string): string => {
  if (!token.includes('\\')) return token.slice(1, -1);
  const value: unknown = JSON.parse(token);
  if (typeof value !== 'string' || !value.isWellFormed()) throw bad('文字含有残缺的字符');
  return value;
};
