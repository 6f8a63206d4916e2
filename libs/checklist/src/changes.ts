import type { ChecklistLine } from './line';

/** The checklist at an instant, as a bulletin keeps it: what the next one is compared with. */
export interface Snapshot {
  readonly format: 1;
  readonly at: string;
  readonly lines: readonly SnapshotLine[];
}
export type SnapshotLine = Pick<
  ChecklistLine,
  | 'item'
  | 'id'
  | 'number'
  | 'title'
  | 'kind'
  | 'stage'
  | 'state'
  | 'stateTitle'
  | 'dueOn'
  | 'progress'
  | 'colour'
  | 'why'
> & {
  readonly milestones: Pick<ChecklistLine['milestones'], 'counted' | 'planned' | 'overdue'>;
  readonly obstacles: Pick<ChecklistLine['obstacles'], 'open' | 'overdue'>;
  readonly counts: readonly { readonly workflow: string; readonly title: string; readonly inAll: number }[];
};
export const snapshotOf = (lines: readonly ChecklistLine[], at: string): Snapshot => ({
  format: 1,
  at,
  lines: lines.map((line) => ({
    item: line.item,
    id: line.id,
    number: line.number,
    title: line.title,
    kind: line.kind,
    stage: line.stage,
    state: line.state,
    stateTitle: line.stateTitle,
    dueOn: line.dueOn,
    progress: line.progress,
    colour: line.colour,
    why: line.why,
    milestones: {
      counted: line.milestones.counted,
      planned: line.milestones.planned,
      overdue: line.milestones.overdue,
    },
    obstacles: { open: line.obstacles.open, overdue: line.obstacles.overdue },
    counts: line.counts.map(({ workflow, title, inAll }) => ({ workflow, title, inAll })),
  })),
});
/** Read from a file that somebody may have altered. */
export const isSnapshot = (value: unknown): value is Snapshot =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 1 &&
  'at' in value &&
  typeof value.at === 'string' &&
  'lines' in value &&
  Array.isArray(value.lines);

export type Aspect =
  | 'listed'
  | 'kind'
  | 'stage'
  | 'state'
  | 'title'
  | 'due'
  | 'colour'
  | 'progress'
  | 'milestones'
  | 'obstacles'
  | 'counts';
/** What an aspect is called in a bulletin. */
export const aspects: Readonly<Record<Aspect, string>> = {
  listed: '列入',
  title: '名称',
  kind: '类别',
  stage: '阶段',
  state: '状态',
  due: '期限',
  colour: '颜色',
  progress: '进度',
  milestones: '节点',
  obstacles: '堵点',
  counts: '办件',
};
/** One difference of one project, in words on both sides. */
export interface Difference {
  readonly item: string;
  readonly number: string;
  readonly title: string;
  readonly aspect: Aspect;
  readonly before: string;
  readonly after: string;
}
/** 绿 黄 红 */
export const colourName = ({ colour }: Pick<ChecklistLine, 'colour'>): string =>
  colour === null ? '—' : { green: '绿', amber: '黄', red: '红' }[colour];
const told: Readonly<Record<Exclude<Aspect, 'listed' | 'counts'>, (line: SnapshotLine) => string>> = {
  title: ({ title }) => title,
  kind: ({ kind }) => kind,
  stage: ({ stage }) => stage,
  state: ({ stateTitle }) => stateTitle,
  due: ({ dueOn }) => dueOn ?? '未定',
  colour: colourName,
  progress: ({ progress }) => `${progress}%`,
  milestones: ({ milestones }) =>
    `已确认 ${milestones.counted}/${milestones.planned}${milestones.overdue > 0 ? `，逾期 ${milestones.overdue}` : ''}`,
  obstacles: ({ obstacles }) => `未疏通 ${obstacles.open}${obstacles.overdue > 0 ? `，逾期 ${obstacles.overdue}` : ''}`,
};
const isTold = (aspect: string): aspect is keyof typeof told => Object.hasOwn(told, aspect);

/** What has changed between two snapshots, project by project in the order of the later one; `before` undefined: nothing to compare with. */
export const changesBetween = (before: Snapshot | undefined, after: Snapshot): readonly Difference[] => {
  if (!before) return [];
  const old = new Map(before.lines.map((line) => [line.id, line]));
  const now = new Set(after.lines.map(({ id }) => id));
  const about = ({ item, number, title }: SnapshotLine) => ({ item, number, title });
  return [
    ...after.lines.flatMap((line): Difference[] => {
      const was = old.get(line.id);
      if (!was) return [{ ...about(line), aspect: 'listed', before: '—', after: '新列入' }];
      return [...differences(was, line), ...cases(was, line)].map((each) => ({ ...about(line), ...each }));
    }),
    ...before.lines
      .filter(({ id }) => !now.has(id))
      .map((line): Difference => ({ ...about(line), aspect: 'listed', before: '已列入', after: '不在清单' })),
  ];
};
type Bare = Pick<Difference, 'aspect' | 'before' | 'after'>;
const differences = (was: SnapshotLine, is: SnapshotLine): readonly Bare[] =>
  Object.entries(told).flatMap(([aspect, say]) => {
    const [before, after] = [say(was), say(is)];
    return isTold(aspect) && before !== after ? [{ aspect, before, after }] : [];
  });
const cases = (was: SnapshotLine, is: SnapshotLine): readonly Bare[] =>
  is.counts.flatMap(({ workflow, title, inAll }) => {
    const before = was.counts.find((each) => each.workflow === workflow)?.inAll ?? 0;
    return before === inAll
      ? []
      : [{ aspect: 'counts' as const, before: `${title} ${before} 件`, after: `${title} ${inAll} 件` }];
  });
