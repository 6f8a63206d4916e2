import type { ChecklistLine } from './line';

/** What the lines add up to. */
export interface Totals {
  readonly projects: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly colours: Readonly<Record<'green' | 'amber' | 'red' | 'none', number>>;
  readonly closed: number;
  /** Percent, the mean over the projects. */
  readonly progress: number;
  readonly milestones: { readonly counted: number; readonly planned: number; readonly overdue: number };
  readonly obstacles: { readonly open: number; readonly overdue: number };
  /** Cases of the workflows that serve these items, each workflow once. */
  readonly cases: { readonly thisYear: number; readonly inAll: number };
}
export const totalsOf = (lines: readonly ChecklistLine[]): Totals => {
  const sum = (of: (line: ChecklistLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  const number = (holds: (line: ChecklistLine) => boolean) => lines.filter(holds).length;
  const workflows = new Map(lines.flatMap(({ counts }) => counts.map((each) => [each.workflow, each] as const)));
  const cases = [...workflows.values()];
  return {
    projects: lines.length,
    kinds: Object.fromEntries(
      [...new Set(lines.map(({ kind }) => kind))].map((kind) => [kind, number((line) => line.kind === kind)]),
    ),
    colours: {
      green: number(({ colour }) => colour === 'green'),
      amber: number(({ colour }) => colour === 'amber'),
      red: number(({ colour }) => colour === 'red'),
      none: number(({ colour }) => colour === null),
    },
    closed: number(({ state }) => state === 'closed'),
    progress: lines.length === 0 ? 0 : Math.floor(sum(({ progress }) => progress) / lines.length),
    milestones: {
      counted: sum(({ milestones }) => milestones.counted),
      planned: sum(({ milestones }) => milestones.planned),
      overdue: sum(({ milestones }) => milestones.overdue),
    },
    obstacles: {
      open: sum(({ obstacles }) => obstacles.open),
      overdue: sum(({ obstacles }) => obstacles.overdue),
    },
    cases: {
      thisYear: cases.reduce((total, { thisYear }) => total + thisYear, 0),
      inAll: cases.reduce((total, { inAll }) => total + inAll, 0),
    },
  };
};
