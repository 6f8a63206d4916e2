import type { Document } from '@chuanyu/collections';
import type { Workflows } from '@chuanyu/engine';
import type { CountsStatement } from '@chuanyu/service';

/** The latest statement of a province's service: `<province> <domain>`. */
export interface KeptCounts extends Document {
  readonly statement: CountsStatement;
}
/** What the cases of a workflow that serves an item add up to: how many are in each state, over all provinces. */
export interface WorkflowCounts {
  readonly workflow: string;
  readonly title: string;
  readonly states: readonly {
    readonly state: string;
    readonly title: string;
    readonly thisYear: number;
    readonly inAll: number;
  }[];
  readonly thisYear: number;
  readonly inAll: number;
}

/**
 * Counts of the workflows that serve the item, for this year (of the opening, in Shanghai) and in all. Domestic ones are
 * left out: the other province is not told of them, and both must sum the same figures.
 */
export const countsFor = (
  item: string,
  statements: readonly CountsStatement[],
  workflows: Workflows,
  year: string,
): readonly WorkflowCounts[] => {
  const rows = statements.flatMap(({ counts }) => counts);
  return workflows
    .all()
    .filter((workflow) => workflow.serves.includes(item) && !workflow.domestic)
    .map((workflow) => {
      const own = rows.filter((row) => row.workflow === workflow.id);
      const sum = (of: typeof own) => of.reduce((total, { count }) => total + count, 0);
      const inYear = (of: typeof own) => sum(of.filter(({ month }) => month.startsWith(`${year}-`)));
      const states = [...workflow.states.values()].flatMap(({ name, title }) => {
        const here = own.filter(({ state }) => state === name);
        return here.length === 0 ? [] : [{ state: name, title, thisYear: inYear(here), inAll: sum(here) }];
      });
      return { workflow: workflow.id, title: workflow.title, states, thisYear: inYear(own), inAll: sum(own) };
    });
};
