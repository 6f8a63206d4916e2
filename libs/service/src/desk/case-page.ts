import type { JsonObject, Side } from '@chuanyu/contracts';
import {
  marksOf,
  parentIdOf,
  possibilities,
  unitInCharge,
  isToTakeIn,
  isWarned,
  type CaseDocument,
  type Class,
  type Draft,
  type Link,
  type LocalNote,
  type Marks,
  type OwnAsk,
  type Possibility,
  type Step,
  type Who,
  type Workflow,
} from '@chuanyu/engine';
import type { Officer, Officers } from '@chuanyu/access';
import type { Directory } from '@chuanyu/reference';
import type { MemberView } from './members';
import { named, partyOf, type Named, type Party } from './party';

/** A case as one officer may see it. Shapes are those of the HTTP answer. */
export interface CasePage {
  readonly id: string;
  readonly version: string;
  readonly number: string | null;
  readonly workflow: { readonly id: string; readonly title: string; readonly definition: number };
  readonly side: Side;
  readonly province: string;
  readonly peer: string | null;
  readonly status: CaseDocument['status'];
  readonly state: {
    readonly name: string | null;
    readonly title: string;
    readonly turn: Side | null;
    readonly ours: boolean;
    readonly since: string;
    readonly due: string | null;
    readonly provisional: boolean;
    readonly overdue: boolean;
    /** When this side was told that the state is soon due; null where it was not, or is not due any more. */
    readonly warned: string | null;
  };
  readonly sequence: number;
  readonly head: string;
  readonly tenure: number;
  readonly origin: Party | null;
  readonly counterpart: Party | null;
  readonly under: string | null;
  /** The cases under this one that this officer may see. */
  readonly members: readonly MemberView[];
  /** 密级 */
  readonly secrecy: 'none' | 'work';
  readonly sealed: boolean;
  readonly charge: { readonly officer: Named | null; readonly deputies: readonly Named[] };
  readonly toTakeIn: boolean;
  readonly timeline: readonly TimelineEntry[];
  readonly forms: readonly FormView[];
  readonly possible: readonly Possibility[];
  readonly drafts: readonly DraftView[];
  readonly asks: readonly AskView[];
  readonly urges: CaseDocument['urges'];
  readonly notes: readonly (Omit<LocalNote, 'officer'> & { readonly officer: Named | null })[];
  /** Highest sequence of this side that the other side has applied, and looked at. */
  readonly delivered: number;
  readonly opened: { readonly mine: number; readonly theirs: number };
  readonly waitingForEarlier: number;
  readonly fork: { readonly sequence: number; readonly mine: string; readonly theirs: string } | null;
}
export interface DraftView {
  readonly id: string;
  readonly step: string;
  readonly title: string;
  readonly status: Draft['status'];
  readonly by: Named | null;
  readonly at: string;
  readonly returns: readonly { readonly by: Named | null; readonly at: string; readonly reason: string }[];
  readonly fields: readonly FieldView[];
  /** The unit to which an opening goes: who signs it must see where. */
  readonly to: Party | null;
  /** Advice that was put aside, and why. */
  readonly overrides: readonly { readonly advice: string; readonly reason: string }[];
}
/** What this side asked of the other, and what came of it. */
export interface AskView {
  readonly ask: string;
  readonly step: string;
  readonly title: string;
  readonly byRight: boolean;
  readonly time: string;
  readonly status: OwnAsk['status'];
  readonly reason: string | null;
  readonly sequence: number | null;
  readonly tries: number;
}
export interface FieldView {
  readonly name: string;
  readonly title: string;
  readonly audience: string;
  readonly value: unknown;
}
export interface FormView {
  readonly form: string;
  readonly by: Side;
  readonly sequence: number;
  readonly fields: readonly FieldView[];
}
export interface TimelineEntry {
  readonly sequence: number;
  readonly time: string;
  readonly step: string;
  readonly title: string;
  readonly by: Party & { readonly role: string; readonly roleTitle: string; readonly officer: Named | null };
  readonly signed: string | null;
  readonly state: string;
  readonly stateTitle: string;
  readonly due: string | null;
  readonly fields: readonly FieldView[];
  readonly asked: boolean;
  readonly clause: string | null;
  readonly hash: string;
  readonly receipts: Marks;
  readonly overrides: readonly { readonly advice: string; readonly reason: string }[];
}

export interface Viewing {
  readonly directory: Directory;
  readonly officers: Officers;
  readonly workflow: Workflow;
  readonly officer: Officer;
  readonly who: Who;
  readonly now: string;
  readonly members: readonly MemberView[];
}

