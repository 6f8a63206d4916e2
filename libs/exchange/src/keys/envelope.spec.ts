import type { Json } from '@chuanyu/contracts';
import * as fc from 'fast-check';
import { unwrap, verifyParcel, wrap, type Unsigned } from './envelope';
import { crossingFault, isCrossingFaultCode } from './faults';
import { generateKeys } from './keyring';
import { acceptAnnouncement, revokeKey } from './pairing';
import { announce } from './rotation';
import { CONTENT_KEY, type Sealed } from './sealing';
import { sign } from './signature';
import { isJson, isRecord } from './statement';
import {
  anEvent,
  codeOf,
  CONTEXT,
  flips,
  issuerOf,
  NOW,
  paired,
  TOPIC,
  twoProvinces,
  type Side,
} from './two-provinces';

const unsigned = (body: Json = anEvent): Unsigned => ({
  from: 'sichuan',
  to: 'chongqing',
  kind: 'step',
  epoch: 1,
  body,
});
const receive = (side: Side, { value, headers }: Sealed, context = CONTEXT, at = NOW) =>
  unwrap(value, headers, context, { opener: side.opener, keys: side.pairing, at });
const laterBy = (milliseconds: number) => new Date(Date.parse(NOW) + milliseconds).toISOString();
const MINUTE = 60_000;

describe('a parcel', () => {
  it('arrives as it was sent, with its signature', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const sent = await wrap(unsigned(), TOPIC, sichuan);
    expect(await receive(chongqing, sent)).toEqual({
      ok: true,
      signedAt: NOW,
      parcel: { ...unsigned(), ...sent.signature },
    });
  });

  it('arrives whatever JSON it holds', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const json: fc.Arbitrary<Json> = fc.jsonValue({ noUnicodeString: false }).filter(isJson);
    await fc.assert(
      fc.asyncProperty(json, fc.nat(), async (body, epoch) => {
        const result = await receive(chongqing, await wrap({ ...unsigned(body), epoch }, TOPIC, sichuan));
        expect(result).toMatchObject({ ok: true, parcel: { epoch } });
        expect(result.ok && result.parcel.body).toEqual(JSON.parse(JSON.stringify(body)));
      }),
      { numRuns: 60 },
    );
  });

  it('arrives large', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const body = { pieces: Array.from({ length: 20_000 }, (_, n) => ({ n, text: '川渝司法协作' })) };
    expect(codeOf(await receive(chongqing, await wrap(unsigned(body), TOPIC, sichuan)))).toBe('ok');
  });

  it('can be verified later from what was kept, also by the one who sent it', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { signature } = await wrap({ ...unsigned(), epoch: 4 }, TOPIC, sichuan);
    const kept = { ...unsigned(), epoch: 4, ...signature };
    const own = { province: 'sichuan', issuer: issuerOf('sichuan'), keys: sichuan.keyring.publicKeys() };
    expect(signature.epoch).toBe(4);
    for (const keys of [chongqing.pairing, { peers: [...sichuan.pairing.peers, own] }]) {
      expect(codeOf(await verifyParcel(keys, kept, { at: NOW }))).toBe('ok');
      expect(codeOf(await verifyParcel(keys, { ...kept, epoch: 5 }, { at: NOW }))).toBe('bad-signature');
    }
    expect(codeOf(await verifyParcel(sichuan.pairing, kept, { at: NOW }))).toBe('unknown-key');
  });

  it('is judged at the time that its body states, where that is asked for', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers } = await wrap(unsigned(), TOPIC, sichuan);
    const timeOf = ({ body }: Unsigned) => (isRecord(body) && typeof body.time === 'string' ? body.time : undefined);
    const at = (choose: (parcel: Unsigned) => string | undefined) =>
      unwrap(value, headers, CONTEXT, { opener: chongqing.opener, keys: chongqing.pairing, at: choose });
    expect(codeOf(await at(timeOf))).toBe('ok');
    expect(codeOf(await at(() => undefined))).toBe('bad-form');
    expect(codeOf(await at(() => '2099-01-01T00:00:00.000Z'))).toBe('expired-key');
  });
});

