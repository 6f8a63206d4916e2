import { fieldsOf, type Schema } from '../form/fields';
import { marksOf, type Audience, type Class } from '../form/marks';

const personal: Readonly<Record<string, string>> = {
  'person-name': 'a name',
  'resident-id': 'a resident ID number',
  telephone: 'a telephone number',
  attachment: 'an attachment',
};
/** What a field, or each item of its list, is written as. */
const formatOf = (schema: Schema | undefined): string => {
  const items = schema?.['items'];
  const item = typeof items === 'object' && items !== null && 'format' in items ? items.format : undefined;
  return String(schema?.['format'] ?? item);
};
/**
 * Integrators never get a person's data, however its field is marked; and a name or an ID number that crosses is of class
 * identity, so that a clause about business data alone does not let it flow.
 */
export const personalFaults = (form: Class, seen: ReadonlySet<Class> = new Set()): string[] =>
  seen.has(form)
    ? []
    : [...fieldsOf(form)].flatMap(([name, field]) => {
        const format = formatOf(field.schema);
        const mark = marksOf(form).get(name);
        const identifies = format === 'person-name' || format === 'resident-id';
        return [
          ...(mark?.audience === 'public' && Object.hasOwn(personal, format)
            ? [`form ${form.name}: public field ${name} holds ${personal[format] ?? format}`]
            : []),
          ...(mark &&
          mark.audience !== 'private' &&
          mark.audience !== 'public' &&
          mark.data === 'business' &&
          identifies
            ? [`form ${form.name}: field ${name} crosses as business data and holds ${personal[format] ?? format}`]
            : []),
          ...(field.of ? personalFaults(field.of, new Set([...seen, form])) : []),
          ...(field.of && mark ? itemFaults(form, name, mark.audience, field.of) : []),
        ];
      });
/** A list is kept, shown and sent as one: what of its items stays at home would be kept nowhere, what is restricted be shown. */
const itemFaults = (form: Class, list: string, audience: Audience, of: Class): string[] =>
  [...marksOf(of)]
    .filter(([, mark]) => (mark.audience === 'private' || mark.audience === 'restricted') && mark.audience !== audience)
    .map(([name, mark]) => `form ${form.name}: the list ${list} is ${audience}, ${name} in it is ${mark.audience}`);
