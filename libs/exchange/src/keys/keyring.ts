import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Fault, JsonObject } from '@chuanyu/contracts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey } from 'jose';
import { KeyError } from './faults';
import { inUse, kindOf, publicKey, readPublicKey, revokedAsOf, type KeyUse, type PublicKey } from './public-key';
import { daysAfter, isRecord } from './statement';

/** Both counted in days of 24 hours from the instant at which the key takes over. */
export interface Lifetime {
  readonly signsDays: number;
  readonly verifiesDays: number;
}
/**
 * A year of use. Verified for longer than a year plus the 400 days for which a border topic can be replayed, so that
 * no record that can still be read is without the key it was signed or sealed with.
 */
export const LIFETIME: Lifetime = { signsDays: 365, verifiesDays: 800 };

/** A public key with its private part `d` (RFC 8037, section 2). Never leaves the keyring but to be saved. */
export interface OwnKey extends PublicKey {
  readonly d: string;
}

const newKey = async (
  use: KeyUse,
  created: string,
  signsFrom: string,
  { signsDays, verifiesDays }: Lifetime,
): Promise<OwnKey> => {
  const { crv, alg } = kindOf(use);
  const pair = await generateKeyPair(alg, { crv, extractable: true });
  const { x, d } = await exportJWK(pair.privateKey);
  if (x === undefined || d === undefined) throw new TypeError(`the runtime exports no private ${crv} key`);
  return {
    kty: 'OKP',
    crv,
    x,
    d,
    use,
    alg,
    kid: await calculateJwkThumbprint({ kty: 'OKP', crv, x }),
    created,
    signsFrom,
    signsUntil: daysAfter(signsFrom, signsDays),
    verifiesUntil: daysAfter(signsFrom, verifiesDays),
    status: 'active',
  };
};

/**
 * Our own keys. Never changed: rotating and revoking give another keyring, which the caller saves before using it.
 * The keys are a private field, so that a keyring that ends up in a log line or in JSON shows nothing.
 */
export class Keyring {
  readonly #keys: readonly OwnKey[];
  readonly #handles = new Map<string, Promise<CryptoKey>>();

  constructor(keys: readonly OwnKey[]) {
    this.#keys = keys;
  }

  /** The key that signs, or to which others seal, at an instant. */
  current(use: KeyUse, now: string): PublicKey | undefined {
    const key = inUse(this.#keys, use, now);
    return key && publicKey(key);
  }

  /** The key that will take over. */
  next(use: KeyUse, now: string): PublicKey | undefined {
    const waiting = this.#keys.filter((key) => key.use === use && key.status === 'active' && key.signsFrom > now);
    const first = waiting.sort((a, b) => (a.signsFrom < b.signsFrom ? -1 : 1))[0];
    return first && publicKey(first);
  }

  find(kid: string): PublicKey | undefined {
    const key = this.#keys.find((one) => one.kid === kid);
    return key && publicKey(key);
  }

  /** All of them without their private parts, in the order in which they were made. */
  publicKeys(): readonly PublicKey[] {
    return this.#keys.map(publicKey);
  }

  /** The private part as a handle that cannot be exported again, imported once. Undefined for a key that is not ours. */
  privateHandle(kid: string): Promise<CryptoKey> | undefined {
    const own = this.#keys.find((key) => key.kid === kid);
    if (own === undefined) return undefined;
    let handle = this.#handles.get(kid);
    if (handle === undefined) {
      const { kty, crv, x, d, alg } = own;
      handle = importJWK({ kty, crv, x, d }, alg, { extractable: false }).then((imported) => {
        if (imported instanceof Uint8Array) throw new TypeError('a symmetric key where a private one is meant');
        return imported;
      });
      this.#handles.set(kid, handle);
    }
    return handle;
  }

  /**
   * With a next signing key and a next encryption key, which take over at `from` (unless said: when the present ones
   * stop). Announce them (`announce`) well before. Throws KeyError `next-exists`, or `gap` where at `from` nothing
   * would sign.
   */
  async rotate(
    now: string,
    { from, validity = LIFETIME }: { readonly from?: string; readonly validity?: Lifetime } = {},
  ): Promise<Keyring> {
    const made: OwnKey[] = [];
    for (const use of ['sig', 'enc'] as const) {
      if (this.next(use, now) !== undefined) throw new KeyError('next-exists', use);
      const present = this.current(use, now);
      const start = from ?? present?.signsUntil;
      if (present === undefined || start === undefined || start < now || start > present.signsUntil)
        throw new KeyError('gap', use);
      made.push(await newKey(use, now, start, validity));
    }
    return new Keyring([...this.#keys, ...made]);
  }

  /** Signs no more, as of an instant that may be past; what is sealed to it can still be opened. */
  revoke(kid: string, from: string): Keyring {
    return new Keyring(this.#keys.map((key) => (key.kid === kid ? revokedAsOf(key, from) : key)));
  }

  /** Without keys that neither sign nor verify nor open any more: what was sealed to them can then be read by nobody. */
  prune(now: string): Keyring {
    return new Keyring(this.#keys.filter((key) => now < key.verifiesUntil));
  }

  /** `{keyring: 1, keys: [private JWK…]}`: a secret. The file's mode is the caller's. */
  save(): JsonObject {
    return { keyring: 1, keys: this.#keys.map((key) => ({ ...publicKey(key), d: key.d })) };
  }
}

/** One signing and one encryption key, in use from `now` on (UTC instant). */
export const generateKeys = async (
  now: string,
  { validity = LIFETIME }: { readonly validity?: Lifetime } = {},
): Promise<Keyring> => new Keyring([await newKey('sig', now, now, validity), await newKey('enc', now, now, validity)]);

const belongsTo = (d: unknown, { crv, x }: PublicKey): d is string => {
  if (typeof d !== 'string') return false;
  try {
    return (
      createPublicKey(createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv, x, d } })).export({ format: 'jwk' })
        .x === x
    );
  } catch {
    return false;
  }
};

/** Reads what `save` gave; all faults at once, with JSON pointers, never with the content of a private key. */
export const loadKeyring = async (
  json: unknown,
): Promise<
  { readonly ok: true; readonly keyring: Keyring } | { readonly ok: false; readonly faults: readonly Fault[] }
> => {
  const faults: Fault[] = [];
  const keys: OwnKey[] = [];
  if (!isRecord(json) || json.keyring !== 1 || !Array.isArray(json.keys)) {
    return { ok: false, faults: [{ pointer: '', rule: 'form', detail: '须为 {"keyring": 1, "keys": […]}' }] };
  }
  const seen = new Set<string>();
  const list: readonly unknown[] = json.keys;
  for (const [index, one] of list.entries()) {
    const pointer = `/keys/${index}`;
    const key = await readPublicKey(one, pointer, faults, ['d']);
    if (key === undefined || !isRecord(one)) continue;
    if (seen.has(key.kid)) faults.push({ pointer: `${pointer}/kid`, rule: 'unique', detail: '同一密钥出现两次' });
    seen.add(key.kid);
    const { d } = one;
    if (belongsTo(d, key)) keys.push({ ...key, d });
    else faults.push({ pointer: `${pointer}/d`, rule: 'private', detail: '私钥缺失，或与公钥不是一对' });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, keyring: new Keyring(keys) };
};
