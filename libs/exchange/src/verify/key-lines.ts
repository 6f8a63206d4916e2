import type { Fault } from '@chuanyu/contracts';
import { fingerprint } from '../keys/fingerprint';
import type { KeyHolder, KeySet } from '../keys/key-set';
import { readPublicKey } from '../keys/public-key';
import { isRecord } from '../keys/statement';

/** Reads `{"peers": [{"province", "issuer", "keys": […]}]}`: the line of an export, a pairing file, or what a province publishes. */
export const readKeySet = async (value: unknown): Promise<KeySet | readonly Fault[]> => {
  const faults: Fault[] = [];
  const holders: KeyHolder[] = [];
  const peers: readonly unknown[] = isRecord(value) && Array.isArray(value['peers']) ? value['peers'] : [];
  if (peers.length === 0)
    return [{ pointer: '/peers', rule: 'form', detail: '应为 {"peers": [{"province", "issuer", "keys"}]}' }];
  for (const [at, peer] of peers.entries()) {
    const pointer = `/peers/${at}`;
    if (
      !isRecord(peer) ||
      typeof peer['province'] !== 'string' ||
      typeof peer['issuer'] !== 'string' ||
      !Array.isArray(peer['keys'])
    ) {
      faults.push({ pointer, rule: 'form', detail: '应写明 province、issuer、keys' });
      continue;
    }
    const { province, issuer } = peer;
    const listed: readonly unknown[] = peer['keys'];
    const keys = await Promise.all(listed.map((key, n) => readPublicKey(key, `${pointer}/keys/${n}`, faults)));
    holders.push({ province, issuer, keys: keys.filter((key) => key !== undefined) });
  }
  return faults.length > 0 ? faults : { peers: holders };
};
export const isKeySet = (read: KeySet | readonly Fault[]): read is KeySet => 'peers' in read;

/** What both exports say of a province's keys: a forger would have to have exchanged them in both. */
export const keysInBoth = (one: KeySet, other: KeySet): KeySet => ({
  peers: one.peers.flatMap((holder) => {
    const same = other.peers.find(({ province, issuer }) => province === holder.province && issuer === holder.issuer);
    const kids = new Set(same?.keys.map(({ kid }) => kid));
    return same ? [{ ...holder, keys: holder.keys.filter(({ kid }) => kids.has(kid)) }] : [];
  }),
});

/** To be read out and compared, as at pairing. */
export const fingerprintsOf = ({
  peers,
}: KeySet): readonly { readonly province: string; readonly fingerprint: string }[] =>
  peers.map(({ province, keys }) => ({ province, fingerprint: fingerprint(keys) }));
