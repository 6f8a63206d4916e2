import {
  BEGINNING,
  type Ask,
  type JsonObject,
  type Opening,
  type ReceiptKind,
  type Secrecy,
  type Side,
  type Signature,
  type StepEvent,
} from '@chuanyu/contracts';

import { dateOf } from '@chuanyu/reference';
import type { Group, Membership } from './kept-group';

/**
 * A case as one province keeps it: one document, written once per step. The functions beside this file change a
 * private copy; `keeper.ts` of the service loads it, and saves it if nobody else has in the meantime.
 */
export interface CaseDocument {
  readonly id: string;
  workflow: string;
  domain: string;
  definition: number;
  /** The province that keeps this replica, and the one that keeps the other. */
  readonly province: string;
  peer: string | null;
  side: Side;
  /** draft: opened, not signed yet · placeholder: the beginning has not arrived · frozen: the two histories differ. */
  status: 'draft' | 'placeholder' | 'live' | 'frozen';
  alias: string;
  opening: Opening | null;
  /** `川监衔〔2026〕` and the number in it: minted with the opening event, on the origin's side only. */
  serial: { readonly docket: string; readonly n: number } | null;
  /** A juvenile's or otherwise sealed case: only those in charge and their leaders find it. */
  sealed: boolean;
  head: Head;
  /** The latest links of the chain, oldest first; older ones are in the history collection. */
  recent: Link[];
  /** Every sequence up to this one is in the history collection. */
  archived: number;
  facts: Record<string, Fact>;
  /** Strings that only one case may hold. */
  claims: string[];
  /** Hashes of the files that the case names on this side; absent in a document of before there were attachments. */
  files?: readonly string[];
  keys: KeptKey[];
  drafts: Draft[];
  asks: OwnAsk[];
  /** Asks of the other side that are ahead of what this side has seen. */
  waiting: Ask[];
  /** Asks of the other side that were answered in this tenure. */
  answered: string[];
  /** Events that came before the ones they follow. */
  parked: { event: StepEvent; signature: Signature | null }[];
  /** The other side has everything up to this sequence. */
  delivered: number;
  /** Receipts by sequence, for the timeline. */
  marks: Record<string, Marks>;
  /** The latest sequence of the other side that an officer of this side has looked at, and the other way round. */
  opened: { mine: number; theirs: number };
  charge: { officer: string | null; deputies: string[] };
  circulated: string[];
  /** Officers of this side who have taken or signed a step. */
  acted: string[];
  /** Notices to hurry, of both sides. */
  urges: Urge[];
  /** What an officer did that concerns only this province. */
  local: LocalNote[];
  /** Asking the other side to send again, until it comes. */
  repair: { next: string; tries: number } | null;
  /** Sending again what is not delivered yet. */
  resend: { next: string; tries: number } | null;
  /** The due time of which this side was told ahead, and when: `warn` of the state. Absent in documents of earlier versions. */
  warned?: { readonly due: string; readonly at: string } | null;
  /** Since when this side has the turn, by its own clock. */
  heldSince: string | null;
  /** The cases opened under this one here, and what is still to be done in them; absent where there never was one. */
  group?: Group;
  /** Of a case opened here under another. */
  membership?: Membership;
  fork: {
    readonly sequence: number;
    readonly mine: string;
    readonly theirs: string;
    readonly event: StepEvent | null;
  } | null;
  /** The next moment at which time itself does something here. */
  wakeAt: string | null;
  /** `YYYY-MM` in Shanghai of the opening; for counts. */
  month: string;
  readonly createdAt: string;
  /** Of this revision. */
  changedAt: string;
  /** Rises with every save but those that change nothing in lists (`sameLine`); never for conflicts. */
  revision: number;
}

/** Where the case stands: worked out alike on both sides, but for `due`, which is the writer's word. */
export interface Head {
  sequence: number;
  hash: string;
  state: string | null;
  turn: Side | null;
  tenure: number;
  /** When the state was entered. */
  since: string;
  due: string | null;
  /** Depends on a calendar that is not published yet. */
  provisional: boolean;
  before: string | null;
  /** The state that rests while the case is sent back or being completed. */
  resting: { readonly state: string; readonly due: string | null; readonly since: string } | null;
  units: { origin: string; counterpart: string | null };
  extended: boolean;
  /** Points for which completion was asked; each once. */
  points: string[];
  /** No step but passing on and readdressing was taken yet: it may still be sent back. */
  untouched: boolean;
}
export const nowhere: Head = {
  sequence: 0,
  hash: BEGINNING,
  state: null,
  turn: null,
  tenure: 0,
  since: '',
  due: null,
  provisional: false,
  before: null,
  resting: null,
  units: { origin: '', counterpart: null },
  extended: false,
  points: [],
  untouched: true,
};

