import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Scalar } from '../port';
import { fromText, toText } from '../text';

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
