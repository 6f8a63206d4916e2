import type { Ask, Side, Signature, StepEvent } from './event';
import type { JsonObject } from './json';

/**
 * What services say to each other on the log. A domain's service writes them to `<domain>.events`; the exchange
 * carries those that have a `to` across the border and puts what comes from there on `<domain>.inbound`.
 * Every message is keyed by its case (a fence by partition), so all that concerns one case stays in order.
 */
export type Message =
  | StepMessage
  | AskMessage
  | ReceiptMessage
  | RepairMessage
  | UrgeMessage
  | HeadsMessage
  | FenceMessage
  | ReadmissionMessage
  | RowMessage
  | CountsMessage
  | KeyMessage
  | VersionsMessage
  | PieceMessage
  | WantMessage;
export type MessageKind = Message['kind'];

interface Crossing {
  /** The province it is meant for; null stays at home. */
  readonly to: string | null;
  /** Set by the exchange when it came from across the border. */
  readonly from?: string;
  /** The sender's epoch in which it was saved: rises with every restored backup. */
  readonly epoch: number;
  readonly domain: string;
}
export interface StepMessage extends Crossing {
  readonly kind: 'step';
  readonly case: string;
  readonly event: StepEvent;
  /** Of an event that the receiver itself wrote and is brought back: the signature under which it once crossed. */
  readonly proof?: Signature;
  /** The signature under which it crossed. */
  readonly signature?: Signature;
}
export interface AskMessage extends Crossing {
  readonly kind: 'ask';
  readonly case: string;
  readonly workflow: string;
  readonly definition: number;
  readonly ask: Ask;
}
/** accepted (signed and on the border log) → relayed (verified by the other exchange) → delivered (applied) → opened (an officer of the addressed unit looked). */
export type ReceiptKind = 'accepted' | 'relayed' | 'delivered' | 'opened';
export interface Receipt {
  /** Follows from case, side, kind and sequence: the same fact has one id, also after a restore. */
  readonly id: string;
  readonly case: string;
  readonly receipt: ReceiptKind;
  /** A dated negative: «not delivered by `time`», never the last word. */
  readonly negative?: { readonly code: string; readonly detail: string };
  /** delivered and opened are cumulative: they cover every sequence up to this one. */
  readonly sequence: number;
  readonly time: string;
  /** The unit that speaks; never the officer. */
  readonly unit: string | null;
  readonly province: string;
}
export interface ReceiptMessage extends Crossing {
  readonly kind: 'receipt';
  readonly case: string;
  readonly receipt: Receipt;
  /** With `accepted`: the signature under which the event crossed. */
  readonly signature?: Signature;
}
/** Please send again, from this sequence on. */
export interface RepairMessage extends Crossing {
  readonly kind: 'repair';
  readonly case: string;
  readonly after: number;
}
/** 催办: a notice outside the chain. The second in a tenure goes to the leader. */
export interface UrgeMessage extends Crossing {
  readonly kind: 'urge';
  readonly case: string;
  readonly urge: {
    readonly id: string;
    readonly unit: string;
    readonly time: string;
    readonly note: string;
    readonly nth: number;
  };
}
/** Sequence and head of shared cases: in bulk by a root per bucket, in detail for buckets that differ. */
export interface HeadsMessage extends Crossing {
  readonly kind: 'heads';
  readonly time: string;
  readonly roots?: readonly string[];
  readonly bucket?: {
    readonly number: number;
    readonly cases: readonly (readonly [id: string, sequence: number, hash: string])[];
  };
  /** The head of the audit chain, so that a cut tail shows. */
  readonly audit?: { readonly n: number; readonly hash: string };
}
/** Sent on every partition of the data topics by a province restored from a backup, behind whatever it sent before. */
export interface FenceMessage extends Crossing {
  readonly kind: 'fence';
  readonly partition: number;
  readonly nonce: string;
  readonly next: number;
}
/** The peer's answer to a fence: granted with the heads of all shared cases, or stale with the epoch it knows. */
export interface ReadmissionMessage extends Crossing {
  readonly kind: 'readmission';
  readonly nonce: string;
  readonly partition: number;
  readonly granted: boolean;
  readonly known: number;
  readonly heads: readonly (readonly [id: string, sequence: number, hash: string])[];
  /** More heads of this partition follow where it is false. */
  readonly last: boolean;
}
/** The case as its province's lists show it; local, unsequenced, never crosses. */
export interface RowMessage extends Crossing {
  readonly kind: 'row';
  readonly to: null;
  readonly case: string;
  readonly row: CaseRow;
}
/** How many cases of the province's own origin are in each state: no ids. */
export interface CountsMessage extends Crossing {
  readonly kind: 'counts';
  readonly counts: readonly {
    readonly workflow: string;
    readonly state: string;
    readonly month: string;
    readonly count: number;
  }[];
  readonly time: string;
}

