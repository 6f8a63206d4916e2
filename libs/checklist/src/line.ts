import type { Workflows } from '@chuanyu/engine';
import { cooperationItems, dateOf, type Calendar, type Directory } from '@chuanyu/reference';
import type { CountsStatement } from '@chuanyu/service';
import { milestone, project } from '@chuanyu/workflows';
import { colours, isOpenObstacle, reasonNow, type Colour, type ColourChange, type Family } from './colour';
import { countsFor, type WorkflowCounts } from './counts';
import { milestoneOf, obstacleOf, standingOf, textIn, type Entry } from './entry';

export interface Named {
  readonly id: string;
  readonly name: string;
}
export interface MilestoneLine {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly weight: number;
  readonly dueOn: string;
  readonly state: string;
  readonly stateTitle: string;
  /** The province that owns it. */
  readonly owner: string;
  readonly overdue: boolean;
}
export interface ObstacleLine {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly owner: Named;
  readonly dueOn: string;
  readonly state: string;
  readonly overdue: boolean;
}
/** What became of the project, step by step: kinds and stages, changes, who said so. */
export interface HistoryLine {
  readonly at: string;
  readonly by: string;
  readonly step: string;
  readonly title: string;
  readonly kind: string;
  readonly stage: string;
  readonly what: string;
  readonly why: string;
}
/** One project of the checklist. */
export interface ChecklistLine {
  readonly item: string;
  readonly domain: string;
  readonly group: string;
  readonly title: string;
  readonly id: string;
  readonly number: string;
  readonly href: string;
  readonly list: number;
  readonly kind: string;
  readonly stage: string;
  readonly state: string;
  readonly stateTitle: string;
  /** The province that has the turn. */
  readonly turn: string | null;
  readonly leads: readonly (Named & { readonly province: string })[];
  readonly partners: readonly Named[];
  readonly clause: string | null;
  readonly dueOn: string | null;
  /** Percent: the weight of what the other side has countersigned, of all that is planned. */
  readonly progress: number;
  readonly milestones: {
    readonly counted: number;
    readonly planned: number;
    readonly overdue: number;
    readonly all: readonly MilestoneLine[];
  };
  readonly obstacles: { readonly open: number; readonly overdue: number; readonly all: readonly ObstacleLine[] };
  /** Null while it is not in the list, and after it was closed. */
  readonly colour: Colour | null;
  readonly why: string;
  readonly colours: readonly ColourChange[];
  readonly counts: readonly WorkflowCounts[];
  readonly history: readonly HistoryLine[];
  readonly changedAt: string;
}

export interface Ground {
  readonly entries: readonly Entry[];
  readonly statements: readonly CountsStatement[];
  readonly workflows: Workflows;
  readonly directory: Directory;
  readonly calendar: Calendar;
  readonly now: string;
}

/** The checklist as it stands at `now`, in the order of the list: a pure function of what is kept, the clock and the calendar. */
export const checklistOf = (ground: Ground): readonly ChecklistLine[] => {
  const { entries } = ground;
  const order = new Map(cooperationItems.map(({ item }, at) => [item, at]));
  return entries
    .filter((entry) => entry.workflow === project.id && entry.state !== 'declined')
    .map((entry) => lineOf(familyOf(entry, entries), ground))
    .sort(
      (a, b) =>
        (order.get(a.item) ?? order.size) - (order.get(b.item) ?? order.size) ||
        a.number.localeCompare(b.number, undefined, { numeric: true }),
    );
};
/** Obstacles name the project, or one of its milestones, by its number. */
const familyOf = (entry: Entry, entries: readonly Entry[]): Family => {
  const milestones = entries.filter(({ workflow, under }) => workflow === milestone.id && under === entry.id);
  const numbers = new Set([entry, ...milestones].map(({ number }) => number));
  const obstacles = entries.filter((each) => numbers.has(obstacleOf(each)?.on ?? ''));
  return { project: entry, milestones, obstacles };
};

