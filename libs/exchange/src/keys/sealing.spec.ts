import { createHash } from 'node:crypto';
import { FixedClock } from '@chuanyu/reference';
import { CompactEncrypt, decodeProtectedHeader } from 'jose';
import { revokeKey } from './pairing';
import { handleOf } from './public-key';
import { CONTENT_KEY, Opener, Sealer, type Sealed } from './sealing';
import { anEvent, codeOf, CONTEXT, flips, headerIn, NOW, paired, twoProvinces } from './two-provinces';
import { generateKeys } from './keyring';

const wrappedIn = ({ headers }: Sealed) => headers[CONTENT_KEY] ?? '';
const HOUR = 3_600_000;

describe('a sealed record', () => {
  it('opens for the peer and shows nothing', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const sealed = await sichuan.sealer.seal(anEvent, CONTEXT);
    expect(await chongqing.opener.open(sealed.value, sealed.headers, CONTEXT)).toEqual({ ok: true, json: anEvent });
    expect(decodeProtectedHeader(sealed.value)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: expect.any(String),
      ...CONTEXT,
    });
    expect(decodeProtectedHeader(wrappedIn(sealed))).toMatchObject({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
      epk: { crv: 'X25519' },
    });
    const [, , , ciphertext = ''] = sealed.value.split('.');
    expect(Buffer.from(ciphertext, 'base64url').toString()).not.toContain('release');
  });

  it('holds bytes as they are', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const bytes = Uint8Array.from({ length: 1000 }, (_, n) => n % 256);
    const { value, headers } = await sichuan.sealer.seal(bytes, CONTEXT);
    const opened = await chongqing.opener.openBytes(value, headers, CONTEXT);
    expect(opened.ok && Buffer.compare(opened.bytes, bytes)).toBe(0);
    expect(codeOf(await chongqing.opener.open(value, headers, CONTEXT))).toBe('bad-form');
  });

  it('takes a large one, and not one beyond the limit', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal('法'.repeat(450_000), CONTEXT);
    expect(codeOf(await chongqing.opener.open(value, headers, CONTEXT))).toBe('ok');
    const narrow = new Opener(() => chongqing.keyring, chongqing.clock, { longest: value.length - 1 });
    expect(codeOf(await narrow.open(value, headers, CONTEXT))).toBe('too-large');
    expect(codeOf(await chongqing.opener.open(value, { [CONTENT_KEY]: 'A'.repeat(5000) }, CONTEXT))).toBe('too-large');
  });

  it('belongs to its parties and its topic', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal(anEvent, CONTEXT);
    for (const other of [
      { topic: 'sichuan.chongqing.notary' },
      { from: 'guizhou' },
      { to: 'guizhou' },
      { from: 'chongqing', to: 'sichuan' },
    ]) {
      expect(codeOf(await chongqing.opener.open(value, headers, { ...CONTEXT, ...other }))).toBe('wrong-context');
    }
    expect(codeOf(await sichuan.opener.open(value, headers, CONTEXT))).toBe('unknown-sealing-key');
  });

  it('is refused with any one character changed, in the value or beside it', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal({ a: 1 }, CONTEXT);
    const codes = new Set<string>();
    let tried = 0;
    for (const changed of flips(value)) {
      codes.add(codeOf(await chongqing.opener.open(changed, headers, CONTEXT)));
      tried += 1;
    }
    const fresh = new Opener(() => chongqing.keyring, chongqing.clock);
    for (const wrapped of flips(headers[CONTENT_KEY] ?? '')) {
      codes.add(codeOf(await fresh.open(value, { [CONTENT_KEY]: wrapped }, CONTEXT)));
      tried += 1;
    }
    expect(tried).toBeGreaterThan(600);
    expect([...codes].sort()).toEqual(['bad-form', 'tampered', 'unknown-sealing-key', 'wrong-context']);
  });

  it('is refused beside another content key, even a genuine one', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const one = await sichuan.sealer.seal(1, CONTEXT);
    sichuan.clock.advance(HOUR);
    const two = await sichuan.sealer.seal(2, CONTEXT);
    expect(codeOf(await chongqing.opener.open(one.value, two.headers, CONTEXT))).toBe('tampered');
    const control = await sichuan.sealer.seal(3, { ...CONTEXT, topic: 'sichuan.chongqing.control' });
    expect(wrappedIn(control)).toBe(wrappedIn(two));
  });

  it('is refused where it is none', async () => {
    const { chongqing, sichuan } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal(1, CONTEXT);
    for (const other of [null, 7, '', '....', 'a.b.c.d.e', { value }, `${value}.`, `${value}=`]) {
      expect(codeOf(await chongqing.opener.open(other, headers, CONTEXT))).toBe('bad-form');
    }
    expect(codeOf(await chongqing.opener.open(value, {}, CONTEXT))).toBe('bad-form');
  });

  it('is refused where the header says more, or another algorithm', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal(1, CONTEXT);
    const [, ...rest] = value.split('.');
    const said = headerIn(value);
    for (const other of [
      { ...said, alg: 'A256GCMKW' },
      { ...said, enc: 'A128GCM' },
      { ...said, zip: 'DEF' },
      { ...said, crit: ['exp'], exp: 1 },
    ]) {
      const forged = [Buffer.from(JSON.stringify(other)).toString('base64url'), ...rest].join('.');
      expect(codeOf(await chongqing.opener.open(forged, headers, CONTEXT))).toBe('bad-form');
    }
    const [, peerKey] = chongqing.keyring.publicKeys();
    if (peerKey === undefined) throw new Error('a key');
    const parties = { apu: Buffer.from('sichuan'), apv: Buffer.from('chongqing') };
    const wrap = async (bytes: Uint8Array, alg: 'ECDH-ES' | 'ECDH-ES+A256KW') =>
      new CompactEncrypt(bytes)
        .setProtectedHeader({ alg, enc: 'A256GCM', kid: peerKey.kid })
        .setKeyManagementParameters(parties)
        .encrypt(await handleOf(peerKey));
    expect(
      codeOf(await chongqing.opener.open(value, { [CONTENT_KEY]: await wrap(new Uint8Array(32), 'ECDH-ES') }, CONTEXT)),
    ).toBe('bad-form');
    expect(
      codeOf(
        await chongqing.opener.open(
          value,
          { [CONTENT_KEY]: await wrap(new Uint8Array(16), 'ECDH-ES+A256KW') },
          CONTEXT,
        ),
      ),
    ).toBe('bad-form');
    expect(
      codeOf(
        await chongqing.opener.open(
          value,
          { [CONTENT_KEY]: await wrap(new Uint8Array(32), 'ECDH-ES+A256KW') },
          CONTEXT,
        ),
      ),
    ).toBe('tampered');
  });

  it('is refused where the wrapped key is not the very one named in it, or was made for other parties', async () => {
    const { chongqing } = await twoProvinces();
    const [, peerKey] = chongqing.keyring.publicKeys();
    if (peerKey === undefined) throw new Error('a key');
    const bytes = new Uint8Array(32).fill(7);
    const wrapFrom = async (from: string) =>
      new CompactEncrypt(bytes)
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: peerKey.kid })
        .setKeyManagementParameters({ apu: Buffer.from(from), apv: Buffer.from('chongqing') })
        .encrypt(await handleOf(peerKey));
    const open = async (wrapped: string, named: string) => {
      const kid = createHash('sha256').update(named).digest('base64url');
      const header = { alg: 'dir', enc: 'A256GCM', kid, ...CONTEXT } as const;
      const value = await new CompactEncrypt(Buffer.from('1')).setProtectedHeader(header).encrypt(bytes);
      return codeOf(await chongqing.opener.open(value, { [CONTENT_KEY]: wrapped }, CONTEXT));
    };
    const [one, two, other] = [await wrapFrom('sichuan'), await wrapFrom('sichuan'), await wrapFrom('guizhou')];
    expect(await open(one, one)).toBe('ok');
    expect(await open(two, one)).toBe('tampered');
    expect(await open(other, other)).toBe('wrong-context');
  });

  it('is refused, not thrown, for an ephemeral key of small order', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal(1, CONTEXT);
    const [header = '', ...rest] = (headers[CONTENT_KEY] ?? '').split('.');
    const said = headerIn(header);
    const forged = { ...said, epk: { kty: 'OKP', crv: 'X25519', x: Buffer.alloc(32).toString('base64url') } };
    const wrapped = [Buffer.from(JSON.stringify(forged)).toString('base64url'), ...rest].join('.');
    expect(codeOf(await chongqing.opener.open(value, { [CONTENT_KEY]: wrapped }, CONTEXT))).toBe('tampered');
  });
});

