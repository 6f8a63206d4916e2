import type { Fault } from '@chuanyu/contracts';
import { fingerprint, sameFingerprint } from './fingerprint';
import type { AcceptedAnnouncement, Pairing, Peer } from './pairing';
import { readPublicKey, statedKey, type PublicKey } from './public-key';
import { announcedKeys, sameKey } from './rotation';
import { isInstant, isRecord } from './statement';

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() === value && value.length > 0 && value.length <= 200;
const isNames = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0 && value.every(isName);

/**
 * Follows the announcements from the keys that people handed over: each must be signed by a key before it, and what it
 * says must be what stands among the keys. Answers the keys that no announcement brought.
 */
const followAnnouncements = async (
  peer: Omit<Peer, 'fingerprint' | 'announcements'>,
  list: readonly unknown[],
  pointer: string,
  faults: Fault[],
): Promise<{ readonly handed: readonly PublicKey[]; readonly announcements: readonly AcceptedAnnouncement[] }> => {
  const brought = new Set(
    list.flatMap((one) => (isRecord(one) && Array.isArray(one.brought) ? (one.brought as unknown[]) : [])),
  );
  const handed = peer.keys.filter((key) => !brought.has(key.kid));
  const trusted = [...handed];
  const announcements: AcceptedAnnouncement[] = [];
  for (const [index, one] of list.entries()) {
    const at = `${pointer}/announcements/${index}`;
    if (!isRecord(one) || !isInstant(one.acceptedAt) || !isNames(one.brought)) {
      faults.push({
        pointer: at,
        rule: 'form',
        detail: '须为 {"acceptedAt": 时刻, "brought": [密钥指纹], "announcement": …}',
      });
      continue;
    }
    const { acceptedAt } = one;
    // A revocation does not make the signature wrong, only what it brought worthless: that is looked at below.
    const unrevoked = trusted.map((key) => ({ ...statedKey(key), status: 'active' as const }));
    const announced = await announcedKeys(one.announcement, { ...peer, keys: unrevoked }, acceptedAt);
    if (!announced.ok) {
      faults.push({ pointer: `${at}/announcement`, rule: announced.fault.code, detail: announced.fault.title });
      continue;
    }
    const fallenFrom = trusted.find(({ kid }) => kid === announced.announcement.kid)?.revokedFrom;
    for (const kid of one.brought) {
      const entry = peer.keys.find((key) => key.kid === kid);
      const said = announced.keys.find((key) => key.kid === kid);
      if (entry === undefined || said === undefined || !sameKey(entry, said)) {
        faults.push({ pointer: `${at}/announcement`, rule: 'same', detail: '公告的密钥与所列密钥不一致，或未列出' });
      } else if (fallenFrom !== undefined && acceptedAt >= fallenFrom && entry.status !== 'revoked') {
        faults.push({
          pointer: `${at}/announcement`,
          rule: 'revoked',
          detail: '公告所用的密钥此前已吊销，其公告的密钥亦须吊销',
        });
      } else {
        trusted.push(entry);
      }
    }
    announcements.push({ acceptedAt, brought: one.brought, announcement: announced.announcement });
  }
  return { handed, announcements };
};

/** One entry of the pairing file; every fault is added to `faults`, undefined where there was any. */
export const readPeer = async (value: unknown, pointer: string, faults: Fault[]): Promise<Peer | undefined> => {
  const before = faults.length;
  const fault = (member: string, rule: string, detail: string) =>
    faults.push({ pointer: pointer + member, rule, detail });
  if (!isRecord(value)) {
    fault('', 'object', '须为一个对象');
    return undefined;
  }
  const { province, issuer, addresses, fingerprint: said, keys: list, announcements = [] } = value;
  for (const name of Object.keys(value)) {
    if (!['province', 'issuer', 'addresses', 'fingerprint', 'keys', 'announcements'].includes(name))
      fault(`/${name}`, 'unknown', '未知的成员');
  }
  if (!isName(province)) fault('/province', 'name', '须为省（市）标识，如 sichuan');
  if (!isName(issuer)) fault('/issuer', 'name', '须为签发者名称');
  if (!isNames(addresses)) fault('/addresses', 'names', '须至少列出一个地址');
  const keys: PublicKey[] = [];
  const members: readonly unknown[] = Array.isArray(list) ? list : [];
  if (members.length === 0) fault('/keys', 'keys', '须列出密钥');
  for (const [index, one] of members.entries()) {
    const key = await readPublicKey(one, `${pointer}/keys/${index}`, faults);
    if (key !== undefined && keys.some(({ kid }) => kid === key.kid))
      fault(`/keys/${index}/kid`, 'unique', '同一密钥出现两次');
    else if (key !== undefined) keys.push(key);
  }
  for (const use of ['sig', 'enc'] as const) {
    if (members.length > 0 && !members.some((one) => isRecord(one) && one.use === use))
      fault('/keys', use, use === 'sig' ? '缺少签名密钥' : '缺少加密密钥');
  }
  if (!Array.isArray(announcements)) fault('/announcements', 'array', '须为数组');
  if (typeof said !== 'string') fault('/fingerprint', 'fingerprint', '须为十二组五位数字');
  // With a key missing, fingerprint and announcements would fail for a reason already named.
  if (faults.length > before && keys.length < members.length) return undefined;
  if (!isName(province) || !isName(issuer) || !isNames(addresses) || !Array.isArray(announcements)) return undefined;
  const holder = { province, issuer, addresses, keys };
  const followed = await followAnnouncements(holder, announcements, pointer, faults);
  const actual = fingerprint(followed.handed);
  if (typeof said === 'string' && !sameFingerprint(said, actual))
    fault('/fingerprint', 'fingerprint', '与所列密钥计算出的指纹不符，密钥可能被改动');
  return faults.length > before ? undefined : { ...holder, fingerprint: actual, announcements: followed.announcements };
};

/**
 * Reads the pairing file (`CHUANYU_PAIRING`, parsed JSON): `{pairing: 1, peers: [{province, issuer, addresses, keys,
 * fingerprint, announcements?}]}`. All faults at once, with JSON pointers (RFC 6901) and in Chinese what is meant.
 */
export const parsePairing = async (
  json: unknown,
): Promise<
  { readonly ok: true; readonly pairing: Pairing } | { readonly ok: false; readonly faults: readonly Fault[] }
> => {
  if (!isRecord(json) || json.pairing !== 1 || !Array.isArray(json.peers)) {
    return { ok: false, faults: [{ pointer: '', rule: 'form', detail: '须为 {"pairing": 1, "peers": […]}' }] };
  }
  const faults: Fault[] = [];
  const peers: Peer[] = [];
  const list: readonly unknown[] = json.peers;
  for (const [index, one] of list.entries()) {
    const pointer = `/peers/${index}`;
    const peer = await readPeer(one, pointer, faults);
    if (peer === undefined) continue;
    for (const other of peers) {
      if (other.province === peer.province)
        faults.push({ pointer: `${pointer}/province`, rule: 'unique', detail: '同一省（市）出现两次' });
      if (other.issuer === peer.issuer)
        faults.push({ pointer: `${pointer}/issuer`, rule: 'unique', detail: '同一签发者出现两次' });
      for (const [at, { kid }] of peer.keys.entries()) {
        if (other.keys.some((key) => key.kid === kid))
          faults.push({ pointer: `${pointer}/keys/${at}/kid`, rule: 'unique', detail: '同一密钥属于两个省（市）' });
      }
    }
    peers.push(peer);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, pairing: { pairing: 1, peers } };
};
