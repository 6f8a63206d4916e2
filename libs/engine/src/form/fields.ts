import 'reflect-metadata';
import {
  ValidateBy,
  ValidateNested,
  IsOptional,
  IsArray,
  ArrayMaxSize,
  IsObject,
  IsBoolean,
  IsInt,
  Min,
  Max,
  IsIn,
} from 'class-validator';
import { Type } from 'class-transformer';
import {
  type Fault,
  checkLine,
  checkPersonName,
  checkResidentId,
  checkTelephone,
  checkText,
  isDate,
  isDivision,
  isFormerDivision,
  isInstant,
  isTime,
} from '@chuanyu/reference';
import { anAttached, attachedFault, attachedSchema } from './attached';
import type { Class } from './marks';

/** A piece of JSON Schema (2020-12). */
export type Schema = { readonly [key: string]: unknown };

export interface Field {
  readonly schema: Schema;
  readonly optional: boolean;
  /** The class of the items or of the nested object. */
  readonly of?: Class;
  readonly list: boolean;
  /** A valid value, for documentation and generated tests. */
  readonly example: unknown;
}
const fieldsKey = Symbol('chuanyu:fields');
const fieldMap = (target: object): Map<string, Partial<Field>> => {
  const known: unknown = Reflect.getOwnMetadata(fieldsKey, target);
  if (known instanceof Map) return known as Map<string, Partial<Field>>;
  const made = new Map<string, Partial<Field>>();
  Reflect.defineMetadata(fieldsKey, made, target);
  return made;
};

/** What is known of each field of a form. A field with only `@Optional` has no schema. */
export const fieldsOf = (form: Class): ReadonlyMap<string, Partial<Field>> => fieldMap(form.prototype as object);

const field =
  (known: Partial<Field>, ...validators: PropertyDecorator[]): PropertyDecorator =>
  (target, name) => {
    const fields = fieldMap(target);
    fields.set(String(name), { ...fields.get(String(name)), ...known });
    for (const validator of validators) validator(target, name);
  };
/** A check that returns the reason (Chinese) why a value is refused, or undefined. A check that throws counts as a refusal. */
const check = (rule: string, why: (value: unknown) => string | undefined): PropertyDecorator => {
  const reason = (value: unknown): string | undefined => {
    try {
      return why(value);
    } catch {
      return '无法识别的内容';
    }
  };
  return ValidateBy({
    name: rule,
    validator: {
      validate: (value: unknown) => reason(value) === undefined,
      defaultMessage: (args) => reason(args?.value) ?? '不符合要求',
    },
  });
};
const text =
  (why: (value: string) => Fault | string | undefined) =>
  (value: unknown): string | undefined => {
    if (typeof value !== 'string') return '应为文字';
    const fault = why(value);
    return typeof fault === 'object' ? fault.message : fault;
  };

/** A person's name as written in official documents: 1–50 characters, Han (rare ones too) or Latin, `·` between parts. */
export const PersonName = (): PropertyDecorator =>
  field(
    { schema: { type: 'string', minLength: 1, maxLength: 50, format: 'person-name' }, example: '张三' },
    check('person-name', text(checkPersonName)),
  );
/** 公民身份号码, 18 characters with a right check digit (GB 11643-1999). */
export const ResidentId = (): PropertyDecorator =>
  field(
    {
      schema: { type: 'string', pattern: '^[1-9][0-9]{16}[0-9X]$', format: 'resident-id' },
      example: '510107199003077216',
    },
    check(
      'resident-id',
      text((v) => checkResidentId(v)),
    ),
  );
