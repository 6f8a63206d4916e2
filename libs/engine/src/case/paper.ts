import { Refusal } from '@chuanyu/contracts';
import { marksOf } from '../form/marks';
import type { FieldOf } from '../workflow/documents';
import { stateOf, type Workflow } from '../workflow/workflow';
import type { Context } from './context';
import type { CaseDocument } from './document';
import { factsOf } from './facts';
import { afterRights } from './possible';

export interface PaperLine {
  readonly label: string;
  readonly text: string;
}
interface Issuer {
  readonly province: string;
  readonly unit: string;
}
/** A paper of a case: what is printed, and what stands beside it as JSON. */
export interface IssuedPaper {
  readonly title: string;
  readonly number: string;
  readonly state: { readonly name: string; readonly title: string };
  readonly issuer: Issuer;
  /** The calendar date on it. */
  readonly on: string;
  readonly lines: readonly PaperLine[];
  readonly text: string | null;
  /** With which anybody can check it; null where the workflow lets nothing be checked. */
  readonly code: string | null;
}

/** The paper of this name, from what this side holds. Throws a `Refusal` where there is none to be had now. */
export const paperOf = (document: CaseDocument, context: Context, name: string): IssuedPaper => {
  const { workflow } = context;
  const printout = workflow.documents.get(name);
  if (!printout) {
    const possible = [...workflow.documents].map(([each, { title }]) => ({ document: each, title }));
    throw new Refusal('not-found', '没有这种文书', { possible }, 'No such document');
  }
  if (document.side !== 'origin' || !document.opening)
    throw new Refusal(
      'not-allowed',
      `「${printout.title}」由发起方出具`,
      {},
      'The side that opened the case issues it',
    );
  const state = stateAtHome(document, workflow);
  if (document.status === 'frozen' || !printout.during.includes(state)) {
    const where = printout.during.map((each) => `「${stateOf(workflow, each).title}」`).join('、');
    throw new Refusal(
      'not-possible',
      `当前环节为「${stateOf(workflow, state).title}」；「${printout.title}」在${where}环节出具`,
      { during: printout.during.map((each) => ({ state: each, title: stateOf(workflow, each).title })) },
      'Not printed in this state',
    );
  }
  const { on, lines, text } = printout.of(factsOf(document, context, {}));
  return {
    title: printout.title,
    number: document.opening.number,
    state: { name: state, title: stateOf(workflow, state).title },
    issuer: document.opening.origin,
    on,
    lines: Object.entries(lines).map(([label, each]) => ({ label, text: each })),
    text: text ?? null,
    code: workflow.check ? (valueOf(document, workflow.check.code) ?? null) : null,
  };
};

/** What the holder of number and code may learn; nothing else of the case is in it but the code itself, to be compared. */
export interface Checked {
  readonly code: string;
  readonly title: string;
  readonly valid: boolean;
  readonly says: string;
  readonly issuer: Issuer;
  readonly lines: readonly PaperLine[];
}
/** Undefined where the workflow lets nothing be checked of a case that stands so. */
export const checkOf = (document: CaseDocument, workflow: Workflow): Checked | undefined => {
  const { check } = workflow;
  if (!check || document.side !== 'origin' || !document.opening || document.sealed) return undefined;
  const state = stateAtHome(document, workflow);
  const code = valueOf(document, check.code);
  const says = Object.entries(check.says).find(([name]) => name === state)?.[1];
  if (code === undefined || says === undefined) return undefined;
  return {
    code,
    title: workflow.title,
    valid: check.valid.includes(state),
    says,
    issuer: document.opening.origin,
    lines: check.shows.flatMap((shown) => {
      const text = valueOf(document, shown);
      return text === undefined ? [] : { label: marksOf(shown.form).get(shown.name)?.title ?? shown.name, text };
    }),
  };
};

/** The state that counts at home: of a case that rests, the one that rests; where a right was taken that the other side has not written yet, the one it leads to. */
const stateAtHome = (document: CaseDocument, workflow: Workflow): string => {
  const { state } = afterRights(document, workflow);
  return workflow.states.get(state)?.everyday === true ? (document.head.resting?.state ?? state) : state;
};
const valueOf = (document: CaseDocument, { form, name }: FieldOf): string | undefined => {
  const fact = document.facts[form.name];
  const value = fact?.private?.[name] ?? fact?.shared?.[name];
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (Array.isArray(value)) return value.join('、');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
};
