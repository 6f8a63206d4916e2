import { createHash, randomBytes, webcrypto } from 'node:crypto';
import type { Json } from '@chuanyu/contracts';
import type { Clock } from '@chuanyu/reference';
import { CompactEncrypt, compactDecrypt, errors, type CryptoKey } from 'jose';
import { KeyError, refuse, type Outcome } from './faults';
import type { Keyring } from './keyring';
import { sealingKey, type Pairing } from './pairing';
import { handleOf, type PublicKey } from './public-key';
import { hasExactly, isBase64url, isRecord, jsonBytes, parseJson } from './statement';

/** Where a sealed record stands: the provinces it goes between and the border topic. Bound into what is sealed. */
export interface Context {
  readonly from: string;
  readonly to: string;
  readonly topic: string;
}

export interface Sealed {
  /** JWE compact serialisation (RFC 7516, section 3.1). */
  readonly value: string;
  /** Record headers, to be sent beside the value. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The record header that holds the wrapped content key (JWE compact). It travels with every value it opens, so a
 * reader can begin anywhere in a topic, and no order between topics is needed.
 *
 * It is not signed, and need not be. The key agreement is anonymous: whoever knows the receiver's public key can make
 * a content key and seal something with it. But what is inside is signed by the sender over from, to, kind, epoch and
 * body (`envelope.ts`; a piece of a file is named by its hash in such a message), so a forged key opens only onto
 * something that fails there. A forger cannot put another wrapped key beside a genuine value either: the value's
 * protected header holds the hash of its own. And to seal a genuine signed message anew he must have read it first.
 */
export const CONTENT_KEY = 'contentkey';

const hashOf = (wrapped: string) => createHash('sha256').update(wrapped).digest('base64url');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** The whole protected header of a value, in this spelling: RFC 7518, sections 4.5 (`dir`) and 5.3 (`A256GCM`). */
const valueHeader = ({ from, to, topic }: Context, kid: string) => ({
  alg: 'dir',
  enc: 'A256GCM',
  kid,
  from,
  to,
  topic,
});
const WRAP = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM' } as const;

const importContentKey = (bytes: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> =>
  webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [usage]);

/** Keeps the `bound` entries used last. */
class Recent<V> {
  readonly #entries = new Map<string, V>();
  constructor(readonly bound: number) {}
  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.put(key, value);
    return value;
  }
  put(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.bound) break;
      this.#entries.delete(oldest);
    }
  }
  drop(key: string, value: V): void {
    if (this.#entries.get(key) === value) this.#entries.delete(key);
  }
}

interface ContentKey {
  readonly key: CryptoKey;
  readonly wrapped: string;
  /** Hash of `wrapped`. */
  readonly kid: string;
}

const HOUR = 3_600_000;
/** NIST SP 800-38D allows 2³² random nonces per key; far below that. */
const MOST_USES = 2 ** 30;

/** Seals for peers. One key agreement per peer and hour: it costs several times what everything else does. */
export class Sealer {
  readonly #keys: Recent<{
    readonly madeAt: number;
    readonly peerKey: PublicKey;
    readonly content: Promise<ContentKey>;
    uses: number;
  }>;
  readonly #lifetime: number;

  /** `pairing` is asked at every seal, so that a rotated or revoked key of the peer counts at once; `lifetime` in milliseconds. */
  constructor(
    private readonly pairing: () => Pairing,
    private readonly clock: Clock,
    { lifetime = HOUR, bound = 256 }: { readonly lifetime?: number; readonly bound?: number } = {},
  ) {
    this.#lifetime = lifetime;
    this.#keys = new Recent(bound);
  }

  /** Seals bytes as they are, JSON as its text, for `context.to`. Throws KeyError `no-sealing-key`, TypeError on what is not JSON. */
  async seal(content: Uint8Array | Json, context: Context): Promise<Sealed> {
    const bytes = content instanceof Uint8Array ? content : jsonBytes(content);
    const { key, kid, wrapped } = await this.contentKey(context);
    const value = await new CompactEncrypt(bytes).setProtectedHeader(valueHeader(context, kid)).encrypt(key);
    return { value, headers: { [CONTENT_KEY]: wrapped } };
  }

  private contentKey({ from, to }: Context): Promise<ContentKey> {
    const peerKey = sealingKey(this.pairing(), to, this.clock.now());
    if (peerKey === undefined) throw new KeyError('no-sealing-key', to);
    const name = JSON.stringify([from, to]);
    const now = this.clock.millis();
    const present = this.#keys.get(name);
    // A clock set back also makes a new key: otherwise the old one would live for longer than its hour.
    if (
      present &&
      present.peerKey.kid === peerKey.kid &&
      present.madeAt <= now &&
      now < present.madeAt + this.#lifetime &&
      present.uses < MOST_USES
    ) {
      present.uses += 1;
      return present.content;
    }
    const made = { madeAt: now, peerKey, content: newContentKey(peerKey, from, to), uses: 1 };
    this.#keys.put(name, made);
    made.content.catch(() => this.#keys.drop(name, made));
    return made.content;
  }
}

/** The parties are bound into the key agreement itself (apu, apv: RFC 7518, section 4.6.1). */
const newContentKey = async (peerKey: PublicKey, from: string, to: string): Promise<ContentKey> => {
  const bytes = randomBytes(32);
  const wrapped = await new CompactEncrypt(bytes)
    .setProtectedHeader({ ...WRAP, kid: peerKey.kid })
    .setKeyManagementParameters({ apu: Buffer.from(from), apv: Buffer.from(to) })
    .encrypt(await handleOf(peerKey));
  return { key: await importContentKey(bytes, 'encrypt'), wrapped, kid: hashOf(wrapped) };
};

