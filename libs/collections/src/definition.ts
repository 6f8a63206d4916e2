import type { CollectionDefinition } from './port';

/** Collections keep to the port's letters; paths may also be Chinese, but hold nothing that any engine takes for an operator. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;
const PATH = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u;

/** A definition that has been checked: what may be named, as lookups that inherit nothing (`constructor` is not declared). */
export interface Shape {
  readonly name: string;
  readonly fields: ReadonlySet<string>;
  readonly sets: ReadonlyMap<string, { readonly unique: boolean }>;
  /** Fields without an index of their own. */
  readonly unindexed: readonly string[];
  /** All of them, those of single fields too. */
  readonly indexes: readonly (readonly string[])[];
}

/** Throws `TypeError` for a name that no engine could hold, a path declared twice, or an index (or none) on an undeclared field. */
export function shapeOf(definition: CollectionDefinition): Shape {
  const fields = new Set(definition.fields);
  const sets = new Map(Object.entries(definition.sets));
  const { unindexed = [], indexes: compound = [] } = definition;
  if (!isCollectionName(definition.name)) throw new TypeError(`not a name for a collection: ${definition.name}`);
  for (const path of [...fields, ...sets.keys()]) {
    if (!PATH.test(path)) throw new TypeError(`not a path: ${path}`);
    if (fields.has(path) && sets.has(path)) throw new TypeError(`both a field and a set: ${path}`);
  }
  if (fields.size !== definition.fields.length) throw new TypeError('a field is declared twice');
  for (const path of [...unindexed, ...compound.flat()]) {
    if (!fields.has(path)) throw new TypeError(`an index on an undeclared field: ${path}`);
  }
  const single = [...fields].filter((path) => !unindexed.includes(path)).map((path) => [path]);
  return { name: definition.name, fields, sets, unindexed, indexes: [...single, ...compound] };
}

export function isCollectionName(name: string): boolean {
  return NAME.test(name);
}
