import type { Fault, JsonObject } from '@chuanyu/contracts';
import { spreadsheet, type Table } from '@chuanyu/documents';
import { markedFields, readForm, textIn, typeInWords, type MarkedField, type Register } from '@chuanyu/engine';
import { instantAt } from '@chuanyu/reference';

/** A fault in a file, where its reader finds it: row as the office program numbers it, column by its title. */
export interface SheetFault extends Fault {
  readonly row: number;
  readonly column: string;
}
export interface SheetRow {
  readonly at: number;
  readonly key: string;
  /** Only the columns that the file has; an empty cell of an optional field is absent here. */
  readonly record: JsonObject;
  /** Columns that the file has and this row leaves empty. */
  readonly emptied: readonly string[];
}
export interface ReadSheet {
  readonly rows: readonly SheetRow[];
  readonly faults: readonly SheetFault[];
}
/** An office's register is smaller; a larger one comes in several files. */
export const MOST_ROWS = 5000;

/** An empty sheet with the register's columns, and one that says how to fill it in. */
export const template = (register: Register): Promise<Buffer> => {
  const fields = markedFields(register.of);
  const explained = fields.map((field) => [
    field.title,
    field.optional ? '' : '必填',
    `${typeInWords(field.schema)}${isList(field) ? '；多项以顿号或者分号分隔' : ''}`,
    field.path === register.key ? '每条各不相同；已有的按此列对应，更新该条' : '',
  ]);
  return spreadsheet([
    { name: register.title, columns: fields.map(({ title }) => ({ title, width: 20 })), rows: [] },
    {
      name: '填写说明',
      columns: ['列', '必填', '填写内容', '说明'].map((title, at) => ({ title, width: at === 2 ? 60 : 24 })),
      rows: explained,
    },
  ]);
};

/** The rows of a file as records, and everything that is wrong with it: no fault, or no import. */
export const readSheet = (register: Register, { header, rows }: Table): ReadSheet => {
  const fields = markedFields(register.of);
  const columns = header.map((title) => fields.find((field) => field.title === title));
  const faults: SheetFault[] = [
    ...header
      .filter((_, at) => columns[at] === undefined)
      .map((title) =>
        fault(1, title, 'unknown-column', `台账没有这一列；可用的列：${fields.map((f) => f.title).join('、')}`),
      ),
    ...fields
      .filter((field) => !field.optional && !header.includes(field.title))
      .map((field) => fault(1, field.title, 'missing-column', '缺少这一列')),
    ...(rows.length > MOST_ROWS
      ? [fault(MOST_ROWS + 2, '', 'too-many-rows', `一次最多 ${MOST_ROWS} 行，请分成几个文件`)]
      : []),
  ];
  if (faults.length > 0) return { rows: [], faults };
  const seen = new Map<string, number>();
  const read: SheetRow[] = [];
  for (const { at, cells } of rows) {
    const filled = columns.flatMap((field, column) => (field ? [{ field, cell: cells[column] ?? '' }] : []));
    const record = Object.fromEntries(
      filled.filter(({ cell }) => cell !== '').map(({ field, cell }) => [field.path, valueOf(field, cell)]),
    ) as JsonObject;
    const result = readForm(register.of, record);
    if ('faults' in result) {
      faults.push(...result.faults.map((each) => asSheetFault(fields, at, each)));
      continue;
    }
    const key = textIn(record, register.key) ?? '';
    const before = seen.get(key);
    const title = fields.find(({ path }) => path === register.key)?.title ?? register.key;
    if (before !== undefined) faults.push(fault(at, title, 'repeated', `与第 ${before} 行重复`));
    seen.set(key, at);
    read.push({ at, key, record, emptied: filled.filter(({ cell }) => cell === '').map(({ field }) => field.path) });
  }
  return { rows: read, faults };
};

const fault = (row: number, column: string, rule: string, detail: string): SheetFault => ({
  pointer: `/rows/${row}/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  row,
  column,
  rule,
  detail,
});
const asSheetFault = (fields: readonly MarkedField[], row: number, { pointer, rule, detail }: Fault): SheetFault => {
  const name = pointer.split('/')[1] ?? '';
  return fault(row, fields.find(({ path }) => path === name)?.title ?? name, rule, detail);
};

const isList = ({ schema }: MarkedField): boolean => schema['type'] === 'array';
const yes = new Set(['是', '√', '1', 'true', 'yes', 'y']);
const no = new Set(['否', '×', '0', 'false', 'no', 'n']);
/** What a person means by a cell. What cannot be read stays text, so that the field says what it takes. */
const valueOf = (field: MarkedField, cell: string): unknown => {
  const { type, format } = field.schema;
  if (type === 'array') return listIn(cell);
  if (type === 'boolean') return yes.has(cell.toLowerCase()) || (no.has(cell.toLowerCase()) ? false : cell);
  if (type === 'integer') return /^-?\d{1,15}(?:\.0+)?$/.test(cell) ? Number(cell) : cell;
  if (format === 'time-of-day') return timeIn(cell) ?? cell;
  if (format === 'date') return /^\d{4}-\d{2}-\d{2}(?=T00:00(?::00)?$)/.exec(cell)?.[0] ?? cell;
  if (format === 'date-time') return instantIn(cell) ?? cell;
  return cell;
};
const listIn = (cell: string): readonly string[] =>
  cell
    .split(/[、;；,，\n]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
/** `9:30` `09:30:00` `9时30分` `下午2点` `14：00`: the time of day that they mean. */
const timeIn = (cell: string): string | undefined => {
  const [, half = '', hour, minute = '0'] =
    /^(上午|下午|晚上)?\s*(\d{1,2})\s*(?:[:：时点]\s*(?:(\d{1,2})\s*分?(?:[:：]00)?)?)$/.exec(cell) ?? [];
  if (hour === undefined) return undefined;
  const later = (half === '下午' || half === '晚上') && Number(hour) < 12 ? 12 : 0;
  return `${String(Number(hour) + later).padStart(2, '0')}:${minute.padStart(2, '0')}`;
};
const instantIn = (cell: string): string | undefined => {
  const [, date = '', time = ''] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::00)?$/.exec(cell) ?? [];
  try {
    return instantAt(date, time);
  } catch {
    return undefined;
  }
};
