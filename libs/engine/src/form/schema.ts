import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { Fault, JsonObject } from '@chuanyu/contracts';
import { fieldsOf, type Schema } from './fields';
import { markedTwice, marksOf, type Class } from './marks';

/** The form as JSON Schema (2020-12), with Chinese titles, for the event path and the screens. `keep` leaves fields out. */
export const schemaOf = (form: Class, keep: (field: string) => boolean = () => true): Schema => {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, field] of fieldsOf(form)) {
    if (!keep(name)) continue;
    const mark = marksOf(form).get(name);
    properties[name] = {
      ...(mark ? { title: mark.title } : {}),
      ...field.schema,
      ...(field.of ? { items: schemaOf(field.of) } : {}),
      ...(mark ? { 'x-audience': mark.audience, 'x-data': mark.data } : {}),
    };
    if (!field.optional) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
};

const pointer = (path: readonly string[]) =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const faultsOf = (errors: readonly ValidationError[], path: readonly string[]): Fault[] =>
  errors.flatMap((error) => [
    ...Object.entries(error.constraints ?? {}).map(([rule, detail]) => ({
      pointer: pointer([...path, error.property]),
      rule: rule === 'whitelistValidation' ? 'unknown-field' : rule,
      detail: rule === 'whitelistValidation' ? '表单没有这一项' : detail,
    })),
    ...faultsOf(error.children ?? [], [...path, error.property]),
  ]);
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks what was submitted against the form's class. Empty optional fields are dropped. Never throws. */
export const readForm = (
  form: Class,
  value: unknown,
): { readonly form: JsonObject } | { readonly faults: readonly Fault[] } => {
  if (!isObject(value)) return { faults: [{ pointer: '', rule: 'object', detail: '表单应为对象' }] };
  const kept = Object.fromEntries(
    Object.entries(value).filter(([name, each]) => !(each === null && fieldsOf(form).get(name)?.optional)),
  );
  try {
    const errors = validateSync(plainToInstance(form, kept), {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
    });
    return errors.length > 0 ? { faults: faultsOf(errors, []) } : { form: kept };
  } catch {
    return { faults: [{ pointer: '', rule: 'readable', detail: '无法识别的内容' }] };
  }
};

/** A form with valid values in every field that must be there. */
export const exampleOf = (form: Class): JsonObject =>
  Object.fromEntries(
    [...fieldsOf(form)]
      .filter(([, field]) => !field.optional)
      .map(([name, field]) => [name, field.example as JsonObject]),
  );

/** What is wrong with the class itself: told when its workflow is loaded. */
export const formFaults = (form: Class, seen: ReadonlySet<Class> = new Set()): string[] => {
  if (seen.has(form)) return [];
  const marks = marksOf(form);
  const fields = fieldsOf(form);
  const validated = getMetadataStorage()
    .getTargetValidationMetadatas(form, '', false, false)
    .map((each) => each.propertyName);
  const names = new Set([...Object.keys(new form()), ...fields.keys(), ...marks.keys(), ...validated]);
  return [
    ...[...names]
      .filter((name) => !marks.has(name))
      .map((name) => `form ${form.name}: field ${name} has no audience mark`),
    ...[...names]
      .filter((name) => !fields.get(name)?.schema)
      .map((name) => `form ${form.name}: field ${name} has no type`),
    ...markedTwice(form).map((name) => `form ${form.name}: field ${name} has two audience marks`),
    ...[...fields.values()].flatMap((field) => (field.of ? formFaults(field.of, new Set([...seen, form])) : [])),
  ];
};
