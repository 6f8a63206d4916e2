import type { Json, Signature } from '@chuanyu/contracts';
import type { Clock } from '@chuanyu/reference';
import { refuse, type Outcome } from './faults';
import type { KeySet } from './key-set';
import type { Keyring } from './keyring';
import type { Context, Opener, Sealed, Sealer } from './sealing';
import { sign, verify, type Verification } from './signature';
import { hasExactly, isRecord } from './statement';

/**
 * What a sealed record holds. The receiver is part of what is signed, so that he cannot seal it again for a third
 * province and pass it off as meant for it; the kind, so that one message cannot be taken for another; the epoch
 * in which it was saved, so that nothing of before a restore passes for what came after.
 */
export interface Parcel extends Signature {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly epoch: number;
  readonly body: Json;
}
export type Unsigned = Pick<Parcel, 'from' | 'to' | 'kind' | 'epoch' | 'body'>;

const statementOf = ({ from, to, kind, epoch, body }: Unsigned) => ({ from, to, kind, epoch, body });

/**
 * Signs with our present key and seals for `parcel.to`. Answers what goes on the topic, and the signature to be kept with
 * what was sent: with its epoch, since without that it verifies nothing. Throws KeyError, TypeError on a body that is not JSON.
 */
export const wrap = async (
  parcel: Unsigned,
  topic: string,
  { keyring, sealer, clock }: { readonly keyring: Keyring; readonly sealer: Sealer; readonly clock: Clock },
): Promise<Sealed & { readonly signature: Signature }> => {
  const statement = statementOf(parcel);
  const signature = await sign(keyring, statement, clock.now());
  const sealed = await sealer.seal({ ...statement, ...signature }, { from: parcel.from, to: parcel.to, topic });
  return { ...sealed, signature: { ...signature, epoch: parcel.epoch } };
};

export interface Receiving {
  readonly opener: Opener;
  /** The pairing. */
  readonly keys: KeySet;
  /** When the signing key is judged (see `Verification.at`); from the body where it is the event's time, which is believed only if the signature then holds. Undefined is `bad-form`. */
  readonly at: string | ((parcel: Unsigned) => string | undefined);
  readonly provenBefore?: string;
}

const isParcel = (value: unknown): value is Parcel => {
  if (!isRecord(value) || !hasExactly(value, ['from', 'to', 'kind', 'epoch', 'body', 'kid', 'signature'])) return false;
  const { from, to, kind, epoch, kid, signature } = value;
  return (
    [from, to, kind, kid, signature].every((one) => typeof one === 'string') &&
    Number.isSafeInteger(epoch) &&
    Number(epoch) >= 0
  );
};

/**
 * Verifies a parcel that is no longer sealed, such as one rebuilt from an export or from a signed ask inside an answer:
 * that the province `parcel.from` signed it. Faults: those of `verify`; `unknown-key` for a province that is no peer.
 */
export const verifyParcel = async (
  keys: KeySet,
  parcel: Parcel,
  judged: Pick<Verification, 'at' | 'provenBefore'>,
): Promise<Outcome<{ readonly signedAt: string }>> => {
  const issuer = keys.peers.find(({ province }) => province === parcel.from)?.issuer;
  return issuer === undefined
    ? refuse('unknown-key')
    : verify(keys, statementOf(parcel), parcel, { ...judged, issuer });
};

/**
 * Opens a record read from `context.topic` and verifies that `context.from` signed what is inside, for `context.to`.
 * The fault's code is the reason for quarantine. Never throws for what a peer may send.
 */
export const unwrap = async (
  value: unknown,
  headers: Readonly<Record<string, string>>,
  context: Context,
  { opener, keys, at, provenBefore }: Receiving,
): Promise<Outcome<{ readonly parcel: Parcel; readonly signedAt: string }>> => {
  const opened = await opener.open(value, headers, context);
  if (!opened.ok) return opened;
  const parcel: unknown = opened.json;
  if (!isParcel(parcel)) return refuse('bad-form');
  if (parcel.from !== context.from || parcel.to !== context.to) return refuse('misaddressed');
  const instant = typeof at === 'string' ? at : at(parcel);
  if (instant === undefined) return refuse('bad-form');
  const verified = await verifyParcel(keys, parcel, {
    at: instant,
    ...(provenBefore === undefined ? {} : { provenBefore }),
  });
  return verified.ok ? { ok: true, parcel, signedAt: verified.signedAt } : verified;
};
