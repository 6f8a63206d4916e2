import { createHmac, createPublicKey, verify as nodeVerify } from 'node:crypto';
import { canonical, type Json } from '@chuanyu/contracts';
import * as fc from 'fast-check';
import { generateKeys } from './keyring';
import { sign, signedAt, verify } from './signature';
import { isJson } from './statement';
import { anEvent, codeOf, flips, headerIn, issuerOf, NOW, paired, recordIn } from './two-provinces';

const ISSUER = issuerOf('sichuan');
const at = { issuer: ISSUER, at: NOW };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const signing = async () => {
  const keyring = await generateKeys(NOW);
  const pairing = await paired(await generateKeys(NOW), 'guizhou', await paired(keyring, 'sichuan'));
  const key = keyring.current('sig', NOW);
  if (key === undefined) throw new Error('a key');
  return { keyring, pairing, key, ...(await sign(keyring, anEvent, NOW)) };
};

describe('a signature', () => {
  it('is a detached JWS that any implementation can verify', async () => {
    const { key, kid, signature } = await signing();
    const [header = '', payload, bytes = ''] = signature.split('.');
    expect(payload).toBe('');
    expect(headerIn(signature)).toEqual({
      alg: 'Ed25519',
      b64: false,
      crit: ['b64'],
      kid,
      signedAt: NOW,
      typ: 'chuanyu-record',
    });
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: key.kty, crv: key.crv, x: key.x } });
    expect(
      nodeVerify(null, Buffer.from(`${header}.${canonical(anEvent)}`), publicKey, Buffer.from(bytes, 'base64url')),
    ).toBe(true);
  });

  it('verifies, however the JSON was spelt', async () => {
    const { pairing, kid, signature } = await signing();
    const backwards = Object.fromEntries(Object.entries(recordIn(JSON.stringify(anEvent))).reverse());
    expect(await verify(pairing, backwards, { kid, signature }, at)).toEqual({ ok: true, signedAt: NOW });
    expect(signedAt({ kid, signature })).toBe(NOW);
  });

  it('verifies for any JSON and for no other', async () => {
    const { keyring, pairing } = await signing();
    const json: fc.Arbitrary<Json> = fc.jsonValue({ noUnicodeString: false }).filter(isJson);
    await fc.assert(
      fc.asyncProperty(json, json, async (value, other) => {
        const signature = await sign(keyring, value, NOW);
        expect(codeOf(await verify(pairing, JSON.parse(JSON.stringify(value)), signature, at))).toBe('ok');
        if (canonical(value) !== canonical(other))
          expect(codeOf(await verify(pairing, other, signature, at))).toBe('bad-signature');
      }),
      { numRuns: 60 },
    );
  });

  it('fails with any one character changed', async () => {
    const { pairing, kid, signature } = await signing();
    let tried = 0;
    for (const changed of flips(signature)) {
      expect([changed, codeOf(await verify(pairing, anEvent, { kid, signature: changed }, at))]).not.toEqual([
        changed,
        'ok',
      ]);
      tried += 1;
    }
    expect(tried).toBe(signature.length);
    for (const changed of flips(kid))
      expect(codeOf(await verify(pairing, anEvent, { kid: changed, signature }, at))).toBe('bad-form');
  });
});

describe('a signature is refused', () => {
  it('with no algorithm, another one, or an extension, whatever is signed', async () => {
    const { pairing, key, kid, signature } = await signing();
    const [, , bytes = ''] = signature.split('.');
    const header = { alg: 'Ed25519', b64: false, crit: ['b64'], kid, signedAt: NOW, typ: 'chuanyu-record' };
    const code = async (forged: string) => codeOf(await verify(pairing, anEvent, { kid, signature: forged }, at));
    const hmac = encode({ ...header, alg: 'HS256' });
    const mac = createHmac('sha256', Buffer.from(key.x, 'base64url'))
      .update(`${hmac}.${canonical(anEvent)}`)
      .digest('base64url');
    expect(await code(`${hmac}..${mac}`)).toBe('bad-form');
    expect(await code(`${encode({ ...header, alg: 'none' })}..`)).toBe('bad-form');
    const others: object[] = [
      { ...header, alg: 'none' },
      { ...header, alg: 'EdDSA' },
      { ...header, b64: true },
      { ...header, crit: ['b64', 'exp'], exp: 1 },
      { ...header, jwk: { kty: 'OKP', crv: 'Ed25519', x: key.x } },
      { ...header, typ: 'JWT' },
      { ...header, signedAt: 'today' },
      { alg: 'Ed25519', kid, signedAt: NOW },
      { kid, alg: 'Ed25519', b64: false, crit: ['b64'], signedAt: NOW, typ: 'chuanyu-record' },
    ];
    for (const other of others) expect([other, await code(`${encode(other)}..${bytes}`)]).toEqual([other, 'bad-form']);
    for (const other of [
      '',
      '..',
      'a.b.c',
      signature.replace('..', '.e30.'),
      `${signature}.`,
      `${signature}=`,
      `${encode(7)}..${bytes}`,
      'x'.repeat(2_000_000),
    ]) {
      expect(await code(other)).toBe('bad-form');
    }
  });

  it('for another key, another province, another purpose', async () => {
    const { keyring, pairing, kid, signature } = await signing();
    const stranger = await generateKeys(NOW);
    expect(codeOf(await verify(pairing, anEvent, await sign(stranger, anEvent, NOW), at))).toBe('unknown-key');
    expect(codeOf(await verify(pairing, anEvent, { kid, signature }, { ...at, issuer: issuerOf('guizhou') }))).toBe(
      'wrong-province',
    );
    expect(codeOf(await verify(pairing, anEvent, { kid, signature }, { ...at, purpose: 'next-key' }))).toBe('bad-form');
    expect(codeOf(await verify(pairing, anEvent, await sign(keyring, anEvent, NOW, 'next-key'), at))).toBe('bad-form');
  });

  it('for something that is not JSON', async () => {
    const { keyring, pairing, kid, signature } = await signing();
    expect(codeOf(await verify(pairing, undefined, { kid, signature }, at))).toBe('bad-form');
    expect(codeOf(await verify(pairing, '\ud800', { kid, signature }, at))).toBe('bad-form');
    await expect(sign(keyring, '\ud800', NOW)).rejects.toThrow(TypeError);
  });

  it('where the key is not yet, no longer or not at all to be believed', async () => {
    const { keyring, pairing, key, kid, signature } = await signing();
    const code = async (instant: string) =>
      codeOf(await verify(pairing, anEvent, { kid, signature }, { issuer: ISSUER, at: instant }));
    expect(await code('2020-01-01T00:00:00.000Z')).toBe('ok');
    expect(await code(key.signsUntil)).toBe('ok');
    expect(await code(key.verifiesUntil)).toBe('expired-key');
    await expect(sign(keyring, anEvent, key.signsUntil)).rejects.toMatchObject({ code: 'no-signing-key' });
    const shorter = {
      peers: pairing.peers.map((peer) => ({ ...peer, keys: peer.keys.map((one) => ({ ...one, signsUntil: NOW })) })),
    };
    expect(codeOf(await verify(shorter, anEvent, { kid, signature }, at))).toBe('expired-key');
    const later = {
      peers: pairing.peers.map((peer) => ({
        ...peer,
        keys: peer.keys.map((one) => ({ ...one, signsFrom: key.signsUntil })),
      })),
    };
    expect(codeOf(await verify(later, anEvent, { kid, signature }, at))).toBe('not-yet-valid');
  });
});
