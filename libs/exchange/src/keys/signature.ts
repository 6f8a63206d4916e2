import type { Json, Signature } from '@chuanyu/contracts';
import { errors, FlattenedSign, flattenedVerify } from 'jose';
import { KeyError, refuse, type Outcome } from './faults';
import { verifyingKey, type KeySet } from './key-set';
import type { Keyring } from './keyring';
import { handleOf } from './public-key';
import { canonicalBytes, isBase64url, isInstant, isJson, isRecord } from './statement';

/** What a signature is for. It is part of what is signed, so that one can never be passed off as the other. */
export type Purpose = 'record' | 'next-key';

/**
 * The whole protected header; nothing else may stand in it.
 * `signedAt` is there because the event's own time cannot tell which key was in use: an event is signed when it is
 * put on the border topic, which may be long after it was saved (a held case, a repair), with a key of that later day.
 */
const headerOf = (kid: string, signedAt: string, purpose: Purpose) => ({
  alg: 'Ed25519' as const,
  b64: false,
  crit: ['b64'],
  kid,
  signedAt,
  typ: `chuanyu-${purpose}`,
});
const encoded = (header: ReturnType<typeof headerOf>) => Buffer.from(JSON.stringify(header)).toString('base64url');

/**
 * Signs the canonical form (RFC 8785) of any JSON with our present key: a detached JWS `<header>..<signature>`
 * (RFC 7515, appendix F) with the payload unencoded (RFC 7797), Ed25519 (RFC 8037, RFC 9864).
 * Throws KeyError `no-signing-key`, TypeError on what is not JSON.
 */
export const sign = async (
  keyring: Keyring,
  value: Json,
  now: string,
  purpose: Purpose = 'record',
): Promise<Signature> => {
  const key = keyring.current('sig', now);
  const handle = key && keyring.privateHandle(key.kid);
  if (key === undefined || handle === undefined) throw new KeyError('no-signing-key', now);
  const jws = await new FlattenedSign(canonicalBytes(value))
    .setProtectedHeader(headerOf(key.kid, now, purpose))
    .sign(await handle);
  return { kid: key.kid, signature: `${jws.protected}..${jws.signature}` };
};

interface Parts {
  readonly header: string;
  readonly signature: string;
  readonly signedAt: string;
}

/** Undefined unless the text is, byte for byte, what `sign` would write for this key and purpose: so no algorithm, no extension and no second spelling needs judging. */
const partsOf = ({ kid, signature: jws }: Signature, purpose: Purpose): Parts | undefined => {
  if (typeof jws !== 'string' || typeof kid !== 'string' || jws.length > 1000) return undefined;
  const [header, payload, signature, ...more] = jws.split('.');
  if (header === undefined || payload !== '' || signature === undefined || more.length > 0) return undefined;
  if (signature.length !== 86 || !isBase64url(signature)) return undefined;
  try {
    const said: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    if (!isRecord(said) || !isInstant(said.signedAt)) return undefined;
    return header === encoded(headerOf(kid, said.signedAt, purpose))
      ? { header, signature, signedAt: said.signedAt }
      : undefined;
  } catch {
    return undefined;
  }
};

/** When the signer says that it signed; undefined for what is not one of our signatures. Proven only by `verify`. */
export const signedAt = (signature: Signature, purpose: Purpose = 'record'): string | undefined =>
  partsOf(signature, purpose)?.signedAt;

export interface Verification {
  /** Who is said to have signed. */
  readonly issuer: string;
  /**
   * The instant at which the key is judged, as the caller states it; never the present as such.
   * The event's time leaves nothing stranded however long a cut lasts. The time of first receipt (the log's time of
   * the record) is the stricter choice: it also refuses what a thief of an expired key dates back.
   */
  readonly at: string;
  /** See `verifyingKey`. */
  readonly provenBefore?: string;
  readonly purpose?: Purpose;
}

/**
 * Whether `issuer` signed this value. The faults, in the order in which they are looked for: `bad-form`, those of
 * `verifyingKey`, `bad-signature`. Never throws for what a peer may send.
 */
export const verify = async (
  keys: KeySet,
  value: unknown,
  signature: Signature,
  { issuer, at, provenBefore, purpose = 'record' }: Verification,
): Promise<Outcome<{ readonly signedAt: string }>> => {
  const parts = partsOf(signature, purpose);
  if (parts === undefined || !isJson(value)) return refuse('bad-form');
  const found = verifyingKey(keys, signature.kid, at, {
    issuer,
    signedAt: parts.signedAt,
    ...(provenBefore === undefined ? {} : { provenBefore }),
  });
  if (!found.ok) return found;
  try {
    const jws = { protected: parts.header, payload: canonicalBytes(value), signature: parts.signature };
    await flattenedVerify(jws, await handleOf(found.key), { algorithms: ['Ed25519'] });
    return { ok: true, signedAt: parts.signedAt };
  } catch (error) {
    if (error instanceof errors.JOSEError) return refuse('bad-signature');
    throw error;
  }
};
