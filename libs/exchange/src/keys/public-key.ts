import type { Fault } from '@chuanyu/contracts';
import { calculateJwkThumbprint, importJWK, type CryptoKey } from 'jose';
import { isInstant, isRecord } from './statement';

/** As in JWK (RFC 7517, section 4.2): `sig` signs and verifies, `enc` seals and opens. */
export type KeyUse = 'sig' | 'enc';

/**
 * From when until when a key is used: UTC instants, beginnings included, ends not.
 * For `sig`: it signs in [signsFrom, signsUntil) and what it signed verifies until `verifiesUntil`.
 * For `enc`: a peer seals to it in [signsFrom, signsUntil) and its owner opens with it until `verifiesUntil`.
 * The second time is longer, so that a long cut does not strand what was signed or sealed before it.
 */
export interface Validity {
  readonly created: string;
  readonly signsFrom: string;
  readonly signsUntil: string;
  readonly verifiesUntil: string;
}

/** What may be known to everyone about a key: a public JWK (RFC 7517, RFC 8037) with its validity as further members. */
export interface StatedKey extends Validity {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519' | 'X25519';
  readonly x: string;
  readonly use: KeyUse;
  /** `Ed25519` is the fully specified name of EdDSA on that curve (RFC 9864). */
  readonly alg: 'Ed25519' | 'ECDH-ES+A256KW';
  /** JWK thumbprint, SHA-256 (RFC 7638). */
  readonly kid: string;
}

export interface PublicKey extends StatedKey {
  readonly status: 'active' | 'revoked';
  /** As of when it is revoked; present exactly where `status` is `revoked`. May lie before the day it was revoked. */
  readonly revokedFrom?: string;
}

const kinds = {
  sig: { crv: 'Ed25519', alg: 'Ed25519' },
  enc: { crv: 'X25519', alg: 'ECDH-ES+A256KW' },
} as const;

/** The one curve and the one algorithm of each use: nothing is negotiated. */
export const kindOf = (use: KeyUse): (typeof kinds)[KeyUse] => kinds[use];

/** Leaves out everything that is not stated to others: the private part, the status. */
export const statedKey = (key: StatedKey): StatedKey => {
  const { kty, crv, x, use, alg, kid, created, signsFrom, signsUntil, verifiesUntil } = key;
  return { kty, crv, x, use, alg, kid, created, signsFrom, signsUntil, verifiesUntil };
};

export const publicKey = (key: PublicKey): PublicKey => ({
  ...statedKey(key),
  status: key.status,
  ...(key.revokedFrom === undefined ? {} : { revokedFrom: key.revokedFrom }),
});

/** Revoked as of an instant; of two revocations the earlier one counts. */
export const revokedAsOf = <K extends PublicKey>(key: K, from: string): K => ({
  ...key,
  status: 'revoked',
  revokedFrom: key.revokedFrom !== undefined && key.revokedFrom < from ? key.revokedFrom : from,
});

/** The key of this use that signs (or is sealed to) at an instant: of several, the one that took over last. */
export const inUse = <K extends PublicKey>(keys: readonly K[], use: KeyUse, at: string): K | undefined =>
  keys
    .filter((key) => key.use === use && key.status === 'active' && key.signsFrom <= at && at < key.signsUntil)
    .reduce<K | undefined>(
      (last, key) => (last === undefined || key.signsFrom > last.signsFrom ? key : last),
      undefined,
    );

// Importing costs more than verifying; the objects are never changed, so a key's handle can hang on its object.
const handles = new WeakMap<StatedKey, Promise<CryptoKey>>();
/** The key as the runtime wants it, imported once. */
export const handleOf = (key: StatedKey): Promise<CryptoKey> => {
  let handle = handles.get(key);
  if (handle === undefined) {
    const { kty, crv, x } = key;
    handle = importJWK({ kty, crv, x }, key.alg).then((imported) => {
      if (imported instanceof Uint8Array) throw new TypeError('a symmetric key where a public one is meant');
      return imported;
    });
    handles.set(key, handle);
  }
  return handle;
};

