import { Refusal, type Fault } from '@chuanyu/contracts';
import type { Workflows } from '@chuanyu/engine';
import { queryTokens, type Directory } from '@chuanyu/reference';
import { readQuery, type QueryFault } from '@chuanyu/service';
import type { Viewer, Where } from './viewer';

export interface ListQuery {
  readonly where: Where;
  readonly sort: { readonly by: string; readonly order: 'ascending' | 'descending' };
  readonly limit: number;
  readonly after?: string;
}
const sorts = {
  changedAt: 'row.changedAt',
  openedAt: 'row.openedAt',
  due: 'dueBy',
  number: 'numberBy',
} as const;
const orders = ['ascending', 'descending'] as const;
const turns = ['ours', 'theirs', 'origin', 'counterpart'] as const;
const names = [
  'q',
  'workflow',
  'state',
  'turn',
  'peer',
  'due',
  'closed',
  'unit',
  'sort',
  'order',
  'limit',
  'after',
] as const;

/** Reads what a list is asked for. Throws one Refusal that names every bad parameter and what is allowed there. */
export const listQuery = (
  url: string,
  viewer: Viewer,
  known: { readonly workflows: Workflows; readonly directory: Directory; readonly now: string },
  sortedBy: keyof typeof sorts,
): ListQuery => {
  const given = readQuery(url, names);
  const faults: Fault[] = [];
  const fault = (name: QueryFault): void => void faults.push(name);
  const oneOf = <T extends string>(name: (typeof names)[number], allowed: readonly T[]): T | undefined => {
    const value = given[name];
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found === undefined)
      fault({ pointer: `/${name}`, rule: 'one-of', detail: `可用：${allowed.join('、').slice(0, 2000)}` });
    return found;
  };

  const workflow = oneOf(
    'workflow',
    known.workflows.all().map(({ id }) => id),
  );
  const state = oneOf('state', statesOf(known.workflows, workflow));
  const turn = oneOf('turn', turns);
  const peer = oneOf(
    'peer',
    known.directory.provinces.map(({ id }) => id),
  );
  const due = oneOf('due', ['overdue']);
  const closed = oneOf('closed', ['true', 'false']);
  const unit = oneOf('unit', viewer.within);
  const sort = oneOf('sort', Object.keys(sorts) as (keyof typeof sorts)[]) ?? sortedBy;
  const order = oneOf('order', orders) ?? (sort === 'due' || sort === 'number' ? 'ascending' : 'descending');
  const words = given.q === undefined ? undefined : queryTokens(given.q);
  if (words && (words.length === 0 || [...(given.q ?? '')].length > 100))
    fault({ pointer: '/q', rule: 'search', detail: '应为 1 至 100 字，含汉字、字母或数字' });
  const limit = given.limit === undefined ? 20 : /^[1-9]\d{0,2}$/.test(given.limit) ? Number(given.limit) : 0;
  if (limit < 1 || limit > 100) fault({ pointer: '/limit', rule: 'limit', detail: '应为 1 至 100 的整数' });
  if (given.after !== undefined && !/^[\w.-]{1,1000}$/.test(given.after)) fault(badCursor);
  if (faults.length > 0) throw new Refusal('bad-request', '查询参数有误', { errors: faults });

  return {
    where: {
      ...(workflow ? { 'row.workflow': workflow } : {}),
      ...(state ? { 'row.state': state } : {}),
      ...(peer ? { 'row.peer': peer } : {}),
      ...(unit ? { 'row.unit': unit } : {}),
      ...(words ? { 'row.tokens': { all: words } } : {}),
      ...(closed ? { 'row.closed': closed === 'true' } : {}),
      ...(due ? { dueBy: { lt: known.now }, 'row.turn': { not: null } } : {}),
      ...turnWhere(turn),
    },
    sort: { by: sorts[sort], order },
    limit,
    ...(given.after === undefined ? {} : { after: given.after }),
  };
};
export const badCursor: Fault = {
  pointer: '/after',
  rule: 'cursor',
  detail: '应为同一列表、同一排序上一页答复中的 next；列表重建后请从第一页重新开始',
};

const turnWhere = (turn: (typeof turns)[number] | undefined): Where => {
  switch (turn) {
    case undefined:
      return {};
    case 'ours':
      return { ours: true };
    case 'theirs':
      return { ours: false, 'row.turn': { in: ['origin', 'counterpart'] } };
    case 'origin':
    case 'counterpart':
      return { 'row.turn': turn };
  }
};
const statesOf = (workflows: Workflows, workflow: string | undefined): readonly string[] => [
  ...new Set([
    ...workflows
      .all()
      .filter(({ id }) => workflow === undefined || id === workflow)
      .flatMap(({ states }) => [...states.keys()]),
    'draft',
    'placeholder',
  ]),
];
