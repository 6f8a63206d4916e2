import type { Message } from '@chuanyu/contracts';
import type { Calendar } from '@chuanyu/reference';
import type { Class } from '../form/marks';
import type { ParentFacts } from '../workflow/notation';
import type { Workflow } from '../workflow/workflow';
import type { CaseDocument } from './document';

/** The case being changed and what it has to say: both are saved in one write, or neither. */
export interface Work {
  readonly case: CaseDocument;
  readonly send: Message[];
  /** Only how far a message has come has changed, which the case's page shows and its line in the lists does not. */
  sameLine?: true;
}

/** All that the engine knows of the world while it changes a case. Nothing here does I/O. */
export interface Context {
  readonly province: string;
  /** 川, 渝: begins the province's case numbers. */
  readonly abbreviation: string;
  readonly workflow: Workflow;
  /** UTC instant, by the province's own clock. */
  readonly now: string;
  readonly calendar: Calendar;
  readonly units: { get(id: string): { readonly province: string; readonly kind: string } | undefined };
  readonly clauses: ClauseBook;
  /** A record of a register that this side keeps. */
  readonly find: <T>(register: Class<T>, key: string) => T | undefined;
  /** What an officer of this unit has uploaded here under this hash. */
  readonly file: (hash: string, unit: string) => { readonly size: number; readonly type: string } | undefined;
  readonly under: (workflow: string, state: string) => { readonly count: number; readonly of: number };
  /** The case with this id, as one that others may be opened under: undefined where this side holds none. */
  readonly parent: (id: string) => Parent | undefined;
  readonly epoch: number;
  /** False between a restore from a backup and the readmission by every peer: nothing is written to a chain, nothing answered. */
  readonly mayWrite: boolean;
  /** W3C Trace Context of whatever asks for the change: an event carries it outside its chain. */
  readonly traceparent?: string | undefined;
  /** Unguessable; a fresh one at each call. */
  readonly uuid: () => string;
  /** Claims known to be held by other cases: the next free key is taken instead. */
  readonly taken: ReadonlySet<string>;
  /** Which of these claims other cases hold: one look into the store. Only for what is offered; who wins, the save decides. */
  readonly held: (claims: readonly string[]) => ReadonlySet<string>;
  /** The number that the next case of this docket and year gets. */
  readonly serial: number;
  readonly limits: Limits;
  /** Hash of a link that is no longer in the document. */
  readonly archivedHash: (sequence: number) => string | undefined;
  /** Rules of `docs/protocol.md` that are switched off: only the simulation sets any, to see what breaks without them. */
  readonly without: ReadonlySet<number>;
}

/** What a member may know of the case that it is a part of. */
export interface Parent extends ParentFacts {
  readonly workflow: string;
  readonly title: string;
  readonly isOpen: boolean;
}

export interface Limits {
  /** Bytes of an event's canonical form; above, the step is refused to the officer. */
  readonly event: number;
  readonly ask: number;
  /** Milliseconds for which a side must have held the turn before it lets a case lapse. */
  readonly grace: number;
  /** Milliseconds before something unanswered is sent again; doubled up to the maximum. */
  readonly resend: number;
  readonly resendMost: number;
  /** Links kept in the document. */
  readonly recent: number;
  readonly parked: number;
}
export const defaultLimits: Limits = {
  event: 256 * 1024,
  ask: 96 * 1024,
  grace: 10 * 60_000,
  resend: 30_000,
  resendMost: 10 * 60_000,
  recent: 16,
  parked: 64,
};

/** The live clauses, as `coordination.clauses` tells them. */
export interface ClauseBook {
  /** The id of a clause that lets all these classes flow in this workflow between both provinces on this date; or what is missing, in Chinese. */
  covering(asked: {
    readonly workflow: string;
    readonly title: string;
    readonly provinces: readonly [string, string];
    readonly classes: readonly string[];
    readonly date: string;
  }): { readonly clause: string } | { readonly missing: string };
}

/** The officer who acts, as far as the engine cares. */
export interface Who {
  readonly officer: string;
  readonly unit: string;
  readonly roles: readonly string[];
}

/** An event that may not be applied: its reason goes to the dead letters, an alarm is raised. */
export class Quarantine extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Quarantine';
  }
}
/** A rule looked at something that this side cannot hold. */
export class NotHeld extends Error {}
/** What the event needs is not here yet (a newer workflow file): it waits. */
export class Waits extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'Waits';
  }
}
