import type { CollectionDefinition, Scalar } from './port';

/** Collections keep to the port's letters; paths may also be Chinese, but hold nothing that any engine takes for an operator. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;
const PATH = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u;

/** A definition that has been checked: what may be named, as lookups that inherit nothing (`constructor` is not declared). */
export interface Shape {
  readonly name: string;
  readonly fields: ReadonlySet<string>;
  readonly sets: ReadonlyMap<string, { readonly unique: boolean }>;
  readonly indexes: readonly (readonly string[])[];
}

/** Throws `TypeError` for a name that no engine could hold, a path declared twice, or an index on an undeclared field. */
export function shapeOf(definition: CollectionDefinition): Shape {
  const fields = new Set(definition.fields);
  const sets = new Map(Object.entries(definition.sets));
  const indexes = definition.indexes ?? [];
  if (!isCollectionName(definition.name)) throw new TypeError(`not a name for a collection: ${definition.name}`);
  for (const path of [...fields, ...sets.keys()]) {
    if (!PATH.test(path)) throw new TypeError(`not a path: ${path}`);
    if (fields.has(path) && sets.has(path)) throw new TypeError(`both a field and a set: ${path}`);
  }
  if (fields.size !== definition.fields.length) throw new TypeError('a field is declared twice');
  for (const path of indexes.flat()) {
    if (!fields.has(path)) throw new TypeError(`an index on an undeclared field: ${path}`);
  }
  return { name: definition.name, fields, sets, indexes };
}

export function isCollectionName(name: string): boolean {
  return NAME.test(name);
}

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
