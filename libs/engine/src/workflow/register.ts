import { fieldsOf } from '../form/fields';
import { marksOf, type Class } from '../form/marks';
import { formFaults } from '../form/schema';
import { WorkflowFaults } from './define';

/** Records that a unit keeps and that rules look into (inmates, rooms): never part of a case, never across the border. */
export interface Register<T extends object = object> {
  /** Kebab-case, as in routes. */
  readonly name: string;
  readonly title: string;
  readonly english: string;
  /** A record, marked like a form. Every field is `Private`. */
  readonly of: Class<T>;
  /** The field that tells a record from the unit's others. */
  readonly key: string;
  /** The roles that keep it, each unit its own. */
  readonly keptBy: readonly string[];
}

/** Makes a register of what a file says. Throws `WorkflowFaults` naming every fault. */
export const defineRegister = <T extends object>(
  name: string,
  file: Omit<Register<T>, 'name' | 'key'> & { readonly key: keyof T & string },
): Register<T> => {
  const register = { name, ...file };
  const faults = registerFaults(register);
  if (faults.length > 0) throw new WorkflowFaults(`register ${name}`, faults);
  return register;
};

const registerFaults = ({ name, title, english, of, key, keptBy }: Register): readonly string[] => {
  const fields = fieldsOf(of);
  const field = fields.get(key);
  const marks = [...marksOf(of)];
  const titles = marks.map(([, mark]) => mark.title);
  return [
    ...(/^[a-z]+(-[a-z]+)*$/.test(name) ? [] : [`${name} is not a name in kebab-case`]),
    ...(title.trim() === '' || english.trim() === '' ? ['has no title'] : []),
    ...(keptBy.length === 0 ? ['is kept by nobody'] : []),
    ...formFaults(of),
    ...marks
      .filter(([, mark]) => mark.audience !== 'private')
      .map(([each, mark]) => `field ${each} is ${mark.audience}: a register never leaves its province`),
    ...titles.filter((each, at) => titles.indexOf(each) !== at).map((each) => `two fields are called ${each}`),
    ...(field?.schema?.['type'] === 'string' && !field.optional
      ? []
      : [`the key ${key} is not a text that is always there`]),
    ...[...fields]
      .filter(([, each]) => each.of || each.schema?.['format'] === 'attachment')
      .map(([each]) => `field ${each} does not fit into the cell of a spreadsheet`),
  ];
};