export interface Link {
  readonly event: StepEvent;
  readonly hash: string;
  /** Of the other side's events: the signature they came with. Of own ones: told by the exchange when it has signed. */
  signature: Signature | null;
  /** When this side saved it. */
  readonly at: string;
}
/** The latest data of a form, as this side holds it. */
export interface Fact {
  readonly shared: JsonObject | null;
  readonly private: JsonObject | null;
  readonly by: Side;
  readonly sequence: number;
}
export interface KeptKey {
  readonly key: string;
  /** Of the request's body; null where the key was learnt from the chain. */
  readonly fingerprint: string | null;
  readonly as: 'step' | 'ask' | 'draft';
  /** Sequence of the event, id of the ask or of the draft. */
  readonly what: string;
}
export interface Draft {
  readonly id: string;
  readonly step: string;
  readonly form: JsonObject | null;
  readonly key: string;
  readonly fingerprint: string;
  readonly overrides: readonly { readonly advice: string; readonly reason: string }[];
  readonly officer: string;
  readonly unit: string;
  readonly role: string;
  readonly at: string;
  status: 'sent' | 'returned';
  returns: { readonly by: string; readonly at: string; readonly reason: string }[];
  /** Where an opening is sent to. */
  readonly to: { readonly province: string; readonly unit: string } | null;
  readonly under: string | null;
  readonly secrecy: Secrecy;
}
export interface OwnAsk {
  readonly ask: Ask;
  readonly private: JsonObject | null;
  readonly privateYields: JsonObject | null;
  readonly officer: string | null;
  readonly signer: string | null;
  /** queued: a right behind an earlier one that does not stand in the chain yet; not sent until it does. */
  status: 'open' | 'queued' | 'taken' | 'refused' | 'void';
  reason: string | null;
  sequence: number | null;
  next: string;
  tries: number;
}
export interface Marks {
  accepted?: string;
  relayed?: string;
  delivered?: string;
  opened?: string;
  /** The latest dated negative, until the receipt that it denies, or one beyond it, has come. */
  negative?: {
    readonly receipt: ReceiptKind;
    readonly code: string;
    readonly detail: string;
    readonly time: string;
  };
}
export interface Urge {
  readonly id: string;
  readonly by: Side;
  readonly unit: string;
  readonly time: string;
  readonly note: string;
  readonly nth: number;
}
export interface LocalNote {
  readonly at: string;
  readonly officer: string;
  readonly act: 'assign' | 'hand-over' | 'circulate' | 'draft' | 'return' | 'take-in' | 'seal' | 'unseal';
  readonly detail: string;
}

/** `<case>/<sequence>` */
export const linkId = (id: string, sequence: number): string => `${id}/${sequence}`;
export const isOpen = (document: CaseDocument): boolean => document.head.turn !== null;
/** The unit in charge on this side, for a case not opened yet the drafter's. */
export const unitInCharge = (document: CaseDocument): string => ownUnit(document) || (document.drafts[0]?.unit ?? '');
export const hasTurn = (document: CaseDocument): boolean => document.head.turn === document.side;
/** Was this side told that the case is soon due? A new due time is told anew. */
export const isWarned = ({ warned, head }: CaseDocument): boolean =>
  head.due !== null && head.turn !== null && warned?.due === head.due;
/** The case that this one is a part of; null where it is of none. */
export const parentIdOf = (document: CaseDocument): string | null =>
  document.opening ? document.opening.under : (document.membership?.under ?? null);
export const ownUnit = (document: CaseDocument): string => document.head.units[document.side] ?? '';
export const newCase = ({
  under,
  ...known
}: Pick<
  CaseDocument,
  'id' | 'workflow' | 'domain' | 'definition' | 'province' | 'peer' | 'side' | 'status' | 'alias' | 'createdAt'
> & { readonly under?: string }): CaseDocument => ({
  ...known,
  ...(under === undefined ? {} : { membership: { under, barred: null, toFollow: [] } }),
  opening: null,
  serial: null,
  sealed: false,
  head: structuredClone(nowhere),
  recent: [],
  archived: 0,
  facts: {},
  claims: [],
  keys: [],
  drafts: [],
  asks: [],
  waiting: [],
  answered: [],
  parked: [],
  delivered: 0,
  marks: {},
  opened: { mine: 0, theirs: 0 },
  charge: { officer: null, deputies: [] },
  circulated: [],
  acted: [],
  urges: [],
  local: [],
  repair: null,
  resend: null,
  heldSince: null,
  fork: null,
  wakeAt: null,
  month: dateOf(known.createdAt).slice(0, 7),
  changedAt: known.createdAt,
  revision: 0,
});