const lineOf = (family: Family, ground: Ground): ChecklistLine => {
  const { project: entry } = family;
  const { directory, workflows, calendar, now } = ground;
  const standing = standingOf(entry);
  const item = textIn(entry.forms['Project'], 'item');
  const listed = cooperationItems.find((each) => each.item === item);
  const named = (id: string): Named => ({ id, name: directory.unit(id)?.name ?? id });
  const history = colours(family, now, calendar);
  const last = history.at(-1);
  const list = entry.forms['Project']?.['list'];
  const milestones = family.milestones
    .map((each) => milestoneLine(each, ground))
    .filter(({ state }) => state !== 'dropped');
  const obstacles = family.obstacles.map((each) => obstacleLine(each, ground, named));
  const weight = (of: readonly MilestoneLine[]) => of.reduce((sum, each) => sum + each.weight, 0);
  const counted = milestones.filter(({ state }) => state === 'counted');
  const open = obstacles.filter(({ state }) => isOpenObstacle(state));
  return {
    item,
    domain: listed?.domain ?? '',
    group: listed?.group ?? '',
    title: standing?.title ?? '',
    id: entry.id,
    number: entry.number,
    href: `/api/coordination/project/${entry.id}`,
    list: typeof list === 'number' ? list : 0,
    kind: standing?.kind ?? '',
    stage: standing?.stage ?? '',
    state: entry.state,
    stateTitle: workflows.get(project.id)?.states.get(entry.state)?.title ?? entry.state,
    turn: entry.turn === null ? null : entry[entry.turn],
    leads: [
      { ...named(standing?.lead ?? ''), province: entry.origin },
      { ...named(standing?.peerLead ?? ''), province: entry.counterpart },
    ],
    partners: (standing?.partners ?? []).map(({ unit }) => named(unit)),
    clause: standing?.clause ?? null,
    dueOn: standing?.dueOn ?? null,
    progress: milestones.length === 0 ? 0 : Math.floor((weight(counted) * 100) / weight(milestones)),
    milestones: {
      counted: counted.length,
      planned: milestones.length,
      overdue: milestones.filter(({ overdue }) => overdue).length,
      all: milestones,
    },
    obstacles: { open: open.length, overdue: open.filter(({ overdue }) => overdue).length, all: obstacles },
    colour: last?.colour ?? null,
    why: reasonNow(family, now, calendar),
    colours: history,
    counts: countsFor(item, ground.statements, workflows, dateOf(now).slice(0, 4)),
    history: historyOf(entry, ground),
    changedAt: [entry, ...family.milestones, ...family.obstacles]
      .map(({ moments }) => moments.at(-1)?.at ?? '')
      .reduce((a, b) => (a > b ? a : b)),
  };
};
const milestoneLine = (entry: Entry, { workflows, now }: Ground): MilestoneLine => {
  const form = milestoneOf(entry);
  const due = entry.moments.at(-1)?.due ?? null;
  return {
    id: entry.id,
    number: entry.number,
    name: form?.name ?? '',
    weight: form?.weight ?? 0,
    dueOn: form?.dueOn ?? '',
    state: entry.state,
    stateTitle: workflows.get(milestone.id)?.states.get(entry.state)?.title ?? entry.state,
    owner: entry.origin,
    overdue: entry.turn !== null && due !== null && due <= now,
  };
};
const obstacleLine = (entry: Entry, { now }: Ground, named: (id: string) => Named): ObstacleLine => {
  const form = obstacleOf(entry);
  return {
    id: entry.id,
    number: entry.number,
    title: form?.title ?? '',
    owner: named(form?.owner ?? ''),
    dueOn: form?.dueOn ?? '',
    state: entry.state,
    overdue: isOpenObstacle(entry.state) && (form?.dueOn ?? '') < dateOf(now),
  };
};
const historyOf = (entry: Entry, { workflows }: Ground): readonly HistoryLine[] => {
  const workflow = workflows.get(project.id);
  let [kind, stage] = ['', ''];
  return entry.moments
    .filter(({ step }) => workflow?.steps.get(step)?.everyday === false)
    .map(({ at, by, step, form, standing }) => {
      kind = standing?.kind ?? kind;
      stage = standing?.stage ?? stage;
      const why = textIn(form, 'reason') || textIn(form, 'account');
      return {
        at,
        by,
        step,
        title: workflow?.steps.get(step)?.title ?? step,
        kind,
        stage,
        what: textIn(form, 'what'),
        why,
      };
    });
};
