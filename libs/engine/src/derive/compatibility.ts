import type { Schema } from '../form/fields';

/**
 * What readers of an event would trip over if its schema changed from `before` to `after` under the same type:
 * one sentence each. Looked at are the data that a form or the engine brings (what crosses, what integrators get) and
 * the states that integrators wait for; the way through the states is the workflow's `version`.
 */
export const breaking = (before: Schema, after: Schema): readonly string[] =>
  looked(before).flatMap(([name, part]) => {
    const now = looked(after).find(([each]) => each === name)?.[1];
    return now ? compare(name, part, now) : [`${name}: is no longer there`];
  });

const looked = (event: Schema): readonly (readonly [string, Schema])[] => {
  const defined = schemaAt(schemaAt(event, '$defs'), 'form');
  const properties = schemaAt(event, 'properties');
  return [
    ['form', defined],
    ['yields', schemaAt(properties, 'yields')],
    ['fields', schemaAt(properties, 'fields')],
    ['state', schemaAt(properties, 'fields') ? schemaAt(properties, 'state') : undefined],
  ].flatMap(([name, part]) => (typeof name === 'string' && isSchema(part) ? [[name, part] as const] : []));
};
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemaAt = (schema: Schema | undefined, key: string): Schema | undefined => {
  const value = schema && Object.hasOwn(schema, key) ? schema[key] : undefined;
  return isSchema(value) ? value : undefined;
};
const texts = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];

const compare = (path: string, before: Schema, after: Schema): readonly string[] => [
  ...typeChanges(path, before, after),
  ...choiceChanges(path, before, after),
  ...fieldChanges(path, before, after),
  ...boundChanges(path, before, after),
  ...itemChanges(path, before, after),
];

const typeChanges = (path: string, before: Schema, after: Schema): readonly string[] => {
  const [was, is] = [texts(before['type']), texts(after['type'])];
  const same = was.length === is.length && was.every((type) => is.includes(type));
  return same ? [] : [`${path}: type ${was.join(' or ') || 'any'} became ${is.join(' or ') || 'any'}`];
};

const choices = (schema: Schema): readonly unknown[] | undefined =>
  'const' in schema ? [schema['const']] : 'enum' in schema ? texts(schema['enum']) : undefined;
const choiceChanges = (path: string, before: Schema, after: Schema): readonly string[] => {
  const [was, is] = [choices(before), choices(after)];
  if (is === undefined) return [];
  if (was === undefined) return [`${path}: was open, is now one of ${is.map(String).join(', ')}`];
  const gone = was.filter((value) => !is.includes(value));
  return gone.length === 0 ? [] : [`${path}: no longer ${gone.map(String).join(', ')}`];
};

const fieldChanges = (path: string, before: Schema, after: Schema): readonly string[] => {
  const [was, is] = [schemaAt(before, 'properties') ?? {}, schemaAt(after, 'properties') ?? {}];
  const [needed, needs] = [texts(before['required']).map(String), texts(after['required']).map(String)];
  return [
    ...needs.filter((name) => !needed.includes(name)).map((name) => `${path}.${name}: is now required`),
    ...Object.keys(was).flatMap((name) => {
      const [old, now] = [schemaAt(was, name), schemaAt(is, name)];
      if (!now) return [`${path}.${name}: was removed`];
      // A place that was kept empty for what was to come: nobody has ever read anything there.
      if (old?.['type'] === 'null' && !needed.includes(name)) return [];
      const loosened = needed.includes(name) && !needs.includes(name);
      return [
        ...(loosened ? [`${path}.${name}: need no longer be present`] : []),
        ...(old ? compare(`${path}.${name}`, old, now) : []),
      ];
    }),
  ];
};

/** Bounds that only rise or only fall when a type is narrowed. */
const bounds = { minLength: 1, minimum: 1, minItems: 1, maxLength: -1, maximum: -1, maxItems: -1 } as const;
const boundChanges = (path: string, before: Schema, after: Schema): readonly string[] => [
  ...Object.entries(bounds).flatMap(([key, direction]) => {
    const [was, is] = [before[key], after[key]];
    const narrowed = typeof is === 'number' && (typeof was !== 'number' || (is - was) * direction > 0);
    return narrowed ? [`${path}: ${key} ${typeof was === 'number' ? was : 'none'} became ${is}`] : [];
  }),
  ...['pattern', 'format'].flatMap((key) =>
    after[key] !== undefined && after[key] !== before[key]
      ? [`${path}: ${key} became ${JSON.stringify(after[key])}`]
      : [],
  ),
];

const itemChanges = (path: string, before: Schema, after: Schema): readonly string[] => {
  const [was, is] = [schemaAt(before, 'items'), schemaAt(after, 'items')];
  return was && is ? compare(`${path}[]`, was, is) : [];
};