/** The next keys of a province, announced and signed by the present one. */
export interface KeyMessage extends Crossing {
  readonly kind: 'key';
  readonly announcement: unknown;
}
/** The highest version of each workflow that a province knows: a case is opened with at most what both have announced. */
export interface VersionsMessage extends Crossing {
  readonly kind: 'versions';
  readonly versions: Readonly<Record<string, number>>;
}

/** A piece of a file that an event names, on `<from>.<to>.files`: from exchange to exchange, never on a domain's topics. */
export interface PieceMessage extends Crossing {
  readonly kind: 'piece';
  /** SHA-256 of the whole content. */
  readonly hash: string;
  /** Bytes of the whole content. */
  readonly size: number;
  /** Which piece, from 0. */
  readonly piece: number;
  /** Base64. */
  readonly content: string;
  readonly time: string;
}
/** These pieces of a file that an event of yours names have not come: please send them, again. */
export interface WantMessage extends Crossing {
  readonly kind: 'want';
  readonly hash: string;
  readonly pieces: readonly number[];
  readonly time: string;
}

/** One line of an officer's list: enough to find and judge a case, personal data masked when it is shown. */
export interface CaseRow {
  readonly id: string;
  /** A row with a lower one is older. */
  readonly revision: number;
  readonly domain: string;
  readonly workflow: string;
  readonly title: string;
  readonly number: string | null;
  readonly side: Side;
  readonly peer: string | null;
  readonly state: string;
  readonly stateTitle: string;
  readonly turn: Side | null;
  readonly due: string | null;
  readonly openedAt: string;
  readonly changedAt: string;
  readonly unit: string;
  readonly peerUnit: string | null;
  readonly officer: string | null;
  readonly deputies: readonly string[];
  readonly sealed: boolean;
  /** No officer of the addressed unit has looked at the latest event of the other side yet. */
  readonly toTakeIn: boolean;
  /** Some step is possible for this side now. */
  readonly mine: boolean;
  readonly closed: boolean;
  readonly frozen: boolean;
  readonly drafts: readonly {
    readonly id: string;
    readonly step: string;
    readonly title: string;
    readonly by: string;
    readonly signers: readonly string[];
    readonly status: 'drafted' | 'sent' | 'returned';
  }[];
  /** Officers of this side who have acted. */
  readonly acted: readonly string[];
  /** Names as they stand in forms of class identity, for the list (masked there). */
  readonly subject: string | null;
  readonly tokens: readonly string[];
  readonly urged: number;
  readonly overdueReceipts: boolean;
  /** This side was told that it is soon due (`warn` of the state). Absent in rows of earlier versions. */
  readonly warned?: boolean;
}

/** A paragraph of a signed agreement: what both provinces let flow, and when. */
export interface Clause {
  /** `<agreement case>/<n>`: the stable paragraph, not its renewal. */
  readonly id: string;
  readonly title: string;
  readonly agreement: string;
  readonly provinces: readonly string[];
  /** Ids of workflows; `*` for all. */
  readonly workflows: readonly string[];
  /** Classes of data that it lets flow. */
  readonly data: readonly string[];
  /** First and last day, Asia/Shanghai. */
  readonly from: string;
  readonly until: string;
  /** When it was suspended, until it was resumed; the last may be open. */
  readonly suspensions: readonly { readonly from: string; readonly until: string | null }[];
  /** When the agreement was ended before its last day. */
  readonly ended: string | null;
  /** What it let flow until an amendment, oldest first: what was taken before rests on it still. */
  readonly earlier?: readonly {
    readonly until: string;
    readonly workflows: readonly string[];
    readonly data: readonly string[];
  }[];
  /** Rises with every change: a lower one is older. */
  readonly revision: number;
}

export type { JsonObject };