describe('the content key', () => {
  it('is replaced every hour, and when the clock is set back', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const seal = async () => wrappedIn(await sichuan.sealer.seal(1, CONTEXT));
    const first = await seal();
    sichuan.clock.advance(HOUR - 1);
    expect(await seal()).toBe(first);
    sichuan.clock.advance(1);
    const second = await seal();
    expect(second).not.toBe(first);
    sichuan.clock.advance(-1);
    expect(await seal()).not.toBe(second);
    expect(chongqing.clock.now()).toBe(NOW);
  });

  it('is agreed on once for many records, also when they are sealed and opened at once', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    let asked = 0;
    const opener = new Opener(() => {
      asked += 1;
      return chongqing.keyring;
    }, chongqing.clock);
    const sealed = await Promise.all(Array.from({ length: 50 }, (_, n) => sichuan.sealer.seal(n, CONTEXT)));
    expect(new Set(sealed.map(wrappedIn)).size).toBe(1);
    expect(new Set(sealed.map(({ value }) => value)).size).toBe(50);
    const opened = await Promise.all(sealed.map(({ value, headers }) => opener.open(value, headers, CONTEXT)));
    expect(opened).toEqual(Array.from({ length: 50 }, (_, n) => ({ ok: true, json: n })));
    expect(asked).toBe(1);
  });

  it('is cached for a bounded number of peers and hours', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    let asked = 0;
    const opener = new Opener(
      () => {
        asked += 1;
        return chongqing.keyring;
      },
      chongqing.clock,
      { bound: 2 },
    );
    const sealed: Sealed[] = [];
    for (let hour = 0; hour < 3; hour += 1) {
      sealed.push(await sichuan.sealer.seal(hour, CONTEXT));
      sichuan.clock.advance(HOUR);
    }
    const open = async (hour: number) =>
      codeOf(await opener.open(sealed[hour]?.value, sealed[hour]?.headers ?? {}, CONTEXT));
    for (const hour of [0, 1, 0, 2, 0]) expect(await open(hour)).toBe('ok');
    expect(asked).toBe(3);
    expect(await open(1)).toBe('ok');
    expect(asked).toBe(4);

    const guizhou = await paired(await generateKeys(NOW), 'guizhou', sichuan.pairing);
    const sealer = new Sealer(() => guizhou, sichuan.clock, { bound: 1 });
    const first = await sealer.seal(1, CONTEXT);
    await sealer.seal(1, { ...CONTEXT, to: 'guizhou' });
    expect(wrappedIn(await sealer.seal(1, CONTEXT))).not.toBe(wrappedIn(first));
  });

  it('is made anew as soon as the peer’s key is another, and not at all without one', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const first = await sichuan.sealer.seal(1, CONTEXT);
    const takesOver = new Date(sichuan.clock.millis() + 1000).toISOString();
    chongqing.keyring = await chongqing.keyring.rotate(NOW, { from: takesOver });
    sichuan.pairing = await paired(chongqing.keyring, 'chongqing', sichuan.pairing);
    expect(wrappedIn(await sichuan.sealer.seal(1, CONTEXT))).toBe(wrappedIn(first));
    sichuan.clock.advance(1000);
    const second = await sichuan.sealer.seal(2, CONTEXT);
    expect(decodeProtectedHeader(wrappedIn(second)).kid).toBe(chongqing.keyring.next('enc', NOW)?.kid);
    for (const { value, headers } of [first, second])
      expect(codeOf(await chongqing.opener.open(value, headers, CONTEXT))).toBe('ok');

    const [, old, , next] = chongqing.keyring.publicKeys();
    sichuan.pairing = revokeKey(revokeKey(sichuan.pairing, old?.kid ?? '', NOW), next?.kid ?? '', NOW);
    await expect(sichuan.sealer.seal(1, CONTEXT)).rejects.toMatchObject({ code: 'no-sealing-key', about: 'chongqing' });
    await expect(sichuan.sealer.seal(1, { ...CONTEXT, to: 'nowhere' })).rejects.toMatchObject({
      code: 'no-sealing-key',
    });
  });

  it('opens until our key’s longer end, cached or not, also when that is revoked', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal(1, CONTEXT);
    const [, own] = chongqing.keyring.publicKeys();
    if (own === undefined) throw new Error('a key');
    const end = Date.parse(own.verifiesUntil);
    const code = async (opener: Opener) => codeOf(await opener.open(value, headers, CONTEXT));
    const clock = new FixedClock(end - 1);
    const opener = new Opener(() => chongqing.keyring.revoke(own.kid, NOW), clock);
    expect(await code(opener)).toBe('ok');
    clock.advance(1);
    expect(await code(opener)).toBe('expired-sealing-key');
    expect(await code(new Opener(() => chongqing.keyring, clock))).toBe('expired-sealing-key');
    expect(await code(new Opener(() => chongqing.keyring.prune(clock.now()), clock))).toBe('unknown-sealing-key');
  });

  it('that could not be unwrapped is tried again once the keyring has the key', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await sichuan.sealer.seal(1, CONTEXT);
    let keyring = await generateKeys(NOW);
    const opener = new Opener(() => keyring, chongqing.clock);
    expect(codeOf(await opener.open(value, headers, CONTEXT))).toBe('unknown-sealing-key');
    keyring = chongqing.keyring;
    expect(codeOf(await opener.open(value, headers, CONTEXT))).toBe('ok');
  });
});