describe('a parcel is refused', () => {
  it('with any one character changed, in value or headers', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const sent = await wrap(unsigned({ a: 1 }), TOPIC, sichuan);
    const codes = new Set<string>();
    for (const value of flips(sent.value)) codes.add(codeOf(await receive(chongqing, { ...sent, value })));
    for (const wrapped of flips(sent.headers[CONTENT_KEY] ?? ''))
      codes.add(codeOf(await receive(chongqing, { ...sent, headers: { [CONTENT_KEY]: wrapped } })));
    expect(codes.size).toBeGreaterThan(2);
    expect(codes).not.toContain('ok');
  });

  it('with anything inside changed by someone who can seal', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const good = { ...unsigned(), ...(await sign(sichuan.keyring, { ...unsigned() }, NOW)) };
    const code = async (inside: Json) => codeOf(await receive(chongqing, await sichuan.sealer.seal(inside, CONTEXT)));
    expect(await code(good)).toBe('ok');
    expect(await code({ ...good, kind: 'ask' })).toBe('bad-signature');
    expect(await code({ ...good, epoch: 2 })).toBe('bad-signature');
    expect(await code({ ...good, body: null })).toBe('bad-signature');
    expect(await code({ ...good, to: 'guizhou' })).toBe('misaddressed');
    expect(await code({ ...good, from: 'guizhou' })).toBe('misaddressed');
    for (const signature of flips(good.signature)) expect(await code({ ...good, signature })).not.toBe('ok');
    for (const inside of [
      null,
      [],
      {},
      { ...good, epoch: -1 },
      { ...good, epoch: '1' },
      { ...good, more: 1 },
      { ...good, kid: null },
    ])
      expect(await code(inside)).toBe('bad-form');
  });

  it('from someone who only knows the receiver’s public key', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    sichuan.keyring = await generateKeys(NOW);
    expect(codeOf(await receive(chongqing, await wrap(unsigned(), TOPIC, sichuan)))).toBe('unknown-key');
  });

  it('sealed again by its receiver for a third province, and by a third province in another’s name', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const guizhou = await generateKeys(NOW);
    chongqing.pairing = await paired(guizhou, 'guizhou', chongqing.pairing);
    const mine = { ...unsigned(), to: 'guizhou' };
    const forwarded = { ...mine, ...(await sign(sichuan.keyring, { ...mine }, NOW)) };
    expect(codeOf(await receive(chongqing, await sichuan.sealer.seal(forwarded, CONTEXT)))).toBe('misaddressed');
    const inOthersName = { ...unsigned(), ...(await sign(guizhou, { ...unsigned() }, NOW)) };
    expect(codeOf(await receive(chongqing, await sichuan.sealer.seal(inOthersName, CONTEXT)))).toBe('wrong-province');
  });

  it('on another topic, for another peer, or from a province that is no peer', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const sent = await wrap(unsigned(), TOPIC, sichuan);
    expect(codeOf(await receive(chongqing, sent, { ...CONTEXT, topic: 'sichuan.chongqing.control' }))).toBe(
      'wrong-context',
    );
    expect(codeOf(await receive(chongqing, sent, { ...CONTEXT, to: 'guizhou' }))).toBe('wrong-context');
    chongqing.pairing = { pairing: 1, peers: [] };
    expect(codeOf(await receive(chongqing, sent))).toBe('unknown-key');
  });

  it('when the key was revoked, unless a receipt proves that it came before', async () => {
    const { sichuan, chongqing } = await twoProvinces();
    const { value, headers, signature } = await wrap(unsigned(), TOPIC, sichuan);
    chongqing.pairing = revokeKey(chongqing.pairing, signature.kid, laterBy(MINUTE));
    const receiving = { opener: chongqing.opener, keys: chongqing.pairing, at: NOW };
    expect(codeOf(await unwrap(value, headers, CONTEXT, receiving))).toBe('revoked');
    expect(codeOf(await unwrap(value, headers, CONTEXT, { ...receiving, provenBefore: NOW }))).toBe('ok');
    expect(codeOf(await unwrap(value, headers, CONTEXT, { ...receiving, provenBefore: laterBy(MINUTE) }))).toBe(
      'revoked',
    );
  });
});

describe('rotation in flight', () => {
  it('lets what the old keys signed and sealed arrive until they expire, and what the new ones did once announced', async () => {
    const { sichuan, chongqing } = await twoProvinces({ signsDays: 10, verifiesDays: 30 });
    const old = await wrap(unsigned(), TOPIC, sichuan);
    sichuan.keyring = await sichuan.keyring.rotate(NOW, {
      from: laterBy(MINUTE),
      validity: { signsDays: 20, verifiesDays: 60 },
    });
    const announcement = await announce(sichuan.keyring, issuerOf('sichuan'), NOW);
    sichuan.clock.advance(MINUTE);
    const fresh = await wrap(unsigned(), TOPIC, sichuan);
    expect(fresh.signature.kid).not.toBe(old.signature.kid);

    const early = await receive(chongqing, fresh);
    expect(early).toEqual({
      ok: false,
      fault: { code: 'unknown-key', waits: true, title: expect.stringContaining('公告') },
    });
    const accepted = await acceptAnnouncement(chongqing.pairing, 'sichuan', announcement, NOW);
    if (!accepted.ok) throw new Error(accepted.fault.code);
    chongqing.pairing = accepted.pairing;
    // Also where it is judged at the time of an event older than the key: a repair is signed anew.
    for (const at of [laterBy(MINUTE), NOW]) expect(codeOf(await receive(chongqing, fresh, CONTEXT, at))).toBe('ok');

    const days = (n: number) => laterBy(n * 86_400_000);
    expect(codeOf(await receive(chongqing, old, CONTEXT, days(29)))).toBe('ok');
    expect(codeOf(await receive(chongqing, old, CONTEXT, days(30)))).toBe('expired-key');
    expect(codeOf(await receive(chongqing, fresh, CONTEXT, days(59)))).toBe('ok');
    chongqing.clock.advance(30 * 86_400_000);
    expect(codeOf(await receive(chongqing, old))).toBe('expired-sealing-key');
  });
});

describe('faults', () => {
  it('have a stable code and a Chinese sentence', () => {
    expect(crossingFault('tampered')).toEqual({
      code: 'tampered',
      waits: false,
      title: '密文无法通过完整性校验，可能被改动',
    });
    expect(isCrossingFaultCode('revoked') && !isCrossingFaultCode('toString')).toBe(true);
  });
});