/** A calendar date of Asia/Shanghai, `YYYY-MM-DD` (GB/T 7408.1). */
export const CalendarDate = (): PropertyDecorator =>
  field(
    { schema: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', format: 'date' }, example: '2026-12-01' },
    check(
      'date',
      text((v) => (isDate(v) ? undefined : '应为存在的日期，如 2026-12-01')),
    ),
  );
/** An instant, UTC, ISO 8601 with milliseconds. */
export const Instant = (): PropertyDecorator =>
  field(
    { schema: { type: 'string', format: 'date-time' }, example: '2026-12-01T01:00:00.000Z' },
    check(
      'instant',
      text((v) => (isInstant(v) ? undefined : '应为世界协调时，如 2026-12-01T01:00:00.000Z')),
    ),
  );
/** A time of day in Shanghai, `09:30`. */
export const TimeOfDay = (): PropertyDecorator =>
  field(
    {
      schema: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', format: 'time-of-day' },
      example: '09:30',
    },
    check(
      'time-of-day',
      text((v) => (isTime(v) ? undefined : '应为二十四小时制的时间，如 09:30')),
    ),
  );
/** A GB/T 2260 code of a division, a former one too: household records keep it until they are renewed. */
export const Division = (): PropertyDecorator =>
  field(
    { schema: { type: 'string', pattern: '^[0-9]{6}$', format: 'division' }, example: '500112' },
    check(
      'division',
      text((v) => (isDivision(v) || isFormerDivision(v) ? undefined : '应为有效的六位行政区划代码（GB/T 2260）')),
    ),
  );
export const YesNo = (): PropertyDecorator =>
  field({ schema: { type: 'boolean' }, example: true }, IsBoolean({ message: '应为是（true）或否（false）' }));
export const Telephone = (): PropertyDecorator =>
  field(
    { schema: { type: 'string', minLength: 3, maxLength: 20, format: 'telephone' }, example: '13800138000' },
    check('telephone', text(checkTelephone)),
  );
/** A text of at most `max` characters (code points); more than 200 may have line breaks. */
export const Text = (max: number): PropertyDecorator =>
  field(
    {
      schema: { type: 'string', minLength: 1, maxLength: max, ...(max > 200 ? { format: 'long-text' } : {}) },
      example: '如上所述',
    },
    check(
      'text',
      text((v) => (max > 200 ? checkText(v, { max }) : checkLine(v, { max }))),
    ),
  );
export const OneOf = (...values: readonly string[]): PropertyDecorator =>
  field(
    { schema: { type: 'string', enum: values }, example: values[0] },
    IsIn([...values], { message: `应为其中之一：${values.join('、')}` }),
  );
/** The id of a unit of this kind. */
export const UnitOf = (kind: string): PropertyDecorator =>
  field(
    {
      schema: { type: 'string', pattern: '^[a-z][a-z0-9-]{1,63}$', format: 'unit', unitKind: kind },
      example: 'sc-chengdu-prison',
    },
    check(
      'unit',
      text((v) => (/^[a-z][a-z0-9-]{1,63}$/.test(v) ? undefined : '应为单位编码')),
    ),
  );
/** A whole number between both, inclusive. */
export const Whole = (min: number, max: number): PropertyDecorator =>
  field(
    { schema: { type: 'integer', minimum: min, maximum: max }, example: min },
    IsInt({ message: '应为整数' }),
    Min(min, { message: `不小于 ${min}` }),
    Max(max, { message: `不大于 ${max}` }),
  );
/** A list of at most `max` forms of this class. */
export const ListOf = (of: Class, max = 100): PropertyDecorator =>
  field(
    { schema: { type: 'array', maxItems: max }, of, list: true, example: [] },
    IsArray({ message: '应为列表' }),
    ArrayMaxSize(max, { message: `最多 ${max} 项` }),
    IsObject({ each: true, message: '每一项应为对象' }),
    ValidateNested({ each: true }),
    Type(() => of),
  );
/** A list of at most `max` of these values, without repetition. */
export const SomeOf = (...values: readonly string[]): PropertyDecorator =>
  field(
    {
      schema: { type: 'array', items: { type: 'string', enum: values }, uniqueItems: true, maxItems: values.length },
      example: values.slice(0, 1),
    },
    check('some-of', (v) =>
      Array.isArray(v) && new Set(v).size === v.length && v.every((each) => values.includes(each as string))
        ? undefined
        : `应为不重复的列表，可选：${values.join('、')}`,
    ),
  );
/** Names of at most `max` people, each once. */
export const PersonNames = (max = 20): PropertyDecorator =>
  field(
    {
      schema: {
        type: 'array',
        items: { type: 'string', minLength: 1, maxLength: 50, format: 'person-name' },
        uniqueItems: true,
        maxItems: max,
      },
      example: ['张三'],
    },
    check('person-names', (v) => {
      if (!Array.isArray(v) || !v.every((each) => typeof each === 'string') || v.length > max)
        return `应为最多 ${max} 个姓名的列表`;
      const fault = v.map((each) => checkPersonName(each)).find((each) => each !== undefined);
      return fault ? fault.message : new Set(v).size === v.length ? undefined : '同一姓名不得出现两次';
    }),
  );
/** A file that was uploaded before (`form/attached.ts`): `Attached`. */
export const Attachment = (): PropertyDecorator =>
  field({ schema: attachedSchema, example: anAttached }, check('attachment', attachedFault));
export const Optional = (): PropertyDecorator => field({ optional: true }, IsOptional());
/** The id of any unit. */
export const UnitCode = (): PropertyDecorator => UnitOf('any');
