import type { Side } from '@chuanyu/contracts';
import type { Term } from '@chuanyu/reference';
import type { Class } from '../form/marks';
import type { Check, Printout } from './documents';
import type { Claim, Due, Facts, Rule, Yields } from './notation';
import type { Register } from './register';

/** A workflow file as the engine runs it: checked, with the everyday steps, and names as they stand on the wire. */
export interface Workflow {
  /** `<domain>.<name>` */
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  readonly title: string;
  readonly english: string;
  readonly version: number;
  readonly docket: string;
  readonly serves: readonly string[];
  readonly basis: readonly string[];
  readonly under: string | undefined;
  readonly restsOn: 'pairing' | 'clause';
  readonly domestic: boolean;
  /** Role id → its title, by side. */
  readonly roles: Readonly<Record<Side, Readonly<Record<string, string>>>>;
  /** Kinds of unit by side; empty: any. */
  readonly units: Readonly<Record<Side, readonly string[]>>;
  readonly sentTo: ((facts: Facts) => string) | undefined;
  readonly registers: readonly Register[];
  readonly claims: readonly Claim<string>[];
  /** By kebab-case name, as in routes. */
  readonly documents: ReadonlyMap<string, Printout<string>>;
  readonly check: Check<string> | undefined;
  readonly states: ReadonlyMap<string, State>;
  /** By kebab-case name; the everyday steps are among them. */
  readonly steps: ReadonlyMap<string, Step>;
  /** The step that opens a case. */
  readonly opening: Step;
  /** Every form and yield class, by its name. */
  readonly forms: ReadonlyMap<string, Class>;
}

export interface State {
  readonly name: string;
  readonly title: string;
  /** `other`: the side that did not have it before (补正中). Absent in a final state. */
  readonly turn: Side | 'other' | undefined;
  readonly due: Term | Due | undefined;
  readonly late: string | undefined;
  readonly warn?: Term | undefined;
  readonly public: boolean;
  readonly everyday: boolean;
}

export interface Step {
  /** Kebab-case, as in routes and event types. */
  readonly name: string;
  readonly title: string;
  readonly by: readonly string[];
  readonly form: Class | undefined;
  readonly rules: readonly Rule<unknown>[];
  /** Empty: no signature needed. Otherwise one officer with any of these roles signs. */
  readonly signedBy: readonly string[];
  readonly byRight: boolean;
  /** The parent's step with which the engine takes it; no officer does. */
  readonly follows: string | undefined;
  readonly yields: Yields<unknown> | undefined;
  /** Forms of which the free ones are offered where a claim is taken. */
  readonly instead: ((facts: Facts) => Iterable<object>) | undefined;
  readonly opens: string | undefined;
  readonly from: readonly string[];
  /** `before`: the state that the case was in before; `by`: depends on the state it is in; undefined: it stays. */
  readonly to: string | { readonly before: true } | { readonly by: Readonly<Record<string, string>> } | undefined;
  /** Provided by the engine for every workflow. */
  readonly everyday: boolean;
}

export const stateOf = (workflow: Workflow, name: string): State => {
  const state = workflow.states.get(name);
  if (!state) throw new Error(`${workflow.id} has no state ${name}`);
  return state;
};
export const stepOf = (workflow: Workflow, name: string): Step | undefined => workflow.steps.get(name);
/** Where a step leads from this state: to another, back to the one before, or nowhere (it stays). */
export const leadOf = ({ to }: Step, state: string): string | { readonly before: true } | undefined =>
  typeof to === 'object' && 'by' in to ? to.by[state] : to;
/** The side that a role belongs to. */
export const sideOfRole = (workflow: Workflow, role: string): Side | undefined =>
  role in workflow.roles.origin ? 'origin' : role in workflow.roles.counterpart ? 'counterpart' : undefined;
/** The sides whose roles may take a step. */
export const sidesOf = (workflow: Workflow, step: Step): readonly Side[] => [
  ...new Set(step.by.flatMap((role) => sideOfRole(workflow, role) ?? [])),
];
/** Was it signed as the step demands of the side whose role took it? */
export const isSigned = (workflow: Workflow, step: Step, by: string, signed: string | null): boolean => {
  const side = sideOfRole(workflow, by);
  const signers = step.signedBy.filter((role) => sideOfRole(workflow, role) === side);
  return signers.length === 0 ? signed === null : signed !== null && signers.includes(signed);
};
/** May a unit of this kind have a case of this workflow on this side? */
export const takesUnit = (workflow: Workflow, side: Side, kind: string): boolean =>
  workflow.units[side].length === 0 || workflow.units[side].includes(kind);
export const isFinal = (workflow: Workflow, state: string): boolean => stateOf(workflow, state).turn === undefined;
