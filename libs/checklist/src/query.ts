import type { Fault } from '@chuanyu/contracts';
import { Refusal } from '@chuanyu/contracts';
import { cooperationItems, type Directory } from '@chuanyu/reference';
import { readQuery } from '@chuanyu/service';
import { stages } from '@chuanyu/workflows';
import type { ChecklistLine } from './line';

const colourOrder = ['red', 'amber', 'green', null] as const;
/** By what lines may be sorted: ascending, but the reddest and the most urgent come first. */
const sorts = {
  item: () => 0,
  colour: (a, b) => colourOrder.indexOf(a.colour) - colourOrder.indexOf(b.colour),
  kind: (a, b) => Object.keys(stages).indexOf(a.kind) - Object.keys(stages).indexOf(b.kind),
  progress: (a, b) => a.progress - b.progress,
  due: (a, b) => text(a.dueOn ?? '9999', b.dueOn ?? '9999'),
  changed: (a, b) => text(a.changedAt, b.changedAt),
} satisfies Record<string, (a: ChecklistLine, b: ChecklistLine) => number>;
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
type Sort = keyof typeof sorts;
const isSort = (name: string): name is Sort => Object.hasOwn(sorts, name);

const names = [
  'kind',
  'colour',
  'domain',
  'item',
  'unit',
  'q',
  'overdue',
  'obstacles',
  'list',
  'sort',
  'order',
] as const;
type Given = Readonly<Partial<Record<(typeof names)[number], string>>>;

/** The lines that are asked for, in the order asked for. Throws a Refusal that names every bad parameter and what is allowed. */
export const selected = (
  url: string,
  lines: readonly ChecklistLine[],
  directory: Directory,
): readonly ChecklistLine[] => {
  const given = checked(readQuery(url, names), directory);
  const found = lines.filter(
    (line) =>
      (given.kind === undefined || line.kind === given.kind) &&
      (given.colour === undefined || (line.colour ?? 'none') === given.colour) &&
      (given.domain === undefined || line.domain === given.domain) &&
      (given.item === undefined || line.item === given.item) &&
      (given.list === undefined || String(line.list) === given.list) &&
      (given.unit === undefined || concerns(line, given.unit, directory)) &&
      (given.q === undefined || wordsOf(line).includes(given.q.toLowerCase())) &&
      (given.overdue === undefined || (line.colour === 'red') === (given.overdue === 'true')) &&
      (given.obstacles === undefined || line.obstacles.open > 0 === (given.obstacles === 'true')),
  );
  const sort: Sort = given.sort !== undefined && isSort(given.sort) ? given.sort : 'item';
  const sign = given.order === 'descending' ? -1 : 1;
  const placed = found.map((line, at) => ({ line, at }));
  placed.sort((a, b) => sign * (sorts[sort](a.line, b.line) || a.at - b.at));
  return placed.map(({ line }) => line);
};
/** One of its units, or of those below the one that is named. */
export const concerns = ({ leads, partners }: ChecklistLine, unit: string, directory: Directory): boolean =>
  [...leads, ...partners].some(({ id }) => directory.isWithin(id, unit));
const wordsOf = (line: ChecklistLine): string =>
  [line.title, line.number, line.item, line.group, ...[...line.leads, ...line.partners].map(({ name }) => name)]
    .join(' ')
    .toLowerCase();

const checked = (given: Given, directory: Directory): Given => {
  const allowed: Readonly<Partial<Record<(typeof names)[number], readonly string[]>>> = {
    kind: Object.keys(stages),
    colour: ['green', 'amber', 'red', 'none'],
    domain: [...new Set(cooperationItems.map(({ domain }) => domain))],
    item: cooperationItems.map(({ item }) => item),
    overdue: ['true', 'false'],
    obstacles: ['true', 'false'],
    sort: Object.keys(sorts),
    order: ['ascending', 'descending'],
  };
  const faults = names.flatMap((name): Fault[] => {
    const value = given[name];
    const values = allowed[name];
    if (value === undefined) return [];
    if (values && !values.includes(value))
      return [{ pointer: `/${name}`, rule: 'one-of', detail: `可用：${values.join('、')}` }];
    if (name === 'unit' && directory.unit(value) === undefined)
      return [{ pointer: '/unit', rule: 'unit', detail: '应为名录中的单位编码' }];
    if (name === 'q' && (value.trim() === '' || [...value].length > 100))
      return [{ pointer: '/q', rule: 'search', detail: '应为 1 至 100 字' }];
    if (name === 'list' && !/^20\d\d$/.test(value))
      return [{ pointer: '/list', rule: 'year', detail: '应为四位年度，如 2026' }];
    return [];
  });
  if (faults.length > 0) throw new Refusal('bad-request', '查询参数有误', { errors: faults });
  return given;
};
