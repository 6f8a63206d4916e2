import type { Fault, JsonObject, Signature } from '@chuanyu/contracts';
import { refuse, type Outcome } from './faults';
import type { KeyHolder } from './key-set';
import type { Keyring } from './keyring';
import { readPublicKey, statedKey, type PublicKey, type StatedKey } from './public-key';
import { sign, signedAt, verify } from './signature';
import { hasExactly, isRecord } from './statement';

/**
 * «These keys of mine will take over», signed by the key in use. It is kept by both sides and sent again as it is:
 * once the next key has taken over, nothing else can vouch for it.
 */
export interface Announcement extends Signature {
  readonly statement: { readonly announcement: 1; readonly issuer: string; readonly keys: readonly StatedKey[] };
}

/** Announces the keys that wait to take over. Undefined where none does. Throws KeyError `no-signing-key`. */
export const announce = async (keyring: Keyring, issuer: string, now: string): Promise<Announcement | undefined> => {
  const keys = (['sig', 'enc'] as const).map((use) => keyring.next(use, now)).filter((key) => key !== undefined);
  if (keys.length === 0) return undefined;
  const statement = { announcement: 1, issuer, keys: keys.map(statedKey) } as const;
  return { statement, ...(await sign(keyring, plain(statement), now, 'next-key')) };
};

const plain = ({ announcement, issuer, keys }: Announcement['statement']): JsonObject => ({
  announcement,
  issuer,
  keys: keys.map((key) => ({ ...key })),
});

const readAnnouncement = async (value: unknown): Promise<Announcement | undefined> => {
  if (!isRecord(value) || !hasExactly(value, ['statement', 'kid', 'signature'])) return undefined;
  const { statement, kid, signature } = value;
  if (typeof kid !== 'string' || typeof signature !== 'string' || !isRecord(statement)) return undefined;
  const { announcement, issuer, keys: list } = statement;
  if (!hasExactly(statement, ['announcement', 'issuer', 'keys']) || announcement !== 1 || typeof issuer !== 'string')
    return undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > 8) return undefined;
  const keys: StatedKey[] = [];
  const faults: Fault[] = [];
  const members: readonly unknown[] = list;
  for (const one of members) {
    const key =
      isRecord(one) && !('status' in one) ? await readPublicKey({ ...one, status: 'active' }, '', faults) : undefined;
    if (key === undefined) return undefined;
    keys.push(statedKey(key));
  }
  return { statement: { announcement: 1, issuer, keys }, kid, signature };
};

/** The same public key with the same validity. */
export const sameKey = (one: StatedKey, other: StatedKey): boolean =>
  JSON.stringify(statedKey(one)) === JSON.stringify(statedKey(other));

/**
 * The keys of an announcement, if the holder announced them with a key that was his. `acceptedAt` is when this side
 * first took it: of a key revoked since, what was accepted before the revocation stands.
 * Faults: those of `verify`; `wrong-province` where the statement names another issuer.
 */
export const announcedKeys = async (
  value: unknown,
  holder: KeyHolder,
  acceptedAt: string,
): Promise<Outcome<{ readonly keys: readonly PublicKey[]; readonly announcement: Announcement }>> => {
  const announcement = await readAnnouncement(value);
  if (announcement === undefined || signedAt(announcement, 'next-key') === undefined) return refuse('bad-form');
  if (announcement.statement.issuer !== holder.issuer) return refuse('wrong-province');
  const verified = await verify({ peers: [holder] }, plain(announcement.statement), announcement, {
    issuer: holder.issuer,
    at: acceptedAt,
    provenBefore: acceptedAt,
    purpose: 'next-key',
  });
  if (!verified.ok) return verified;
  return {
    ok: true,
    announcement,
    keys: announcement.statement.keys.map((key) => ({ ...key, status: 'active' as const })),
  };
};
