import { verifyingKey } from './key-set';
import { generateKeys, type Keyring } from './keyring';
import { noPeers, pair, revokeKey, sealingKey, type Peer } from './pairing';
import { parsePairing } from './pairing-file';
import { asJson, codeOf, exported, issuerOf, NOW, paired } from './two-provinces';

const chongqing = () => generateKeys(NOW);
const kidOf = (keyring: Keyring, use: 'sig' | 'enc' = 'sig') => keyring.current(use, NOW)?.kid ?? '';
const pointers = (result: Awaited<ReturnType<typeof parsePairing>>) =>
  result.ok ? [] : result.faults.map(({ pointer, rule }) => `${pointer} ${rule}`);

describe('pairing', () => {
  it('writes what the other side handed over, and reads it again', async () => {
    const keyring = await chongqing();
    const pairing = await paired(keyring, 'chongqing');
    expect(pairing.peers).toMatchObject([
      { province: 'chongqing', issuer: issuerOf('chongqing'), addresses: ['log.chongqing.example:9092'] },
    ]);
    expect(JSON.stringify(pairing)).not.toContain('"d"');
    const read = await parsePairing(asJson(pairing));
    expect(read.ok && read.pairing).toEqual(pairing);
  });

  it('refuses where another fingerprint was heard than the file has, even if the file agrees with itself', async () => {
    const [genuine, forged] = [exported(await chongqing(), 'chongqing'), exported(await chongqing(), 'chongqing')];
    const result = await pair(noPeers, asJson(forged), genuine.fingerprint);
    expect(result).toMatchObject({ ok: false, faults: [{ pointer: '/fingerprint', rule: 'heard' }] });
  });

  it('replaces an earlier entry, but a key revoked here stays revoked', async () => {
    const keyring = await chongqing();
    const revoked = revokeKey(await paired(keyring, 'chongqing'), kidOf(keyring), NOW);
    const again = await paired(await keyring.rotate(NOW), 'chongqing', revoked);
    expect(again.peers).toHaveLength(1);
    expect(again.peers[0]?.keys).toHaveLength(4);
    expect(codeOf(verifyingKey(again, kidOf(keyring), NOW))).toBe('revoked');
  });

  it('refuses a key or an issuer that is another province’s', async () => {
    const keyring = await chongqing();
    const mine = await paired(keyring, 'chongqing');
    const theirs: Peer = { ...exported(keyring, 'guizhou'), issuer: issuerOf('chongqing') };
    expect(await pair(mine, asJson(theirs), theirs.fingerprint)).toMatchObject({
      ok: false,
      faults: [{ pointer: '/issuer' }, { pointer: '/keys' }, { pointer: '/keys' }],
    });
  });

  it('gives the key to seal to: the one in use', async () => {
    const keyring = await chongqing();
    const pairing = await paired(keyring, 'chongqing');
    expect(sealingKey(pairing, 'chongqing', NOW)?.kid).toBe(kidOf(keyring, 'enc'));
    expect(sealingKey(pairing, 'guizhou', NOW)).toBeUndefined();
    expect(sealingKey(revokeKey(pairing, kidOf(keyring, 'enc'), NOW), 'chongqing', NOW)).toBeUndefined();
  });
});

