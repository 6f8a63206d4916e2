import { generateKeys, type Keyring } from './keyring';
import { acceptAnnouncement, revokeKey, sealingKey, type Pairing } from './pairing';
import { parsePairing } from './pairing-file';
import { announce, type Announcement } from './rotation';
import { sign, verify } from './signature';
import { asJson, codeOf, issuerOf, NOW, paired } from './two-provinces';

const ISSUER = issuerOf('chongqing');
const TAKES_OVER = '2027-01-01T00:00:00.000Z';
const kidOf = (keyring: Keyring, at: string, use: 'sig' | 'enc' = 'sig') => keyring.current(use, at)?.kid ?? '';

const announced = async (keyring: Keyring, now = NOW): Promise<Announcement> => {
  const announcement = await announce(keyring, ISSUER, now);
  if (announcement === undefined) throw new Error('nothing to announce');
  return announcement;
};
const accepted = async (pairing: Pairing, announcement: Announcement, now = NOW): Promise<Pairing> => {
  const result = await acceptAnnouncement(pairing, 'chongqing', asJson(announcement), now);
  if (!result.ok) throw new Error(result.fault.code);
  return result.pairing;
};
const rotating = async () => {
  const first = await generateKeys(NOW);
  const keyring = await first.rotate(NOW, { from: TAKES_OVER });
  return { first, keyring, pairing: await paired(first, 'chongqing'), announcement: await announced(keyring) };
};

describe('an announced key', () => {
  it('is nothing to announce where none waits', async () => {
    expect(await announce(await generateKeys(NOW), ISSUER, NOW)).toBeUndefined();
  });

  it('verifies and is sealed to once it has taken over, and the file that holds it reads again', async () => {
    const { first, keyring, pairing, announcement } = await rotating();
    const after = await accepted(pairing, announcement);
    const signature = await sign(keyring, 'x', TAKES_OVER);
    expect(codeOf(await verify(pairing, 'x', signature, { issuer: ISSUER, at: TAKES_OVER }))).toBe('unknown-key');
    expect(codeOf(await verify(after, 'x', signature, { issuer: ISSUER, at: TAKES_OVER }))).toBe('ok');
    expect(sealingKey(after, 'chongqing', NOW)?.kid).toBe(kidOf(first, NOW, 'enc'));
    expect(sealingKey(after, 'chongqing', TAKES_OVER)?.kid).toBe(kidOf(keyring, TAKES_OVER, 'enc'));
    const read = await parsePairing(asJson(after));
    expect(read.ok && read.pairing).toEqual(after);
  });

  it('is accepted once; again changes nothing, also after it was revoked', async () => {
    const { keyring, pairing, announcement } = await rotating();
    const once = revokeKey(await accepted(pairing, announcement), kidOf(keyring, TAKES_OVER), NOW);
    expect(await accepted(once, announcement)).toBe(once);
  });

  it('may be accepted late: as long as the key that announced it verifies', async () => {
    const { first, pairing, announcement } = await rotating();
    const until = first.current('sig', NOW)?.verifiesUntil ?? '';
    expect(codeOf(await acceptAnnouncement(pairing, 'chongqing', announcement, '2028-06-01T00:00:00.000Z'))).toBe('ok');
    expect(codeOf(await acceptAnnouncement(pairing, 'chongqing', announcement, until))).toBe('expired-key');
  });

  it('may be accepted until the instant as of which the key that announced it is revoked', async () => {
    const { first, pairing, announcement } = await rotating();
    const from = '2026-12-01T00:00:00.000Z';
    const revoked = revokeKey(pairing, kidOf(first, NOW), from);
    expect(codeOf(await acceptAnnouncement(revoked, 'chongqing', announcement, NOW))).toBe('ok');
    expect(codeOf(await acceptAnnouncement(revoked, 'chongqing', announcement, from))).toBe('revoked');
  });

  it('goes on from announced key to announced key', async () => {
    const { keyring, pairing, announcement } = await rotating();
    const third = await keyring.rotate(TAKES_OVER, { from: '2027-06-01T00:00:00.000Z' });
    const second = await announced(third, TAKES_OVER);
    expect(codeOf(await acceptAnnouncement(pairing, 'chongqing', second, TAKES_OVER))).toBe('unknown-key');
    const after = await accepted(await accepted(pairing, announcement), second, TAKES_OVER);
    expect((await parsePairing(asJson(after))).ok).toBe(true);
    const [one, two] = after.peers[0]?.announcements ?? [];
    const swapped = { ...after, peers: after.peers.map((peer) => ({ ...peer, announcements: [two, one] })) };
    expect(await parsePairing(asJson(swapped))).toMatchObject({
      ok: false,
      faults: [{ pointer: '/peers/0/announcements/0/announcement', rule: 'unknown-key' }],
    });
  });
});

