import {
  checkFileName,
  checkLine,
  checkPersonName,
  checkResidentId,
  checkTelephone,
  checkText,
  isDate,
  isInstant,
  isTime,
} from '@chuanyu/reference';
import { fieldsOf, type Schema } from '../form/fields';
import { marksOf, type Audience, type Class, type DataClass } from '../form/marks';

/** A field of a form as a reader of the workflow sees it. */
export interface MarkedField {
  /** `releaseDate`, or `clauses[].title` inside a list. */
  readonly path: string;
  readonly title: string;
  readonly audience: Audience;
  readonly data: DataClass;
  readonly optional: boolean;
  readonly schema: Schema;
}

const reach: readonly Audience[] = ['private', 'restricted', 'shared', 'public'];
/** What lies in a list goes no further than the list itself. */
const narrower = (a: Audience, b: Audience): Audience => (reach.indexOf(a) < reach.indexOf(b) ? a : b);
export const crosses = (audience: Audience): boolean => audience !== 'private';
export const isPublic = (audience: Audience): boolean => audience === 'public';

/** Every field of a form with its mark, those inside lists after the list. */
export const markedFields = (form: Class | undefined, within: Audience = 'public'): readonly MarkedField[] => {
  if (!form) return [];
  return [...fieldsOf(form)].flatMap(([name, field]) => {
    const mark = marksOf(form).get(name);
    const audience = narrower(within, mark?.audience ?? 'private');
    const own: MarkedField = {
      path: name,
      title: mark?.title ?? name,
      audience,
      data: mark?.data ?? 'business',
      optional: field.optional === true,
      schema: field.schema ?? {},
    };
    const inner = markedFields(field.of, audience).map((each) => ({ ...each, path: `${name}[].${each.path}` }));
    return [own, ...inner];
  });
};

export interface ObjectSchema {
  readonly [key: string]: unknown;
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}
/** The schema of the part of a form that an audience gets: the same cut as `form/disclosure.ts` makes of a value. */
export const partSchema = (form: Class, wanted: (audience: Audience) => boolean): ObjectSchema => {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, field] of fieldsOf(form)) {
    const mark = marksOf(form).get(name);
    if (!mark || !wanted(mark.audience)) continue;
    properties[name] = {
      title: mark.title,
      ...field.schema,
      ...(field.of ? { items: partSchema(field.of, wanted) } : {}),
      'x-audience': mark.audience,
      'x-data': mark.data,
    };
    if (!field.optional) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
};

/** Keywords of our schemas that JSON Schema does not know: who may read a field, which data it is, which kind of unit. */
export const schemaKeywords = ['x-audience', 'x-data', 'unitKind'] as const;
/**
 * Formats of our schemas, as the same functions that check a form. A division is left to its pattern: the other
 * province may already know a code of a newer revision of GB/T 2260.
 */
export const schemaFormats: Readonly<Record<string, true | ((value: string) => boolean)>> = {
  'person-name': (value) => checkPersonName(value) === undefined,
  'resident-id': (value) => checkResidentId(value) === undefined,
  telephone: (value) => checkTelephone(value) === undefined,
  'long-text': (value) => checkText(value, { max: Number.MAX_SAFE_INTEGER }) === undefined,
  line: (value) => checkLine(value, { max: Number.MAX_SAFE_INTEGER }) === undefined,
  date: (value) => isDate(value),
  'date-time': (value) => isInstant(value),
  division: true,
  'time-of-day': (value) => isTime(value),
  unit: true,
  'file-name': (value) => checkFileName(value) === undefined,
  attachment: true,
};
/** Options with which a JSON Schema 2020-12 compiler (ajv) reads our schemas, strictly. */
export const schemaOptions = {
  strict: true,
  // An attachment is an object, and has a format all the same: what it is for readers of the schema.
  strictTypes: false as const,
  allowUnionTypes: true,
  keywords: [...schemaKeywords],
  formats: schemaFormats,
};
