import type { Secrecy } from '@chuanyu/contracts';
import type { Who } from './context';
import type { KeptKey } from './document';

/** What an officer asks for: one command path, whatever the step. */
export interface Command {
  readonly step: string;
  readonly form: unknown;
  /** The caller's idempotency key, and a fingerprint of the body it came with. */
  readonly key: string;
  readonly fingerprint: string;
  readonly who: Who;
  /** Advice that the officer goes on against, with the reason. */
  readonly overrides: readonly { readonly advice: string; readonly reason: string }[];
  /** Only when a case is opened. */
  readonly to?: { readonly province: string; readonly unit: string };
  readonly under?: string;
  readonly secrecy?: Secrecy;
}
/** What became of it: it stands in the chain, was asked of the other side, or awaits a signature. */
export type Taken = { readonly as: KeptKey['as']; readonly what: string };
