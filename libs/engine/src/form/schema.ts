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
      detail:
        rule === 'whitelistValidation' ? '表单没有这一项' : error.value === undefined ? `必填：${detail}` : detail,
    })),
    ...faultsOf(error.children ?? [], [...path, error.property]),
  ]);
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What class-validator does not see, or too slowly: names of the prototype, holes in lists, lists without end. */
const shapeFaults = (form: Class, value: object, path: readonly string[]): Fault[] => {
  const fields = fieldsOf(form);
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    const field = fields.get(name);
    const at = [...path, name];
    if (!field) return [{ pointer: pointer(at), rule: 'unknown-field', detail: '表单没有这一项' }];
    if (!Array.isArray(each)) return [];
    const most = field.schema?.['maxItems'];
    if (typeof most === 'number' && each.length > most)
      return [{ pointer: pointer(at), rule: 'arrayMaxSize', detail: `最多 ${most} 项` }];
    const { of } = field;
    if (!of) return [];
    return Array.from(each as readonly unknown[], (item, index) =>
      isObject(item)
        ? shapeFaults(of, item, [...at, String(index)])
        : [{ pointer: pointer([...at, String(index)]), rule: 'isObject', detail: '每一项应为对象' }],
    ).flat();
  });
};

/** Null in an optional field is nothing, in a list's items too: what crosses must fit its schema. */
const withoutEmpty = (form: Class, value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => !(each === null && fieldsOf(form).get(name)?.optional))
      .map(([name, each]) => {
        const of = fieldsOf(form).get(name)?.of;
        const items: readonly unknown[] | undefined = of && Array.isArray(each) ? each : undefined;
        return of && items
          ? [name, Array.from(items, (item) => (isObject(item) ? withoutEmpty(of, item) : item) as JsonObject)]
          : [name, each];
      }),
  );

/** Checks what was submitted against the form's class. Empty optional fields are dropped. Never throws. */
export const readForm = (
  form: Class,
  value: unknown,
): { readonly form: JsonObject } | { readonly faults: readonly Fault[] } => {
  if (!isObject(value)) return { faults: [{ pointer: '', rule: 'object', detail: '表单应为对象' }] };
  try {
    const kept = withoutEmpty(form, value);
    const shape = shapeFaults(form, kept, []);
    if (shape.some((fault) => fault.rule === 'arrayMaxSize')) return { faults: shape };
    const errors = validateSync(plainToInstance(form, kept), {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: false,
    });
    const known = new Set(shape.map((fault) => fault.pointer));
    const faults = [...shape, ...faultsOf(errors, []).filter((fault) => !known.has(fault.pointer))];
    return faults.length > 0 ? { faults } : { form: kept };
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
