import type { Shape } from './definition';
import { isScalar } from './document';
import { BadCursor, type Query, type Scalar, type ValuesPage } from './port';

/** Where a page ended: the sort value (null when sorted by id) and the id of its last document. */
export interface Position {
  readonly value: Scalar;
  readonly id: string;
}

/** Opaque to callers, but not secret: it repeats the sort value and the id of a document they were shown. */
export function writeCursor(shape: Shape, sort: Query['sort'], at: Position): string {
  const parts = [shape.name, sort?.by ?? null, sort?.order ?? 'ascending', at.value, at.id];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws `BadCursor` unless `writeCursor` made it for the same collection and the same sort. */
export function readCursor(shape: Shape, sort: Query['sort'], cursor: string): Position {
  const [, , , value, id] = decoded(cursor);
  if (!isScalar(value) || typeof id !== 'string') throw new BadCursor();
  const at = { value, id };
  // Written again it must be the same: this compares the list, and a decoder forgives stray characters and a cut end.
  if (writeCursor(shape, sort, at) !== cursor) throw new BadCursor();
  return at;
}

function decoded(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    throw new BadCursor();
  }
}

/** The page of so many of these by id; one more than that tells whether there is a next one. */
export function upTo(limit: number, found: ValuesPage['items']): ValuesPage {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length <= limit || last === undefined ? { items } : { items, next: last.id };
}