describe('an announcement is refused', () => {
  it('from a key that is not known, not in use, or revoked, and for an unknown province', async () => {
    const { keyring, pairing, announcement, first } = await rotating();
    const stranger = await announced(await (await generateKeys(NOW)).rotate(NOW));
    expect(codeOf(await acceptAnnouncement(pairing, 'chongqing', stranger, NOW))).toBe('unknown-key');
    expect(codeOf(await acceptAnnouncement(pairing, 'guizhou', announcement, NOW))).toBe('unknown-key');
    const revoked = revokeKey(pairing, kidOf(first, NOW), NOW);
    expect(codeOf(await acceptAnnouncement(revoked, 'chongqing', announcement, NOW))).toBe('revoked');
    const byItself = {
      statement: announcement.statement,
      ...(await sign(keyring, asJsonOf(announcement.statement), TAKES_OVER, 'next-key')),
    };
    expect(codeOf(await acceptAnnouncement(pairing, 'chongqing', byItself, TAKES_OVER))).toBe('unknown-key');
  });

  it('with anything changed, signed for another purpose, or in another name', async () => {
    const { first, pairing, announcement } = await rotating();
    const { statement, kid, signature } = announcement;
    const [key, ...more] = statement.keys;
    const accept = async (value: unknown) => codeOf(await acceptAnnouncement(pairing, 'chongqing', asJson(value), NOW));
    expect(
      await accept({
        ...announcement,
        statement: { ...statement, keys: [{ ...key, verifiesUntil: '2099-01-01T00:00:00.000Z' }, ...more] },
      }),
    ).toBe('bad-signature');
    expect(await accept({ ...announcement, statement: { ...statement, keys: more } })).toBe('bad-signature');
    expect(await accept({ ...announcement, statement: { ...statement, issuer: 'https://guizhou.example' } })).toBe(
      'wrong-province',
    );
    expect(await accept({ statement, ...(await sign(first, asJsonOf(statement), NOW)) })).toBe('bad-form');
    for (const value of [
      null,
      {},
      { statement, kid },
      { ...announcement, more: 1 },
      { statement: { ...statement, keys: [] }, kid, signature },
      { statement, kid, signature: 'x' },
    ]) {
      expect(await accept(value)).toBe('bad-form');
    }
  });

  it('where it gives a known key another validity', async () => {
    const { first, pairing, announcement } = await rotating();
    const after = await accepted(pairing, announcement);
    const statement = {
      ...announcement.statement,
      keys: announcement.statement.keys.map((key) => ({ ...key, verifiesUntil: '2099-01-01T00:00:00.000Z' })),
    };
    const longer = { statement, ...(await sign(first, asJsonOf(statement), NOW, 'next-key')) };
    expect(codeOf(await acceptAnnouncement(after, 'chongqing', longer, NOW))).toBe('conflicting-key');
    expect(codeOf(await acceptAnnouncement(pairing, 'chongqing', longer, NOW))).toBe('ok');
  });
});

describe('a pairing file with announcements', () => {
  it('is refused where somebody wrote a key or a validity into it', async () => {
    const { pairing, announcement } = await rotating();
    const after = await accepted(pairing, announcement);
    const rules = async (change: (peer: Pairing['peers'][number]) => unknown) => {
      const result = await parsePairing(asJson({ ...after, peers: after.peers.map(change) }));
      return result.ok ? [] : result.faults.map(({ pointer, rule }) => `${pointer.replace('/peers/0', '')} ${rule}`);
    };
    const intruder = await rotating();
    const entry = {
      acceptedAt: NOW,
      brought: intruder.announcement.statement.keys.map(({ kid }) => kid),
      announcement: intruder.announcement,
    };
    const foreign = intruder.keyring.publicKeys().slice(2);
    expect(await rules((peer) => ({ ...peer, keys: [...peer.keys, ...foreign] }))).toEqual([
      '/fingerprint fingerprint',
    ]);
    expect(
      await rules((peer) => ({
        ...peer,
        keys: [...peer.keys, ...foreign],
        announcements: [...peer.announcements, entry],
      })),
    ).toEqual(['/announcements/1/announcement unknown-key']);
    const longer = (peer: Pairing['peers'][number]) =>
      peer.keys.map((key, n) => (n < 2 ? key : { ...key, verifiesUntil: '2099-01-01T00:00:00.000Z' }));
    expect(await rules((peer) => ({ ...peer, keys: longer(peer) }))).toEqual([
      '/announcements/0/announcement same',
      '/announcements/0/announcement same',
    ]);
    expect(await rules((peer) => ({ ...peer, announcements: [] }))).toEqual(['/fingerprint fingerprint']);
    expect(await rules((peer) => ({ ...peer, announcements: [{ ...peer.announcements[0], brought: [] }] }))).toContain(
      '/fingerprint fingerprint',
    );
    expect(await rules((peer) => ({ ...peer, announcements: [{}] }))).toContain('/announcements/0 form');
  });

  it('keeps what a key announced before it was revoked, and drops what it announced after', async () => {
    const { first, keyring, pairing, announcement } = await rotating();
    const after = await accepted(pairing, announcement, '2026-12-01T00:00:00.000Z');
    const [old, next] = [kidOf(first, NOW), kidOf(keyring, TAKES_OVER)];
    const statusOf = (one: Pairing, kid: string) => one.peers[0]?.keys.find((key) => key.kid === kid)?.status;
    const later = revokeKey(after, old, '2026-12-01T00:00:00.001Z');
    const earlier = revokeKey(after, old, '2026-12-01T00:00:00.000Z');
    expect([statusOf(later, old), statusOf(later, next)]).toEqual(['revoked', 'active']);
    expect([statusOf(earlier, old), statusOf(earlier, next)]).toEqual(['revoked', 'revoked']);
    for (const one of [later, earlier]) expect((await parsePairing(asJson(one))).ok).toBe(true);
    const revived = {
      ...earlier,
      peers: earlier.peers.map((peer) => ({
        ...peer,
        keys: peer.keys.map(({ revokedFrom, ...key }) =>
          key.kid === old ? { ...key, revokedFrom } : { ...key, status: 'active' },
        ),
      })),
    };
    expect(await parsePairing(asJson(revived))).toMatchObject({
      ok: false,
      faults: [{ rule: 'revoked' }, { rule: 'revoked' }],
    });
  });
});

const asJsonOf = (statement: Announcement['statement']) => ({
  ...statement,
  keys: statement.keys.map((key) => ({ ...key })),
});
