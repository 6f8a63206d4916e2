import type { Fault } from '@chuanyu/contracts';
import { fingerprint, sameFingerprint } from './fingerprint';
import { refuse, type Outcome } from './faults';
import type { KeyHolder } from './key-set';
import type { Keyring } from './keyring';
import { inUse, revokedAsOf, type PublicKey } from './public-key';
import { announcedKeys, sameKey, type Announcement } from './rotation';
import { readPeer } from './pairing-file';

export interface AcceptedAnnouncement {
  /** When this side took it. */
  readonly acceptedAt: string;
  /** The kids of the keys that it brought, as opposed to those which were known before. */
  readonly brought: readonly string[];
  readonly announcement: Announcement;
}

/**
 * Another province as this one trusts it. `keys` is a JWK set for signing and for encryption. Those that were handed
 * over by people are vouched for by `fingerprint`; the others by `announcements`, each signed by a key before it.
 * So a key that somebody merely writes into the file is found when the file is read.
 */
export interface Peer extends KeyHolder {
  /** Where its border log is reached; opaque here. */
  readonly addresses: readonly string[];
  readonly fingerprint: string;
  readonly announcements: readonly AcceptedAnnouncement[];
}

/** The content of the pairing file. Plain JSON, never changed: every function gives another one, which the caller saves. */
export interface Pairing {
  readonly pairing: 1;
  readonly peers: readonly Peer[];
}

export const noPeers: Pairing = { pairing: 1, peers: [] };

/** What is handed to the other side: our public keys that still verify or open, those that wait included. */
export const exportOwn = (
  keyring: Keyring,
  {
    province,
    issuer,
    addresses,
  }: { readonly province: string; readonly issuer: string; readonly addresses: readonly string[] },
  now: string,
): Peer => {
  const keys = keyring.publicKeys().filter((key) => now < key.verifiesUntil);
  return { province, issuer, addresses, fingerprint: fingerprint(keys), keys, announcements: [] };
};

/**
 * Writes what the other side handed over (`exportOwn`) into the pairing, in place of an earlier entry of the same
 * province. `heard` is the fingerprint as it was read out over the telephone: the one in the file proves nothing, since
 * whoever exchanged the keys in it would have exchanged that as well. A key revoked here stays revoked.
 */
export const pair = async (
  mine: Pairing,
  theirs: unknown,
  heard: string,
): Promise<
  { readonly ok: true; readonly pairing: Pairing } | { readonly ok: false; readonly faults: readonly Fault[] }
> => {
  const faults: Fault[] = [];
  const peer = await readPeer(theirs, '', faults);
  if (peer !== undefined && !sameFingerprint(heard, peer.fingerprint)) {
    faults.push({ pointer: '/fingerprint', rule: 'heard', detail: '与电话核对的指纹不一致，不得配对' });
  }
  if (peer !== undefined && peer.announcements.length > 0) {
    faults.push({ pointer: '/announcements', rule: 'empty', detail: '交换的文件中不应有公告' });
  }
  const others = mine.peers.filter((one) => one.province !== peer?.province);
  for (const other of others) {
    if (other.issuer === peer?.issuer)
      faults.push({ pointer: '/issuer', rule: 'unique', detail: '已为另一省（市）所用' });
    for (const key of other.keys) {
      if (peer?.keys.some(({ kid }) => kid === key.kid))
        faults.push({ pointer: '/keys', rule: 'unique', detail: '含有另一省（市）的密钥' });
    }
  }
  if (peer === undefined || faults.length > 0) return { ok: false, faults };
  const before = mine.peers.find((one) => one.province === peer.province)?.keys ?? [];
  const keys = peer.keys.map((key) => {
    const from = before.find(({ kid }) => kid === key.kid)?.revokedFrom;
    return from === undefined ? key : revokedAsOf(key, from);
  });
  return { ok: true, pairing: { pairing: 1, peers: [...others, { ...peer, keys }] } };
};

const replacePeer = (pairing: Pairing, peer: Peer): Pairing => ({
  pairing: 1,
  peers: pairing.peers.map((one) => (one.province === peer.province ? peer : one)),
});

/**
 * Takes the next keys that a province announced, if a key of it that this side already trusts signed them.
 * Taking the same again changes nothing (a key revoked since stays revoked); another validity for a known key is
 * `conflicting-key`. An unknown province is `unknown-key`.
 */
export const acceptAnnouncement = async (
  pairing: Pairing,
  province: string,
  value: unknown,
  now: string,
): Promise<Outcome<{ readonly pairing: Pairing }>> => {
  const peer = pairing.peers.find((one) => one.province === province);
  if (peer === undefined) return refuse('unknown-key');
  const announced = await announcedKeys(value, peer, now);
  if (!announced.ok) return announced;
  const fresh: PublicKey[] = [];
  for (const key of announced.keys) {
    const known = pairing.peers
      .flatMap((one) => one.keys.map((old) => ({ province: one.province, old })))
      .find(({ old }) => old.kid === key.kid);
    if (known === undefined) fresh.push(key);
    else if (known.province !== province || !sameKey(known.old, key)) return refuse('conflicting-key');
  }
  if (fresh.length === 0) return { ok: true, pairing };
  const brought = fresh.map(({ kid }) => kid);
  const announcements = [...peer.announcements, { acceptedAt: now, brought, announcement: announced.announcement }];
  return { ok: true, pairing: replacePeer(pairing, { ...peer, keys: [...peer.keys, ...fresh], announcements }) };
};

/**
 * Revokes a peer's key as of an instant, which may be past; of two revocations the earlier counts. Keys that it had
 * announced and that were accepted at that instant or later fall with it, since a thief may have announced them.
 * An unknown kid changes nothing.
 */
export const revokeKey = (pairing: Pairing, kid: string, from: string): Pairing => {
  const peer = pairing.peers.find(({ keys }) => keys.some((key) => key.kid === kid));
  if (peer === undefined) return pairing;
  const fallen = new Set([kid]);
  // In the order of acceptance, so one pass also finds what a fallen key announced in its turn.
  for (const { acceptedAt, brought, announcement } of peer.announcements) {
    if (fallen.has(announcement.kid) && acceptedAt >= from) brought.forEach((one) => fallen.add(one));
  }
  return replacePeer(pairing, {
    ...peer,
    keys: peer.keys.map((key) => (fallen.has(key.kid) ? revokedAsOf(key, from) : key)),
  });
};

/** The key to which records for this province are sealed now. */
export const sealingKey = (pairing: Pairing, province: string, now: string): PublicKey | undefined => {
  const peer = pairing.peers.find((one) => one.province === province);
  return peer && inUse(peer.keys, 'enc', now);
};