describe('the pairing file', () => {
  it('names all its faults at once', async () => {
    const keyring = await chongqing();
    const [good, other] = [exported(keyring, 'chongqing'), exported(await chongqing(), 'guizhou')];
    const [sig, enc] = other.keys;
    const result = await parsePairing({
      pairing: 1,
      peers: [
        good,
        { ...good, addresses: [] },
        {
          ...other,
          province: ' ',
          keys: [
            { ...sig, x: 'short', verifiesUntil: '2020-01-01T00:00:00.000Z' },
            { ...enc, d: 'secret' },
          ],
          extra: 1,
        },
        { ...other, keys: [sig] },
        { ...other, keys: 'none', announcements: {}, fingerprint: null },
        null,
      ],
    });
    expect(pointers(result)).toEqual([
      '/peers/1/addresses names',
      '/peers/2/extra unknown',
      '/peers/2/province name',
      '/peers/2/keys/0/x key',
      '/peers/2/keys/0/verifiesUntil order',
      '/peers/2/keys/1/d private',
      '/peers/3/keys enc',
      '/peers/3/fingerprint fingerprint',
      '/peers/4/keys keys',
      '/peers/4/announcements array',
      '/peers/4/fingerprint fingerprint',
      '/peers/5 object',
    ]);
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(pointers(await parsePairing([]))).toEqual([' form']);
  });

  it('refuses the same province, issuer or key twice', async () => {
    const good = exported(await chongqing(), 'chongqing');
    expect(pointers(await parsePairing(asJson({ pairing: 1, peers: [good, good] })))).toEqual([
      '/peers/1/province unique',
      '/peers/1/issuer unique',
      '/peers/1/keys/0/kid unique',
      '/peers/1/keys/1/kid unique',
    ]);
    const twice = { ...good, keys: [...good.keys, ...good.keys.slice(0, 1)] };
    expect(pointers(await parsePairing(asJson({ pairing: 1, peers: [twice] })))).toEqual([
      '/peers/0/keys/2/kid unique',
    ]);
  });

  it('refuses keys and validity that the fingerprint does not vouch for', async () => {
    const [good, other] = [exported(await chongqing(), 'chongqing'), exported(await chongqing(), 'chongqing')];
    const longer = good.keys.map((key) => ({ ...key, verifiesUntil: '2099-01-01T00:00:00.000Z' }));
    for (const keys of [[...good.keys, ...other.keys], other.keys, longer]) {
      expect(pointers(await parsePairing(asJson({ pairing: 1, peers: [{ ...good, keys }] })))).toEqual([
        '/peers/0/fingerprint fingerprint',
      ]);
    }
  });
});

describe('a key that verifies', () => {
  const before = '2026-11-23T01:12:09.119Z';

  it('does so from its beginning until its longer end, for its own province', async () => {
    const keyring = await chongqing();
    const pairing = await paired(await generateKeys(NOW), 'guizhou', await paired(keyring, 'chongqing'));
    const key = keyring.current('sig', NOW);
    if (key === undefined) throw new Error('a key');
    expect(verifyingKey(pairing, key.kid, NOW)).toMatchObject({ ok: true, key: { kid: key.kid } });
    expect(codeOf(verifyingKey(pairing, key.kid, before))).toBe('not-yet-valid');
    expect(codeOf(verifyingKey(pairing, key.kid, key.signsUntil))).toBe('ok');
    expect(codeOf(verifyingKey(pairing, key.kid, key.verifiesUntil))).toBe('expired-key');
    expect(codeOf(verifyingKey(pairing, key.kid, NOW, { issuer: issuerOf('guizhou') }))).toBe('wrong-province');
    expect(codeOf(verifyingKey(pairing, 'nobody', NOW))).toBe('unknown-key');
    expect(codeOf(verifyingKey(pairing, kidOf(keyring, 'enc'), NOW))).toBe('unknown-key');
  });

  it('judges the signing by when it was signed: an old event repaired with a new key stands, a stopped key signs nothing', async () => {
    const keyring = await chongqing();
    const pairing = await paired(keyring, 'chongqing');
    const { kid, signsUntil } = keyring.current('sig', NOW) ?? { kid: '', signsUntil: '' };
    expect(codeOf(verifyingKey(pairing, kid, '2020-01-01T00:00:00.000Z', { signedAt: NOW }))).toBe('ok');
    expect(codeOf(verifyingKey(pairing, kid, NOW, { signedAt: before }))).toBe('not-yet-valid');
    expect(codeOf(verifyingKey(pairing, kid, NOW, { signedAt: signsUntil }))).toBe('expired-key');
  });

  it('once revoked, does so only for what an earlier receipt proves, whatever the time stated', async () => {
    const keyring = await chongqing();
    const kid = kidOf(keyring);
    const from = '2026-12-01T00:00:00.000Z';
    const pairing = revokeKey(
      revokeKey(await paired(keyring, 'chongqing'), kid, from),
      kid,
      '2027-01-01T00:00:00.000Z',
    );
    expect(codeOf(verifyingKey(pairing, kid, NOW))).toBe('revoked');
    expect(codeOf(verifyingKey(pairing, kid, NOW, { provenBefore: from }))).toBe('revoked');
    expect(codeOf(verifyingKey(pairing, kid, NOW, { provenBefore: '2026-11-30T23:59:59.999Z' }))).toBe('ok');
    expect(revokeKey(pairing, 'nobody', NOW)).toBe(pairing);
  });
});
