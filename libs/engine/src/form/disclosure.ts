import type { JsonObject } from '@chuanyu/contracts';
import { fieldsOf } from './fields';
import { marksOf, type Audience, type Class, type DataClass } from './marks';

/**
 * What of a form goes where. A field that nobody marked stays at home: the default is private.
 * The engine settles it when the step is taken; the exchange computes it again before anything crosses.
 */
const select = (
  form: Class | undefined,
  value: JsonObject | null,
  wanted: (audience: Audience) => boolean,
): JsonObject | null => {
  if (!form || !value) return null;
  const marks = marksOf(form);
  const fields = fieldsOf(form);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => wanted(marks.get(name)?.audience ?? 'private'))
      .map(([name, kept]) => {
        const of = fields.get(name)?.of;
        return [name, of && Array.isArray(kept) ? kept.map((item: JsonObject) => select(of, item, wanted)) : kept];
      }),
  );
};
const crosses = (audience: Audience) => audience !== 'private';

/** A field of a form that holds text; undefined where it does not. */
export const textIn = (form: JsonObject | null | undefined, field: string): string | undefined => {
  const value = form?.[field];
  return typeof value === 'string' ? value : undefined;
};

/** The part that crosses the border. */
export const sharedPart = (form: Class | undefined, value: JsonObject | null): JsonObject | null =>
  select(form, value, crosses);
/** The part that never leaves the province. */
export const privatePart = (form: Class | undefined, value: JsonObject | null): JsonObject | null => {
  const part = select(form, value, (audience) => !crosses(audience));
  return part && Object.keys(part).length > 0 ? part : null;
};
/** The part that integrators may read. */
export const publicPart = (form: Class | undefined, value: JsonObject | null): JsonObject | null =>
  select(form, value, (audience) => audience === 'public');
/** The part that an officer outside the unit addressed may read. */
export const withoutRestricted = (form: Class | undefined, value: JsonObject | null): JsonObject | null =>
  select(form, value, (audience) => audience !== 'restricted');

/** The items of a list field, with their class. */
const itemsOf = (form: Class, name: string, kept: unknown): readonly (readonly [Class, JsonObject])[] => {
  const of = fieldsOf(form).get(name)?.of;
  return of && Array.isArray(kept) ? (kept as readonly JsonObject[]).map((item) => [of, item] as const) : [];
};
const classesIn = (form: Class, part: JsonObject): readonly DataClass[] =>
  Object.entries(part).flatMap(([name, kept]) => [
    marksOf(form).get(name)?.data ?? 'business',
    ...itemsOf(form, name, kept).flatMap(([of, item]) => classesIn(of, item)),
  ]);

/** The classes of data that would cross with this value, in lists too: each needs a live clause. */
export const dataClasses = (form: Class | undefined, value: JsonObject | null): readonly DataClass[] => {
  const part = sharedPart(form, value);
  return form && part ? [...new Set(classesIn(form, part))].sort() : [];
};
/** Fields that may not cross, found in a part that is about to; `items[].name` inside a list. */
export const excess = (form: Class | undefined, part: JsonObject | null): readonly string[] => {
  if (!part) return [];
  if (!form) return Object.keys(part);
  return Object.entries(part).flatMap(([name, kept]) => [
    ...(crosses(marksOf(form).get(name)?.audience ?? 'private') ? [] : [name]),
    ...itemsOf(form, name, kept).flatMap(([of, item]) => excess(of, item).map((each) => `${name}[].${each}`)),
  ]);
};
