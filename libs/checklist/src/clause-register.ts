import type { Clause } from '@chuanyu/contracts';
import { ahead, days, endOf, type Calendar, type Directory } from '@chuanyu/reference';
import { standing } from '@chuanyu/service';

/** One paragraph of an agreement, as an officer reads it. */
export interface ClauseLine {
  readonly id: string;
  readonly agreement: string;
  readonly title: string;
  readonly provinces: readonly { readonly id: string; readonly name: string }[];
  readonly workflows: readonly string[];
  readonly data: readonly string[];
  readonly from: string;
  readonly until: string;
  /** live 生效 · ending 三十日内届满 · suspended 中止 · not-yet 未生效 · ended 已届满或终止 */
  readonly standing: 'live' | 'ending' | 'suspended' | 'not-yet' | 'ended';
  readonly suspensions: Clause['suspensions'];
  readonly earlier: NonNullable<Clause['earlier']>;
  readonly href: string;
}
const ENDING = days(30);

/** All clauses that this province knows, those that need somebody's eye first. */
export const clauseLines = (
  clauses: readonly Clause[],
  { directory, calendar, now }: { readonly directory: Directory; readonly calendar: Calendar; readonly now: string },
): readonly ClauseLine[] =>
  clauses
    .map((clause): ClauseLine => {
      const at = standing(clause, now);
      const ending = at === 'live' && ahead(ENDING, endOf(clause.until), calendar) <= now;
      return {
        id: clause.id,
        agreement: clause.agreement,
        title: clause.title,
        provinces: clause.provinces.map((id) => ({ id, name: directory.province(id)?.name ?? id })),
        workflows: clause.workflows,
        data: clause.data,
        from: clause.from,
        until: clause.until,
        standing: ending ? 'ending' : at,
        suspensions: clause.suspensions,
        earlier: clause.earlier ?? [],
        href: `/api/coordination/agreement/${clause.id.split('/')[0] ?? ''}`,
      };
    })
    .sort(
      (a, b) =>
        order.indexOf(a.standing) - order.indexOf(b.standing) ||
        a.until.localeCompare(b.until) ||
        a.id.localeCompare(b.id, undefined, { numeric: true }),
    );
const order: readonly ClauseLine['standing'][] = ['suspended', 'ending', 'live', 'not-yet', 'ended'];
