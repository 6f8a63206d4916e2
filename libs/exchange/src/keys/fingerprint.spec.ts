import { fingerprint, sameFingerprint } from './fingerprint';
import { generateKeys } from './keyring';
import type { StatedKey } from './public-key';
import { NOW } from './two-provinces';

const known: StatedKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwuaPURHTdo',
  use: 'sig',
  alg: 'Ed25519',
  kid: 'a',
  created: NOW,
  signsFrom: NOW,
  signsUntil: NOW,
  verifiesUntil: NOW,
};

describe('the fingerprint', () => {
  it('is twelve groups of five digits and never changes for the same keys', () => {
    expect(fingerprint([known, { ...known, kid: 'b' }])).toBe(
      '97471 24515 94320 15924 22074 27050 68042 11951 27655 26258 30803 99991',
    );
  });

  it('does not depend on order, status or private members, but on everything that is stated', async () => {
    const keyring = await generateKeys(NOW);
    const [sig, enc] = keyring.publicKeys();
    if (sig === undefined || enc === undefined) throw new Error('two keys');
    const same = fingerprint([sig, enc]);
    expect(same).toMatch(/^\d{5}( \d{5}){11}$/);
    expect(fingerprint([enc, sig])).toBe(same);
    expect(fingerprint([{ ...sig, status: 'revoked', revokedFrom: NOW }, enc])).toBe(same);
    const other = [...keyring.publicKeys()];
    expect(fingerprint(other.slice(0, 1))).not.toBe(same);
    for (const member of ['x', 'use', 'signsFrom', 'signsUntil', 'verifiesUntil', 'created'] as const) {
      expect([member, fingerprint([{ ...sig, [member]: 'other' }, enc])]).not.toEqual([member, same]);
    }
  });

  it('is compared by its digits', () => {
    const groups = Array.from({ length: 12 }, (_, n) => String(10000 + n));
    expect(sameFingerprint(groups.join(' '), groups.join('-'))).toBe(true);
    expect(
      sameFingerprint(
        groups.join(' '),
        groups.join('').replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
      ),
    ).toBe(true);
    expect(sameFingerprint(groups.join(' '), groups.reverse().join(' '))).toBe(false);
    expect(sameFingerprint('', '')).toBe(false);
  });
});
