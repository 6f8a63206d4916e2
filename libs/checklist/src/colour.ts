import { ahead, endOf, workingDays, type Calendar } from '@chuanyu/reference';
import { milestoneOf, obstacleOf, textIn, type Entry } from './entry';

export type Colour = 'green' | 'amber' | 'red';
/** The colour from an instant on, and why, in Chinese. Null while the project is not in the list. */
export interface ColourChange {
  readonly at: string;
  readonly colour: Colour | null;
  readonly why: string;
}
/** Something with a day, from an instant on until the next of the same thing. */
interface Obligation {
  readonly from: string;
  readonly until: string | null;
  readonly due: string;
  readonly what: string;
  /** While it waits for the other side it is no warning yet, only late when it is late. */
  readonly onlyRed: boolean;
}
/** A project with what belongs to it. */
export interface Family {
  readonly project: Entry;
  readonly milestones: readonly Entry[];
  readonly obstacles: readonly Entry[];
}

/** Due within so many working days: amber. */
export const SOON = workingDays(10);

/**
 * Every change of the project's colour up to now, oldest first. Worked out from what happened and from the days that
 * passed, never from when somebody looked: so it is the same in both provinces, and the same when made again from zero.
 */
export const colours = (family: Family, now: string, calendar: Calendar): readonly ColourChange[] => {
  const obligations = obligationsOf(family);
  const turning = obligations.flatMap(({ from, until, due }) => [from, until ?? from, ahead(SOON, due, calendar), due]);
  const moments = [...family.project.moments.map(({ at }) => at), ...turning];
  const changes: ColourChange[] = [];
  for (const at of [...new Set(moments)].sort()) {
    if (at > now) break;
    const listed = stateAt(family.project, at);
    if (listed === undefined) continue;
    const next = { at, ...colourAt(listed, obligations, at, calendar) };
    const last = changes.at(-1);
    if (next.colour === (last?.colour ?? null)) continue;
    changes.push(next);
  }
  return changes;
};

/** Why it has the colour that it has now: one cause may have gone and another come since the colour changed. */
export const reasonNow = (family: Family, now: string, calendar: Calendar): string => {
  const state = stateAt(family.project, now);
  return state === undefined ? '未列入' : colourAt(state, obligationsOf(family), now, calendar).why;
};
const colourAt = (
  state: string,
  obligations: readonly Obligation[],
  at: string,
  calendar: Calendar,
): Omit<ColourChange, 'at'> => {
  if (state === 'closed') return { colour: null, why: '已销号' };
  if (state === 'proposed' || state === 'declined') return { colour: null, why: '未列入' };
  const open = obligations.filter(({ from, until }) => from <= at && (until === null || at < until));
  const late = open.filter(({ due }) => due <= at);
  if (late.length > 0) return { colour: 'red', why: `${late.map(({ what }) => what).join('、')}逾期` };
  const soon = open.filter(({ due, onlyRed }) => !onlyRed && ahead(SOON, due, calendar) <= at);
  if (soon.length > 0) return { colour: 'amber', why: `${soon.map(({ what }) => what).join('、')}十个工作日内到期` };
  return { colour: 'green', why: '没有逾期和即将到期的事项' };
};
const stateAt = ({ moments }: Entry, at: string): string | undefined =>
  moments.filter((moment) => moment.at <= at).at(-1)?.state;

const obligationsOf = ({ project, milestones, obstacles }: Family): readonly Obligation[] => [
  ...stretches(project).flatMap(({ moment, until }) => {
    const dueOn = standingAt(project, moment.at)?.dueOn;
    return dueOn === undefined ? [] : [{ from: moment.at, until, due: endOf(dueOn), what: '项目', onlyRed: false }];
  }),
  ...milestones.flatMap((entry) => {
    const name = milestoneOf(entry)?.name ?? '';
    return stretches(entry).flatMap(({ moment, until }) => {
      const reported = moment.state === 'reported';
      const open = reported || moment.state === 'planned';
      const what = reported ? `节点「${name}」对方确认` : `节点「${name}」`;
      return open && moment.due !== null ? [{ from: moment.at, until, due: moment.due, what, onlyRed: reported }] : [];
    });
  }),
  ...obstacles.flatMap((entry) => {
    const named = obstacleOf(entry);
    return stretches(entry).flatMap(({ moment, until }) => {
      const dueOn = dayAt(entry, moment.at);
      if (dueOn === '' || !isOpenObstacle(moment.state)) return [];
      return [{ from: moment.at, until, due: endOf(dueOn), what: `堵点「${named?.title ?? ''}」`, onlyRed: false }];
    });
  }),
];
export const isOpenObstacle = (state: string): boolean => state !== 'cleared' && state !== 'withdrawn';

/** Each moment with the one that followed it. */
const stretches = ({ moments }: Entry) => moments.map((moment, at) => ({ moment, until: moments[at + 1]?.at ?? null }));
const standingAt = ({ moments }: Entry, at: string) =>
  moments.filter((moment) => moment.at <= at && moment.standing !== null).at(-1)?.standing ?? undefined;
/** The day on which an obstacle was to be cleared, as it was said until then. */
const dayAt = ({ moments }: Entry, at: string): string =>
  textIn(moments.filter((moment) => moment.at <= at && textIn(moment.form, 'dueOn') !== '').at(-1)?.form, 'dueOn');
