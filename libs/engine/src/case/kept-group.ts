import type { Actor, JsonObject } from '@chuanyu/contracts';
import type { Command } from './command';

/** What the parent records, in the save of its own step or before a member is opened (`docs/protocol.md` 23). */
export interface Group {
  members: Member[];
  /** In order; gone when they stand in the member. */
  errands: Errand[];
}
export interface Member {
  readonly case: string;
  readonly workflow: string;
  /** The parent's steps that it follows, each with its own. */
  readonly follows: Readonly<Record<string, string>>;
  /** With what it is opened, until it is. */
  opening: { readonly command: Command; readonly definition: number; readonly alias: string } | null;
  next: string;
  tries: number;
}
/** A step of a member that follows one of the parent's, until it is taken there. */
export interface Errand {
  readonly member: string;
  readonly step: string;
  readonly form: JsonObject | null;
  readonly key: string;
  readonly by: Actor;
  readonly signed: string | null;
  readonly officer: string | null;
  readonly signer: string | null;
  next: string;
  tries: number;
}
export interface Membership {
  readonly under: string;
  /** Why it may never be opened any more. */
  barred: string | null;
  /** Taken by the parent while this one waits for its signature: carried out in the save that opens it. */
  toFollow: Errand[];
}
