import type { Side } from '@chuanyu/contracts';
import type { Term, UnitKind } from '@chuanyu/reference';
import type { Class } from '../form/marks';
import type { Check, Printout } from './documents';
import type { Register } from './register';

/** The words in which a workflow file is written. `define.ts` turns a file into what the engine runs. */
type Many<T> = T | readonly T[];

/** Counted from an instant or date named in the case, or from delivery to the other side, instead of from entry into the state. */
export interface Due {
  readonly term: Term;
  readonly after: 'delivery' | ((facts: Facts) => string);
}
export const after = (start: Due['after'], term: Term): Due => ({ term, after: start });

/** All that a rule, a term or a claim may look at: only what the side that evaluates it really holds. */
export interface Facts<F = unknown> {
  /** What is now submitted. */
  readonly form: F;
  /** The calendar date in Asia/Shanghai. */
  readonly today: string;
  /** The unit in charge on this side. */
  readonly unit: string;
  /** The latest form of this kind taken in the case. */
  readonly last: <T>(form: Class<T>) => T;
  readonly has: (form: Class) => boolean;
  /** A record of a register that this side's unit keeps (inmates, rooms, listed firms). */
  readonly find: <T>(register: Class<T>, key: string) => T | undefined;
  /** The first three of these forms with which no claim of this side is held by another case. */
  readonly free: <T extends object>(form: Class<T>, candidates: Iterable<T>) => readonly T[];
  /** How many cases of a workflow under this one are in a state, of how many. */
  readonly under: (workflow: string, state: string) => { readonly count: number; readonly of: number };
  /** The case that this one is a part of. Only where it was opened: elsewhere there may be none, and reading it throws. */
  readonly parent: ParentFacts;
  /** An unguessable code of 64 bits, in base32; another one at each call. For `yields`: a rule has no use for chance. */
  readonly code: () => string;
}
/** What a member may look at of the case that it is a part of. */
export interface ParentFacts {
  readonly state: string;
  /** The calendar date on which it came into its state. */
  readonly since: string;
  readonly number: string;
  readonly last: <T>(form: Class<T>) => T;
  readonly has: (form: Class) => boolean;
}
export interface Rule<F> {
  readonly form: Class<F>;
  readonly text: string;
  readonly holds: (facts: Facts<F>) => boolean;
  readonly advice: boolean;
}
/** The text is what an officer reads when the rule refuses. */
export const rule = <F>(form: Class<F>, text: string, holds: (facts: Facts<F>) => boolean): Rule<F> => ({
  form,
  text,
  holds,
  advice: false,
});
/** As a rule, but an officer may go on after writing the reason down. */
export const advice = <F>(form: Class<F>, text: string, holds: (facts: Facts<F>) => boolean): Rule<F> => ({
  form,
  text,
  holds,
  advice: true,
});

/** What the engine works out and writes beside the form; its class is marked like a form. */
export interface Yields<F> {
  readonly form: Class;
  readonly of: (facts: Facts<F>) => object;
}
export const yields = <F, Y extends object>(form: Class<Y>, of: (facts: Facts<F>) => Y): Yields<F> => ({ form, of });

interface Final {
  readonly title: string;
  readonly turn?: never;
  readonly due?: never;
  readonly late?: never;
  readonly warn?: never;
  readonly public?: true;
}
interface Open<S extends string> {
  readonly title: string;
  /** The side that may write. */
  readonly turn: Side;
  readonly due?: Term | Due;
  /** The state a case falls into when the due time passes; absent = it only turns red. */
  readonly late?: S;
  /** Both sides are told this long before the due time: once for each due time. */
  readonly warn?: Term;
  /** Integrators may learn that a case reached this state. Absent = they never do. */
  readonly public?: true;
}
/** Back to the state that the case was in before. */
export const back: unique symbol = Symbol('back');

interface Taken<R extends string, F> {
  readonly title: string;
  readonly by: Many<R>;
  readonly form?: Class<F>;
  readonly rules?: readonly Rule<NoInfer<F>>[];
  /** The leader without whose signature it does not leave the unit. */
  readonly signedBy?: R;
  /** A right of its side whoever has the turn: takes effect at home at once, and the holder cannot refuse it. */
  readonly byRight?: true;
  /** The step of the parent with which the engine takes this one in every member, as the same unit and role and with its form. */
  readonly follows?: string;
  readonly yields?: Yields<NoInfer<F>>;
  /** Where a claim is taken: forms to offer instead; the first three that are free are told with the refusal. */
  readonly instead?: (facts: Facts<NoInfer<F>>) => Iterable<NoInfer<F>>;
}
interface Opens<S> {
  readonly opens: S;
  readonly from?: never;
  readonly to?: never;
  readonly stays?: never;
}
interface Moves<S> {
  readonly from: Many<S>;
  readonly to: S | typeof back;
  readonly opens?: never;
  readonly stays?: never;
}
/** Where it leads depends on where the case stands. A right taken in a state that is not named only stands in the chain. */
interface Leads<S extends string> {
  readonly to: { readonly [K in S]?: S };
  readonly from?: never;
  readonly opens?: never;
  readonly stays?: never;
}
interface Stays<S> {
  readonly from: Many<S>;
  readonly stays: true;
  readonly to?: never;
  readonly opens?: never;
}
type Step<S extends string, R extends string, F> = Taken<R, F> & (Opens<S> | Moves<S> | Leads<S> | Stays<S>);

/** Held while the case is in one of the states; takes the first free of the keys, or refuses with the title. */
export interface Claim<S extends string> {
  readonly title: string;
  readonly side: Side;
  readonly during: readonly S[];
  readonly keys: (facts: Facts) => readonly string[];
}

export interface WorkflowFile<S extends string, O extends string, C extends string, F> {
  readonly title: string;
  readonly english: string;
  /** 1 unless said. A case stays on the version it was opened with. */
  readonly version?: number;
  /** The short name in a case number: 川监衔〔2026〕12号. */
  readonly docket: string;
  /** Items of the cooperation list that it serves. */
  readonly serves: readonly string[];
  /** The laws and notices that it implements. */
  readonly basis: readonly string[];
  /** The workflow whose case this is a part of: it can only be opened under an open one. */
  readonly under?: string;
  /** `pairing`: rests on the pairing of the provinces itself, so that the first agreement can be made. Absent: every shared class of data needs a live clause. */
  readonly restsOn?: 'pairing';
  /** Without a counterpart the workflow is domestic. */
  readonly roles: { readonly origin: Readonly<Record<O, string>>; readonly counterpart?: Readonly<Record<C, string>> };
  /** The kinds of unit that may have a case of it on each side: to others it cannot be sent or passed on. Absent = any. */
  readonly units?: { readonly [side in Side]?: readonly UnitKind[] };
  /** The unit of the counterpart that receives it; absent = the officer who opens it chooses. */
  readonly sentTo?: (facts: Facts) => string;
  /** Records that the units of one side keep, and that rules look into with `find`. */
  readonly registers?: readonly Register[];
  readonly claims?: readonly Claim<NoInfer<S>>[];
  /** What can be printed, by name. */
  readonly documents?: Readonly<Record<string, Printout<NoInfer<S>>>>;
  /** What anybody may learn by number and code. */
  readonly check?: Check<NoInfer<S>>;
  readonly states: { readonly [K in S]: Open<NoInfer<S>> | Final };
  readonly steps: { readonly [K in keyof F]: Step<NoInfer<S>, NoInfer<O | C>, F[K]> };
}
