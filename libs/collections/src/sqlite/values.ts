import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Scalar } from '../port';

/**
 * How scalars are kept in columns, so that one plain comparison gives one total order:
 * null < numbers < strings (by code point) < booleans, the order that MongoDB has too.
 *
 * - null is -infinity, which no JSON number can be: SQL's own NULL equals nothing and would need an extra case
 *   in every comparison, and those cases keep the engine from using its indexes.
 * - booleans are blobs of one byte: SQLite has none and would make `true` equal to 1.
 */
export function toColumn(value: Scalar): SQLInputValue {
  if (value === null) return -Infinity;
  if (typeof value === 'string') return toText(value);
  if (typeof value === 'boolean') return new Uint8Array([value ? 1 : 0]);
  return value;
}

export function fromColumn(value: SQLOutputValue | undefined): Scalar {
  if (typeof value === 'string') return fromText(value);
  if (ArrayBuffer.isView(value)) return value[0] === 1;
  if (typeof value === 'number' && value !== -Infinity) return value;
  return null;
}

/** The last code point, which is no character: nobody's data holds it, and where it does, it is escaped as well. */
const ESCAPE = '\u{10ffff}';

/** SQLite keeps UTF-8, which has no lone surrogates: unescaped, all of them would become the same replacement character. */
export function toText(text: string): string {
  if (text.isWellFormed() && !text.includes(ESCAPE)) return text;
  return text.replace(/[\u{10ffff}\p{Surrogate}]/gu, (character) => {
    return `${ESCAPE}${(character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`;
  });
}

export function fromText(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(/\u{10ffff}([0-9a-f]{6})/gu, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
