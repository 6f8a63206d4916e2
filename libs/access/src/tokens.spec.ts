import { createHmac } from 'node:crypto';
import { FixedClock, twoProvinces } from '@chuanyu/reference';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { isDenial } from './denial';
import { type SigningKey, TokenIssuer, TokenVerifier, generateSigningKey, verifyingKeys } from './tokens';

const [sichuan, chongqing] = twoProvinces.provinces;
if (sichuan === undefined || chongqing === undefined) throw new Error('the seed directory lacks a province');
const NOW = Date.parse('2026-11-22T02:00:00.400Z');
const ISSUED = Math.floor(NOW / 1000);

let key: SigningKey;
let clock: FixedClock;
beforeAll(async () => {
  key = await generateSigningKey();
});
beforeEach(() => {
  clock = new FixedClock(NOW);
});

const verifier = (...keys: SigningKey[]) =>
  new TokenVerifier(verifyingKeys(...(keys.length > 0 ? keys : [key])), sichuan, clock);
const outcome = async (token: string, by = verifier()) => {
  const answer = await by.verify(token);
  return isDenial(answer) ? answer.denied : answer.officer;
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = {
  iss: sichuan.issuer,
  aud: 'chuanyu:sichuan',
  sub: 'sc.zhouwei',
  jti: 'x',
  iat: ISSUED,
  exp: ISSUED + 3600,
};
const signed = async (payload: Record<string, unknown>) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: key.kid }).sign(await importJWK({ ...key }, 'EdDSA'));

describe('a token', () => {
  it('names the officer until it expires', async () => {
    const { token, expires } = await new TokenIssuer(key, sichuan, clock).issue('sc.zhouwei');
    expect(expires).toBe('2026-11-22T03:00:00.000Z');
    expect(await verifier().verify(token)).toEqual({
      officer: 'sc.zhouwei',
      token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expires,
    });
    expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).not.toContain('周');
    clock.advance(3_600_000);
    expect(await outcome(token)).toBe('sc.zhouwei');
    clock.advance(5_000);
    expect(await outcome(token)).toBe('expired');
  });
  it('lives as long as set, within bounds', async () => {
    expect((await new TokenIssuer(key, sichuan, clock, 15).issue('sc.zhouwei')).expires).toBe(
      '2026-11-22T02:15:00.000Z',
    );
    for (const minutes of [0, -1, 1441, Number.NaN])
      expect(() => new TokenIssuer(key, sichuan, clock, minutes)).toThrow(RangeError);
  });
  it('of another province is refused', async () => {
    const { token } = await new TokenIssuer(key, chongqing, clock).issue('cq.zhangmin');
    expect(await outcome(token)).toBe('issuer');
  });
  it('is verified by the key before while both are published', async () => {
    const next = await generateSigningKey();
    const { token } = await new TokenIssuer(key, sichuan, clock).issue('sc.zhouwei');
    expect(await outcome(token, verifier(next, key))).toBe('sc.zhouwei');
    expect(await outcome(token, verifier(next))).toBe('unknown-key');
  });
  it('signed by another key under our key id is refused', async () => {
    const other = { ...(await generateSigningKey()), kid: key.kid };
    const { token } = await new TokenIssuer(other, sichuan, clock).issue('sc.zhouwei');
    expect(await outcome(token)).toBe('signature');
  });
  it('altered in any part is refused', async () => {
    const { token } = await new TokenIssuer(key, sichuan, clock).issue('sc.zhouwei');
    const [header = '', , signature = ''] = token.split('.');
    expect(await outcome([header, part({ ...claims, sub: 'sc.huangzhigang' }), signature].join('.'))).toBe('signature');
    expect(await outcome([part({ alg: 'EdDSA', kid: 'another' }), token.split('.')[1], signature].join('.'))).toBe(
      'unknown-key',
    );
  });
  test.each<[string, Record<string, unknown>, string]>([
    ['as it should be', {}, 'sc.zhouwei'],
    ['another audience', { aud: 'chuanyu:chongqing' }, 'audience'],
    ['no audience', { aud: undefined }, 'audience'],
    ['no issuer', { iss: undefined }, 'issuer'],
    ['no subject', { sub: undefined }, 'claims'],
    ['a subject that is no text', { sub: 7 }, 'claims'],
    ['no id', { jti: undefined }, 'claims'],
    ['no expiry', { exp: undefined }, 'claims'],
    ['an expiry that is no number', { exp: '9999999999' }, 'claims'],
    ['not valid yet', { nbf: ISSUED + 60 }, 'not-yet'],
    ['issued in the future', { iat: ISSUED + 60 }, 'not-yet'],
  ])('with %s', async (_, changed, expected) => {
    expect(await outcome(await signed({ ...claims, ...changed }))).toBe(expected);
  });
});

describe('a forged token', () => {
  it('without a signature is refused', async () => {
    expect(await outcome(`${part({ alg: 'none' })}.${part(claims)}.`)).toBe('algorithm');
  });
  it('of another kind of key is refused, also where our public key serves as its secret', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const elliptic = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(privateKey);
    expect(await outcome(elliptic)).toBe('algorithm');
    expect((await exportJWK(publicKey)).kty).toBe('EC');
    const input = `${part({ alg: 'HS256', kid: key.kid })}.${part(claims)}`;
    const mac = createHmac('sha256', Buffer.from(key.x, 'base64url')).update(input).digest('base64url');
    expect(await outcome(`${input}.${mac}`)).toBe('algorithm');
  });
  test.each(['', 'a', 'a.b', 'a.b.c', '..', 'null', 'x'.repeat(5000), '\u0000.\ud800.😀'])(
    '%j is malformed',
    async (token) => {
      expect(await outcome(token)).toBe('malformed');
    },
  );
  it('reads the same outside, whatever was wrong', async () => {
    const answers = await Promise.all(
      ['', `${part({ alg: 'none' })}.${part(claims)}.`, await signed({ ...claims, aud: 'x' })].map((token) =>
        verifier().verify(token),
      ),
    );
    expect(new Set(answers.map((answer) => isDenial(answer) && answer.message))).toEqual(
      new Set(['登录已失效，请重新登录']),
    );
  });
});

it('keys are published without their private part', () => {
  expect(JSON.stringify(verifyingKeys(key))).not.toContain(key.d);
  expect(verifyingKeys(key).keys[0]).toMatchObject({ kid: key.kid, alg: 'EdDSA', crv: 'Ed25519' });
});
