import { canonical, sha256, type JsonObject } from './json';

/** origin = the province that opened the case; counterpart = the province asked to act. */
export type Side = 'origin' | 'counterpart';
export const otherSide = (side: Side): Side => (side === 'origin' ? 'counterpart' : 'origin');

/** Who acted, as the other side may know it: never the officer. `role` is `time` for a lapse and `engine` for an answer that refuses an ask. */
export interface Actor {
  readonly province: string;
  readonly unit: string;
  readonly role: string;
}

/** A signature over the canonical JSON of what it stands beside: detached JWS (RFC 7515, RFC 7797). */
export interface Signature {
  readonly kid: string;
  readonly signature: string;
  /** The sender's epoch that was signed with it. */
  readonly epoch?: number;
}

/** A step requested by the side that does not hold the turn; embedded whole in the event that answers it. */
export interface Ask {
  readonly ask: string;
  readonly case: string;
  /** Kebab-case name of the step. */
  readonly step: string;
  /** The tenure in which it was asked; the ask is void in any later one. */
  readonly tenure: number;
  /** The sequence that the asker had seen. */
  readonly basis: number;
  readonly stepkey: string;
  readonly time: string;
  readonly by: Actor;
  /** The role that signed it (签发); null where the step needs no signature. */
  readonly signed: string | null;
  readonly form: JsonObject | null;
  /** What the asker's engine worked out beside the form. */
  readonly yields: JsonObject | null;
  readonly clause: string | null;
  readonly salt: string;
  /** The holder takes it in any open state, without rules (依职权). */
  readonly byright: boolean;
  readonly signature?: Signature;
}

/** 密级: not secret, or a work secret (工作秘密). State secrets are refused by the platform. */
export type Secrecy = 'none' | 'work';

/** Where a case begins: who opened it, to whom it is addressed. */
export interface Opening {
  /** 办件编号, e.g. 川监衔〔2026〕12号. */
  readonly number: string;
  readonly origin: { readonly province: string; readonly unit: string };
  /** Absent for a domestic workflow. */
  readonly counterpart: { readonly province: string; readonly unit: string } | null;
  /** The case of which this one is a part. */
  readonly under: string | null;
  readonly secrecy: Secrecy;
}

/** What crosses and nothing else. */
export interface StepData {
  readonly from: string | null;
  readonly state: string;
  readonly turn: Side | null;
  /** The writer's word; null where none, or where the term runs from delivery; of a case that comes to rest, the one that rests. */
  readonly due: string | null;
  readonly by: Actor;
  /** The role that signed (签发); null where the step needs no signature. */
  readonly signed: string | null;
  readonly form: JsonObject | null;
  /** What the engine worked out beside the form. */
  readonly yields: JsonObject | null;
  /** Set in the event that answers an ask. */
  readonly ask: Ask | null;
  readonly opening: Opening | null;
  /** Random, so that a date or a yes/no cannot be guessed from the hash. */
  readonly salt: string;
}

/** What stays at home, beside the event; not hashed, absent at the border. */
export interface PrivatePart {
  readonly officer: string | null;
  readonly signer: string | null;
  readonly form: JsonObject | null;
  readonly yields: JsonObject | null;
  /** Advice that was overridden, with the reason written down. */
  readonly overrides: readonly { readonly advice: string; readonly reason: string }[];
}

/** CloudEvents 1.0 in JSON, with the chain's attributes as extensions. */
export interface StepEvent {
  readonly specversion: '1.0';
  readonly envelope: 1;
  /** `<case>/<sequence>` */
  readonly id: string;
  /** `<domain>.<workflow>.<step>.v<n>` */
  readonly type: string;
  /** `<province>/<domain>` */
  readonly source: string;
  /** The case. */
  readonly subject: string;
  readonly time: string;
  readonly dataschema: string;
  readonly traceparent?: string;
  readonly casesequence: number;
  /** Hash of the event before; 64 zeros at the beginning. */
  readonly previoushash: string;
  /** The tenure that this event leaves the case in. */
  readonly tenure: number;
  readonly stepkey: string;
  readonly casealias: string;
  /** Version of the workflow file that the case is pinned to. */
  readonly definition: number;
  readonly clause: string | null;
  readonly data: StepData;
  readonly private?: PrivatePart;
}

export const BEGINNING = '0'.repeat(64);

/**
 * SHA-256(canonical header ‖ SHA-256(salt ‖ canonical data)), hexadecimal. The header is every attribute but `data`,
 * `private` and `traceparent`: so the data can be erased when its retention ends, and the chain still verifies.
 */
export const hashOf = (event: StepEvent): string => hashWithData(event, dataHash(event.data));
export const dataHash = (data: StepData): string => sha256(data.salt + canonical(data));
export const hashWithData = (event: Omit<StepEvent, 'data'>, ofData: string): string => {
  const header: Record<string, unknown> = { ...event };
  delete header['data'];
  delete header['private'];
  delete header['traceparent'];
  return sha256(canonical(header) + ofData);
};

/** The event as it may cross: without what stays at home. */
export const shared = ({ private: _, ...event }: StepEvent): StepEvent => event;

/** `prison.release-handover.verify.v1` → its parts. Undefined where it is not such a type. */
export const parseType = (
  type: string,
): { domain: string; workflow: string; step: string; version: number } | undefined => {
  const match = /^([a-z][a-z-]*)\.([a-z][a-z-]*)\.([a-z][a-z-]*)\.v([1-9][0-9]{0,3})$/.exec(type);
  const [, domain, name, step, version] = match ?? [];
  if (domain === undefined || name === undefined || step === undefined || version === undefined) return undefined;
  return { domain, workflow: `${domain}.${name}`, step, version: Number(version) };
};
