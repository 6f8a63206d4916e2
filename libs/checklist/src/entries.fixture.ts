import type { JsonObject } from '@chuanyu/contracts';
import type { Standing } from '@chuanyu/workflows';
import type { Entry, Moment } from './entry';

export const moment = (step: string, at: string, state: string, more: Partial<Moment> = {}): Moment => ({
  at,
  step,
  by: 'sichuan',
  state,
  due: null,
  form: null,
  standing: null,
  ...more,
});
/** A project as both sides have it: undecided, unless said. */
export const standingWith = (over: Partial<Standing> = {}): Standing => ({
  kind: '未定类',
  stage: '待定类',
  title: '刑满释放协调对接',
  lead: 'sc-prison-bureau',
  peerLead: 'cq-prison-bureau',
  ...over,
});
let count = 0;
export const anEntry = (workflow: string, more: Partial<Entry> & { readonly moments: readonly Moment[] }): Entry => {
  count += 1;
  const state = more.moments.at(-1)?.state ?? '';
  return {
    id: `case-${count}`,
    sequence: more.moments.length,
    workflow,
    number: `川〔2026〕${count}号`,
    under: null,
    origin: 'sichuan',
    counterpart: 'chongqing',
    turn: ['closed', 'declined', 'counted', 'dropped', 'cleared', 'withdrawn'].includes(state) ? null : 'origin',
    state,
    forms: {},
    ...more,
  };
};
/** A project of item prison-3, registered and confirmed, and whatever happened after. */
export const aProject = ({
  confirmed = '2026-11-20T01:00:00.000Z',
  moments = [],
  standing: over = {},
  ...more
}: Partial<Omit<Entry, 'moments'>> & {
  readonly confirmed?: string;
  readonly moments?: readonly Moment[];
  readonly standing?: Partial<Standing>;
} = {}): { readonly entry: Entry } => {
  const standing = standingWith(over);
  const all = [
    moment('register', new Date(Date.parse(confirmed) - 3_600_000).toISOString(), 'proposed', { standing }),
    moment('confirm', confirmed, 'active'),
    ...moments,
  ];
  const last = all.filter((each) => each.standing !== null).at(-1)?.standing ?? standing;
  const forms: Record<string, JsonObject> = {
    Project: { item: 'prison-3', list: 2026 },
    Standing: JSON.parse(JSON.stringify(last)) as JsonObject,
  };
  return { entry: anEntry('coordination.project', { forms, ...more, moments: all }) };
};
export const aMilestone = ({
  due,
  moments = [],
  name = '平台上线',
  weight = 50,
  ...more
}: Partial<Omit<Entry, 'moments'>> & {
  readonly due: string;
  readonly moments?: readonly Moment[];
  readonly name?: string;
  readonly weight?: number;
}): Entry =>
  anEntry('coordination.milestone', {
    forms: { Milestone: { name, weight, dueOn: due.slice(0, 10) } },
    ...more,
    moments: [moment('plan', '2026-11-20T02:00:00.000Z', 'planned', { due }), ...moments],
  });