const isKey = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(value);

/**
 * Reads a public key, adding every fault found to `faults` with JSON pointers below `pointer`.
 * Returns undefined where there was any. Members beyond those of `PublicKey` and `more` are faults; so a private key
 * pasted into a pairing file is refused.
 */
export const readPublicKey = async (
  value: unknown,
  pointer: string,
  faults: Fault[],
  more: readonly string[] = [],
): Promise<PublicKey | undefined> => {
  const before = faults.length;
  const fault = (member: string, rule: string, detail: string) =>
    faults.push({ pointer: pointer + member, rule, detail });
  if (!isRecord(value)) {
    fault('', 'object', '须为一个 JWK 对象');
    return undefined;
  }
  const { kty, crv, x, use, alg, kid, created, signsFrom, signsUntil, verifiesUntil, status, revokedFrom } = value;
  const known = [
    ...Object.keys({ kty, crv, x, use, alg, kid, created, signsFrom, signsUntil, verifiesUntil, status }),
    'revokedFrom',
    ...more,
  ];
  for (const name of Object.keys(value)) {
    if (name === 'd' && !more.includes('d')) fault('/d', 'private', '含有私钥，不得交给他人；请立即更换该密钥');
    else if (!known.includes(name)) fault(`/${name}`, 'unknown', '未知的成员');
  }
  const kind = use === 'sig' || use === 'enc' ? kinds[use] : undefined;
  if (kind === undefined) fault('/use', 'enum', '只能是 sig（签名）或 enc（加密）');
  if (kty !== 'OKP') fault('/kty', 'const', '只能是 OKP');
  if (kind !== undefined && crv !== kind.crv) fault('/crv', 'const', `须为 ${kind.crv}`);
  if (kind !== undefined && alg !== kind.alg) fault('/alg', 'const', `须为 ${kind.alg}`);
  if (!isKey(x)) fault('/x', 'key', '须为 32 字节公钥的 base64url');
  if (typeof kid !== 'string') fault('/kid', 'thumbprint', '须为密钥指纹（RFC 7638）');
  else if (isKey(x) && kind !== undefined && kid !== (await calculateJwkThumbprint({ kty: 'OKP', crv: kind.crv, x }))) {
    fault('/kid', 'thumbprint', '与公钥计算出的指纹不符');
  }
  const times = { created, signsFrom, signsUntil, verifiesUntil };
  for (const [name, time] of Object.entries(times)) {
    if (!isInstant(time)) fault(`/${name}`, 'instant', '须为 UTC 时刻，如 2026-11-23T01:12:09.120Z');
  }
  if (isInstant(signsFrom) && isInstant(signsUntil) && !(signsFrom < signsUntil))
    fault('/signsUntil', 'order', '须晚于 signsFrom');
  if (isInstant(signsUntil) && isInstant(verifiesUntil) && !(signsUntil <= verifiesUntil))
    fault('/verifiesUntil', 'order', '不得早于 signsUntil');
  if (status !== 'active' && status !== 'revoked') fault('/status', 'enum', '只能是 active 或 revoked');
  if (status === 'revoked' ? !isInstant(revokedFrom) : revokedFrom !== undefined) {
    fault('/revokedFrom', 'instant', '吊销的密钥须写明吊销起始时刻，未吊销的不得填写');
  }
  if (faults.length > before || kind === undefined) return undefined;
  if (!isKey(x) || typeof kid !== 'string' || !isInstant(created) || !isInstant(signsFrom) || !isInstant(signsUntil))
    return undefined;
  if (!isInstant(verifiesUntil) || (status !== 'active' && status !== 'revoked') || (use !== 'sig' && use !== 'enc'))
    return undefined;
  const stated: StatedKey = {
    kty: 'OKP',
    crv: kind.crv,
    x,
    use,
    alg: kind.alg,
    kid,
    created,
    signsFrom,
    signsUntil,
    verifiesUntil,
  };
  return { ...stated, status, ...(isInstant(revokedFrom) ? { revokedFrom } : {}) };
};
