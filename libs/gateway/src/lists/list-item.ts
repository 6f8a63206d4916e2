import type { Officers } from '@chuanyu/access';
import type { CaseRow, Side } from '@chuanyu/contracts';
import {
  dueAt,
  maskName,
  maskResidentId,
  workingDays,
  type Calendar,
  type Clock,
  type Directory,
} from '@chuanyu/reference';
import type { KeptRow } from './kept-row';

export interface Named {
  readonly id: string;
  readonly name: string;
}
/** One line of a list, as it is answered: personal data masked, nothing of what search goes by. */
export interface ListItem {
  readonly id: string;
  readonly number: string | null;
  readonly title: string;
  readonly domain: string;
  readonly workflow: string;
  readonly side: Side;
  readonly peer: Named | null;
  readonly state: string;
  readonly stateTitle: string;
  readonly turn: Side | null;
  /** This side has the turn. */
  readonly ours: boolean;
  readonly due: string | null;
  readonly overdue: boolean;
  /** red: overdue · amber: two working days or less · green: more · null: no due time, or closed. */
  readonly colour: 'green' | 'amber' | 'red' | null;
  readonly unit: Named;
  readonly peerUnit: Named | null;
  /** 张** · 5101**********1234 */
  readonly subject: string | null;
  readonly officer: Named | null;
  readonly deputies: readonly Named[];
  readonly sealed: boolean;
  readonly toTakeIn: boolean;
  readonly urged: number;
  readonly drafts: readonly DraftLine[];
  readonly closed: boolean;
  readonly frozen: boolean;
  readonly overdueReceipts: boolean;
  /** 即将届满: told ahead of the due time, where the workflow says so. */
  readonly warned: boolean;
  readonly openedAt: string;
  readonly changedAt: string;
  readonly href: string;
  /** The absent officer for whom the reader acts here (代办). */
  readonly standInFor?: Named;
}
export interface DraftLine {
  readonly id: string;
  readonly step: string;
  readonly title: string;
  readonly by: Named;
  readonly status: CaseRow['drafts'][number]['status'];
}
/** One line of what is to sign: a case's line, and the one draft. */
export interface SignItem extends ListItem {
  readonly draft: DraftLine & { readonly href: string };
}

export interface ItemWords {
  readonly directory: Directory;
  readonly officers: Officers;
  readonly clock: Clock;
  readonly calendar: Calendar;
}

/** Makes items that were read together: one `now` for all of them. */
export const itemMaker = ({ directory, officers, clock, calendar }: ItemWords): ((kept: KeptRow) => ListItem) => {
  const now = clock.now();
  const soon = dueAt(workingDays(2), now, calendar).at;
  const unit = (id: string): Named => ({ id, name: directory.unit(id)?.name ?? id });
  const officer = (id: string): Named => ({ id, name: officers.officer(id)?.name ?? id });
  return ({ row, ours }) => {
    const { due, turn } = row;
    const overdue = due !== null && turn !== null && due < now;
    return {
      id: row.id,
      number: row.number,
      title: row.title,
      domain: row.domain,
      workflow: row.workflow,
      side: row.side,
      peer: row.peer === null ? null : { id: row.peer, name: directory.province(row.peer)?.name ?? row.peer },
      state: row.state,
      stateTitle: row.stateTitle,
      turn,
      ours,
      due,
      overdue,
      colour: due === null || turn === null ? null : overdue ? 'red' : due <= soon ? 'amber' : 'green',
      unit: unit(row.unit),
      peerUnit: row.peerUnit === null ? null : unit(row.peerUnit),
      subject: row.subject === null ? null : masked(row.subject),
      officer: row.officer === null ? null : officer(row.officer),
      deputies: row.deputies.map(officer),
      sealed: row.sealed,
      toTakeIn: row.toTakeIn,
      urged: row.urged,
      drafts: row.drafts.map(({ id, step, title, by, status }) => ({ id, step, title, by: officer(by), status })),
      closed: row.closed,
      frozen: row.frozen,
      overdueReceipts: row.overdueReceipts,
      warned: row.warned === true,
      openedAt: row.openedAt,
      changedAt: row.changedAt,
      href: hrefOf(row),
    };
  };
};
/** The number or the name of a person. */
const masked = (subject: string): string => (/\d{4}/.test(subject) ? maskResidentId(subject) : maskName(subject));

/** `/api/prison/release-handover/5f1c…` */
export const hrefOf = ({ domain, workflow, id }: Pick<CaseRow, 'domain' | 'workflow' | 'id'>): string =>
  `/api/${domain}/${workflow.slice(domain.length + 1)}/${id}`;