export const casePage = (document: CaseDocument, version: string, chain: readonly Link[], view: Viewing): CasePage => {
  const { workflow, directory } = view;
  const { head } = document;
  const state = head.state === null ? undefined : workflow.states.get(head.state);
  return {
    id: document.id,
    version,
    number: document.opening?.number ?? null,
    workflow: { id: workflow.id, title: workflow.title, definition: document.definition },
    side: document.side,
    province: document.province,
    peer: document.peer,
    status: document.status,
    state: {
      name: head.state,
      title: state?.title ?? (document.status === 'draft' ? '待签发' : '待接收'),
      turn: head.turn,
      ours: head.turn === document.side,
      since: head.since,
      due: head.due,
      provisional: head.provisional,
      overdue: head.due !== null && head.turn !== null && head.due < view.now,
      warned: isWarned(document) ? (document.warned?.at ?? null) : null,
    },
    sequence: head.sequence,
    head: head.hash,
    tenure: head.tenure,
    origin: document.opening ? partyOf(directory, document.opening.origin.province, head.units.origin) : null,
    counterpart: document.opening?.counterpart
      ? partyOf(directory, document.opening.counterpart.province, head.units.counterpart ?? '')
      : null,
    under: parentIdOf(document),
    members: view.members,
    secrecy: document.opening?.secrecy ?? document.drafts[0]?.secrecy ?? 'none',
    sealed: document.sealed,
    charge: {
      officer: named(view, document.charge.officer),
      deputies: document.charge.deputies.map((id) => named(view, id)).filter((each) => each !== null),
    },
    toTakeIn: isToTakeIn(document),
    timeline: chain.map((link) => entryOf(document, link, view)),
    forms: formsOf(document, view),
    possible: possibilities(document, workflow, view.who),
    drafts: document.drafts.map((draft) => ({
      id: draft.id,
      step: draft.step,
      title: workflow.steps.get(draft.step)?.title ?? draft.step,
      status: draft.status,
      by: named(view, draft.officer),
      at: draft.at,
      returns: draft.returns.map((each) => ({ ...each, by: named(view, each.by) })),
      fields: fieldsOf(workflow, workflow.steps.get(draft.step), draft.form, true),
      to: draft.to && partyOf(directory, draft.to.province, draft.to.unit),
      overrides: draft.overrides,
    })),
    asks: document.asks.map(({ ask, status, reason, sequence, tries }) => ({
      ask: ask.ask,
      step: ask.step,
      title: workflow.steps.get(ask.step)?.title ?? ask.step,
      byRight: ask.byright,
      time: ask.time,
      status,
      reason,
      sequence,
      tries,
    })),
    urges: document.urges,
    notes: document.local.map((note) => ({ ...note, officer: named(view, note.officer) })),
    delivered: document.delivered,
    opened: document.opened,
    waitingForEarlier: document.parked.length,
    fork: document.fork
      ? { sequence: document.fork.sequence, mine: document.fork.mine, theirs: document.fork.theirs }
      : null,
  };
};

const entryOf = (document: CaseDocument, link: Link, view: Viewing): TimelineEntry => {
  const { workflow } = view;
  const { event } = link;
  const { data } = event;
  const name = event.type.split('.').at(2) ?? '';
  const step = workflow.steps.get(name);
  const restricted = mayReadRestricted(document, view);
  const side =
    data.by.province === document.province ? document.side : document.side === 'origin' ? 'counterpart' : 'origin';
  const roleTitle = workflow.roles[side][data.by.role] ?? (data.by.role === 'time' ? '到期' : '系统');
  return {
    sequence: event.casesequence,
    time: event.time,
    step: name,
    title: step?.title ?? name,
    by: {
      ...partyOf(view.directory, data.by.province, data.by.unit),
      role: data.by.role,
      roleTitle,
      officer: named(view, event.private?.officer ?? null),
    },
    signed: data.signed === null ? null : (workflow.roles[side][data.signed] ?? data.signed),
    state: data.state,
    stateTitle: workflow.states.get(data.state)?.title ?? data.state,
    due: data.due,
    fields: [
      ...fieldsOf(workflow, step, { ...data.form, ...event.private?.form }, restricted),
      ...valuesOf(step?.yields?.form, { ...data.yields, ...event.private?.yields }, restricted),
    ],
    asked: data.ask !== null,
    clause: event.clause,
    hash: link.hash,
    receipts: document.marks[event.casesequence] ?? {},
    overrides: event.private?.overrides ?? [],
  };
};

/** Restricted fields only in the unit in charge itself. */
const mayReadRestricted = (document: CaseDocument, view: Viewing): boolean =>
  view.officer.unit === unitInCharge(document);

const fieldsOf = (
  workflow: Workflow,
  step: Step | undefined,
  form: JsonObject | null,
  restricted: boolean,
): readonly FieldView[] => {
  if (!step?.form || !form) return [];
  const own = valuesOf(step.form, form, restricted);
  const inner = form['form'];
  const corrected =
    step.name === 'correct' ? workflow.steps.get(typeof form['step'] === 'string' ? form['step'] : '') : undefined;
  return corrected && typeof inner === 'object' && inner !== null
    ? [...own, ...fieldsOf(workflow, corrected, inner as JsonObject, restricted)]
    : own;
};
const valuesOf = (form: Class | undefined, values: JsonObject, restricted: boolean): readonly FieldView[] => {
  if (!form) return [];
  const marks = marksOf(form);
  return Object.entries(values).flatMap(([name, value]) => {
    const mark = marks.get(name);
    const hidden = !mark || (mark.audience === 'restricted' && !restricted);
    return hidden ? [] : [{ name, title: mark.title, audience: mark.audience, value }];
  });
};

const formsOf = (document: CaseDocument, view: Viewing): readonly FormView[] =>
  [...view.workflow.forms].flatMap(([name, form]) => {
    const fact = document.facts[name];
    if (!fact) return [];
    const fields = valuesOf(form, { ...fact.shared, ...fact.private }, mayReadRestricted(document, view));
    return [{ form: name, by: fact.by, sequence: fact.sequence, fields }];
  });