type Unwrapped = Outcome<{
  readonly key: CryptoKey;
  readonly kid: string;
  readonly from: string;
  readonly to: string;
  readonly opensUntil: string;
}>;

/** The JSON of a compact JWE's protected header, its other parts being well spelt; undefined for anything else. */
const headerOf = (compact: string): { readonly [name: string]: unknown } | undefined => {
  const parts = compact.split('.');
  if (parts.length !== 5 || !parts.every(isBase64url)) return undefined;
  const header = parseJson(Buffer.from(parts[0] ?? '', 'base64url'));
  return isRecord(header) ? header : undefined;
};

/** Opens what peers sealed for us. */
export class Opener {
  readonly #unwrapped: Recent<Promise<Unwrapped>>;
  readonly #longest: number;

  /** `longest`: characters of a value beyond which it is not looked at. */
  constructor(
    private readonly keyring: () => Keyring,
    private readonly clock: Clock,
    { bound = 256, longest = 2 * 1024 * 1024 }: { readonly bound?: number; readonly longest?: number } = {},
  ) {
    this.#unwrapped = new Recent(bound);
    this.#longest = longest;
  }

  /** Opens a sealed JSON. Faults: see `openBytes`, and `bad-form` where it is not JSON. */
  async open(
    value: unknown,
    headers: Readonly<Record<string, string>>,
    context: Context,
  ): Promise<Outcome<{ readonly json: Json }>> {
    const opened = await this.openBytes(value, headers, context);
    if (!opened.ok) return opened;
    const json = parseJson(opened.bytes);
    return json === undefined ? refuse('bad-form') : { ok: true, json };
  }

  /**
   * Opens a record that was read from `context.topic`. Faults: `bad-form`, `too-large`, `wrong-context` (sealed for
   * other parties or another topic), `unknown-sealing-key` (not sealed to a key of ours), `expired-sealing-key` (ours,
   * after its `verifiesUntil` by the clock), `tampered`. Never throws for what a peer may send.
   */
  async openBytes(
    value: unknown,
    headers: Readonly<Record<string, string>>,
    context: Context,
  ): Promise<Outcome<{ readonly bytes: Uint8Array }>> {
    const wrapped = headers[CONTENT_KEY];
    if (typeof value !== 'string' || typeof wrapped !== 'string') return refuse('bad-form');
    if (value.length > this.#longest || wrapped.length > 4096) return refuse('too-large');
    const header = headerOf(value);
    if (header === undefined || typeof header.kid !== 'string') return refuse('bad-form');
    if (header.from !== context.from || header.to !== context.to || header.topic !== context.topic)
      return refuse('wrong-context');
    const expected = base64url(JSON.stringify(valueHeader(context, header.kid)));
    if (!value.startsWith(`${expected}..`)) return refuse('bad-form');

    const content = await this.unwrap(wrapped);
    if (!content.ok) return content;
    if (content.from !== context.from || content.to !== context.to) return refuse('wrong-context');
    if (content.kid !== header.kid) return refuse('tampered');
    if (this.clock.now() >= content.opensUntil) return refuse('expired-sealing-key');
    try {
      const { plaintext } = await compactDecrypt(value, content.key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return { ok: true, bytes: plaintext };
    } catch (error) {
      if (error instanceof errors.JOSEError) return refuse('tampered');
      throw error;
    }
  }

  /** Only what could be unwrapped stays cached: a refusal may end when a key is added, and costs the sender of rubbish nothing to vary. */
  private unwrap(wrapped: string): Promise<Unwrapped> {
    const known = this.#unwrapped.get(wrapped);
    if (known !== undefined) return known;
    const made = unwrapContentKey(this.keyring(), wrapped);
    this.#unwrapped.put(wrapped, made);
    const forget = () => this.#unwrapped.drop(wrapped, made);
    made.then(({ ok }) => ok || forget(), forget);
    return made;
  }
}

const unwrapContentKey = async (keyring: Keyring, wrapped: string): Promise<Unwrapped> => {
  const header = headerOf(wrapped);
  if (header === undefined || !hasExactly(header, ['alg', 'enc', 'kid', 'epk', 'apu', 'apv']))
    return refuse('bad-form');
  const { alg, enc, kid, apu, apv } = header;
  if (
    alg !== WRAP.alg ||
    enc !== WRAP.enc ||
    typeof kid !== 'string' ||
    typeof apu !== 'string' ||
    typeof apv !== 'string'
  )
    return refuse('bad-form');
  const own = keyring.find(kid);
  const handle = keyring.privateHandle(kid);
  if (own === undefined || own.use !== 'enc' || handle === undefined) return refuse('unknown-sealing-key');
  // A revoked key still opens: refusing would strand records and take back nothing from whoever has the key.
  const privateKey = await handle;
  try {
    const allowed = { keyManagementAlgorithms: [WRAP.alg], contentEncryptionAlgorithms: [WRAP.enc] };
    const { plaintext } = await compactDecrypt(wrapped, privateKey, allowed);
    if (plaintext.length !== 32) return refuse('bad-form');
    const party = (text: string) => Buffer.from(text, 'base64url').toString();
    const key = await importContentKey(plaintext, 'decrypt');
    return { ok: true, key, kid: hashOf(wrapped), from: party(apu), to: party(apv), opensUntil: own.verifiesUntil };
  } catch {
    // Not only jose's own errors: an ephemeral key that is no point of the curve, or of small order, fails in the runtime.
    return refuse('tampered');
  }
};
