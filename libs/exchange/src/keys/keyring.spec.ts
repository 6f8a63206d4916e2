import { createPrivateKey, createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { generateKeys, loadKeyring, type Keyring } from './keyring';
import { asJson, NOW, recordIn } from './two-provinces';

const savedKeys = (keyring: Keyring): Record<string, unknown>[] => {
  const { keys } = recordIn(JSON.stringify(keyring.save()));
  return Array.isArray(keys) ? (keys as Record<string, unknown>[]) : [];
};

describe('a new keyring', () => {
  it('holds a signing and an encryption key in use from now', async () => {
    const keyring = await generateKeys(NOW, { validity: { signsDays: 10, verifiesDays: 30 } });
    expect(keyring.publicKeys()).toMatchObject([
      { use: 'sig', crv: 'Ed25519', alg: 'Ed25519' },
      { use: 'enc', crv: 'X25519', alg: 'ECDH-ES+A256KW' },
    ]);
    expect(keyring.current('sig', NOW)).toMatchObject({
      created: NOW,
      signsFrom: NOW,
      signsUntil: '2026-12-03T01:12:09.120Z',
      verifiesUntil: '2026-12-23T01:12:09.120Z',
      status: 'active',
    });
    expect(keyring.current('sig', '2026-11-23T01:12:09.119Z')).toBeUndefined();
    expect(keyring.current('enc', '2026-12-03T01:12:09.119Z')).toBeDefined();
    expect(keyring.current('enc', '2026-12-03T01:12:09.120Z')).toBeUndefined();
    expect(keyring.next('sig', NOW)).toBeUndefined();
  });

  it('names keys by their thumbprint (the example of RFC 8037, appendix A)', async () => {
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
    const { x = '' } = createPublicKey(
      createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d, x: d } }),
    ).export({ format: 'jwk' });
    expect(await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
    for (const { kty, crv, x: own, kid } of (await generateKeys(NOW)).publicKeys()) {
      expect(await calculateJwkThumbprint({ kty, crv, x: own })).toBe(kid);
    }
  });

  it('shows no private key where it is logged or handed out', async () => {
    const keyring = await generateKeys(NOW);
    const secrets = savedKeys(keyring).map(({ d }) => String(d));
    const shown = [
      inspect(keyring, { depth: 9, showHidden: true }),
      JSON.stringify(keyring),
      JSON.stringify(keyring.publicKeys()),
      JSON.stringify(keyring.current('sig', NOW)),
    ];
    expect(secrets.every((secret) => secret.length === 43)).toBe(true);
    for (const text of shown) for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('gives private handles that cannot be exported', async () => {
    const keyring = await generateKeys(NOW);
    for (const { kid } of keyring.publicKeys())
      expect(await keyring.privateHandle(kid)).toMatchObject({ type: 'private', extractable: false });
    expect(keyring.privateHandle('unknown')).toBeUndefined();
  });
});

describe('rotation', () => {
  const later = '2027-01-01T00:00:00.000Z';

  it('adds keys that take over at their time', async () => {
    const first = await generateKeys(NOW);
    const both = await first.rotate(NOW, { from: later });
    const [old, next] = [first.current('sig', NOW), both.next('sig', NOW)];
    expect(next).toMatchObject({ created: NOW, signsFrom: later });
    expect(both.current('sig', '2026-12-31T23:59:59.999Z')).toEqual(old);
    expect(both.current('sig', later)).toEqual(next);
    expect(both.current('enc', later)).not.toEqual(first.current('enc', NOW));
    expect(both.next('sig', later)).toBeUndefined();
  });

  it('takes over when the present keys stop unless said', async () => {
    const first = await generateKeys(NOW);
    expect((await first.rotate(NOW)).next('enc', NOW)?.signsFrom).toBe(first.current('enc', NOW)?.signsUntil);
  });

  it('refuses a second next key, and a time in which nothing would sign', async () => {
    const first = await generateKeys(NOW);
    const both = await first.rotate(NOW, { from: later });
    await expect(both.rotate(NOW)).rejects.toMatchObject({ code: 'next-exists' });
    await expect(first.rotate(NOW, { from: '2028-01-01T00:00:00.000Z' })).rejects.toMatchObject({ code: 'gap' });
    await expect(first.rotate(NOW, { from: '2026-11-23T01:12:09.119Z' })).rejects.toMatchObject({ code: 'gap' });
    await expect(first.rotate('2029-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'gap' });
  });

  it('signs no more with a revoked key, and forgets what is of no more use', async () => {
    const first = await generateKeys(NOW);
    const kid = first.current('sig', NOW)?.kid ?? '';
    expect(first.revoke(kid, NOW).current('sig', NOW)).toBeUndefined();
    expect(first.revoke(kid, NOW).find(kid)).toMatchObject({ status: 'revoked', revokedFrom: NOW });
    const until = first.find(kid)?.verifiesUntil ?? '';
    expect(first.prune('2028-01-01T00:00:00.000Z').publicKeys()).toHaveLength(2);
    expect(first.prune(until).publicKeys()).toHaveLength(0);
  });
});

describe('a saved keyring', () => {
  it('is the same when read again', async () => {
    const keyring = (await (await generateKeys(NOW)).rotate(NOW)).revoke('nobody', NOW);
    const loaded = await loadKeyring(asJson(keyring.save()));
    expect(loaded.ok && loaded.keyring.save()).toEqual(keyring.save());
  });

  it('is refused with every fault named, and no secret in them', async () => {
    const keys = savedKeys(await (await generateKeys(NOW)).rotate(NOW));
    const [sig = {}, enc = {}, nextSig = {}, nextEnc = {}] = keys;
    const result = await loadKeyring({
      keyring: 1,
      keys: [
        { ...sig, d: nextSig.d },
        { ...enc, kid: sig.kid, signsUntil: 'soon' },
        { ...nextSig, crv: 'P-256', status: 'lost' },
        nextEnc,
        nextEnc,
        7,
      ],
    });
    expect(result.ok).toBe(false);
    const faults = result.ok ? [] : result.faults;
    expect(faults.map(({ pointer }) => pointer)).toEqual([
      '/keys/0/d',
      '/keys/1/kid',
      '/keys/1/signsUntil',
      '/keys/2/crv',
      '/keys/2/status',
      '/keys/4/kid',
      '/keys/5',
    ]);
    for (const { d } of keys) expect(JSON.stringify(faults)).not.toContain(d);
    expect((await loadKeyring({ keys: [] })).ok).toBe(false);
  });
});
