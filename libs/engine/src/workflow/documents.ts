import type { Class } from '../form/marks';
import type { Facts } from './notation';

/** What stands on a paper, beside its title, number, issuing unit and check code: those the platform adds. */
export interface Paper {
  /** The date on it, `YYYY-MM-DD`. */
  readonly on: string;
  /** What it says, a line each, in order: 姓名 → 张三. Dates may stand as `YYYY-MM-DD`. */
  readonly lines: Readonly<Record<string, string>>;
  /** Sentences below the lines; line breaks part paragraphs. */
  readonly text?: string;
}
/** What can be printed of a case, by officers of the side that opened it. */
export interface Printout<S extends string> {
  readonly title: string;
  /** In these states only: what is suspended or withdrawn is not printed any more. */
  readonly during: readonly S[];
  readonly of: (facts: Facts) => Paper;
}

/** A field of a form. */
export interface FieldOf {
  readonly form: Class;
  readonly name: string;
}
export const field = <T extends object>(form: Class<T>, name: keyof T & string): FieldOf => ({ form, name });

/**
 * What anybody may learn who has both the case's number and its code: whether it is valid, and these fields. They are
 * named and not worked out, so that what is shown can be proven to concern no person.
 */
export interface Check<S extends string> {
  /** A private field that a step yields (`facts.code()`). */
  readonly code: FieldOf;
  /** What is said of each state; in any other the answer is that of a number that does not exist. */
  readonly says: { readonly [K in S]?: string };
  /** Those of them in which it may be relied on. */
  readonly valid: readonly S[];
  readonly shows: readonly FieldOf[];
}
