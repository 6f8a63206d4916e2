import type { Document, Outgoing, Scalar } from './port';

export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The scalar at a path of a document that came from JSON. Whatever is not a scalar is opaque, hence null like an absent one. */
export function readField(document: unknown, path: string): Scalar {
  const value = at(document, path);
  return isScalar(value) ? value : null;
}

/**
 * The strings of a set, each once. A claim that were silently skipped would be claimed twice,
 * so anything but an array of strings (or nothing) throws `TypeError`.
 */
export function readSet(document: unknown, path: string): readonly string[] {
  const value = at(document, path);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError(`${path} must be an array of strings`);
  const strings = new Set<string>();
  for (const item of value) {
    if (typeof item !== 'string') throw new TypeError(`${path} must hold strings only`);
    strings.add(item);
  }
  return [...strings];
}

/** Own properties of objects only: neither `__proto__` nor an array's `length` is data. */
function at(document: unknown, path: string): unknown {
  let value = document;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The document as it is kept: later changes to the caller's object, or what JSON does not know, are not part of it. */
export function written<T extends Document>(document: T): { readonly body: string; readonly copy: T } {
  const body = JSON.stringify(document);
  const copy = JSON.parse(body) as T;
  if (typeof copy.id !== 'string') throw new TypeError('a document needs an id that is a string');
  return { body, copy };
}

/** A message as it is kept, beside the id by which it is settled. */
export function sealed(message: Outgoing): { readonly id: string; readonly message: string } {
  if (JSON.stringify(message.value) === undefined)
    throw new TypeError(`the value of message ${message.id} is not JSON`);
  return { id: message.id, message: JSON.stringify(message) };
}
