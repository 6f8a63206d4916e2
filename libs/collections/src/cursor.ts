import { isScalar, type Shape } from './definition';
import { BadCursor, type Query, type Scalar } from './port';

/** Where a page ended: the sort value (null when sorted by id) and the id of its last document. */
export interface Position {
  readonly value: Scalar;
  readonly id: string;
}

/** Opaque to callers, but not secret: it repeats the sort value and the id of a document they were shown. */
export function writeCursor(shape: Shape, sort: Query['sort'], at: Position): string {
  return Buffer.from(JSON.stringify([...list(shape, sort), at.value, at.id])).toString('base64url');
}

/** Throws `BadCursor` unless `writeCursor` made it for the same collection and the same sort. */
export function readCursor(shape: Shape, sort: Query['sort'], cursor: string): Position {
  const [name, by, order, value, id, ...rest] = decoded(cursor);
  const [ownName, ownBy, ownOrder] = list(shape, sort);
  if (name !== ownName || by !== ownBy || order !== ownOrder || rest.length > 0) throw new BadCursor();
  if (!isScalar(value) || typeof id !== 'string') throw new BadCursor();
  const at = { value, id };
  // A decoder forgives stray characters and a cut end; a cursor that we made has exactly one spelling.
  if (writeCursor(shape, sort, at) !== cursor) throw new BadCursor();
  return at;
}

function list(shape: Shape, sort: Query['sort']): readonly [string, string | null, string] {
  return [shape.name, sort?.by ?? null, sort?.order ?? 'ascending'];
}

function decoded(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    throw new BadCursor();
  }
}
