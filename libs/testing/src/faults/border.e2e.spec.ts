import { FixedClock } from '@chuanyu/reference';
import { eventually, Stage } from './stage.fixture';
import { Liar, quarantinedIn, verification } from './liar.fixture';
import { expectConverged, replicaOf } from './session.fixture';

let stage: Stage;
let liar: Liar;
let id: string;
beforeEach(async () => {
  stage = await Stage.agreed();
  id = await stage.openHandover();
  await stage.drain();
  liar = await Liar.in(stage, 'chongqing');
});
afterEach(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});

/** The case stands where it stood, what came is set aside with this reason, and an alarm was raised. */
const expectRefused = async (code: string, times = 1): Promise<void> => {
  expect((await quarantinedIn(stage.sichuan)).map((each) => each.code)).toEqual(Array(times).fill(code));
  expect(stage.alarms).toHaveLength(times);
  expect(stage.alarms[0]).toContain(code);
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1, status: 'live' });
};
/** Whatever was tried, the true next step passes, and both sides stand at the same head. */
const expectTheTruthToPass = async (): Promise<void> => {
  await stage.verify(id);
  await stage.drain();
  await expectConverged(stage, id, 2);
};

const changedAt = (text: string, at: number): string =>
  `${text.slice(0, at)}${text.charAt(at) === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

test('a record changed in any of its parts is set aside as what it is, and the true one passes', async () => {
  const sealed = await liar.seal('step', {
    domain: 'prison',
    case: id,
    event: JSON.parse(JSON.stringify(await liar.next(id, 'verify', {}, verification))),
  });
  const parts = sealed.value.split('.');
  const starts = parts.map((_, at) => parts.slice(0, at).join('.').length + (at === 0 ? 0 : 1));
  const { contentkey = '' } = sealed.headers;
  // Of the JWE: the header, the nonce, the text and its tag; the key that is wrapped is no part of `dir`.
  for (const part of [0, 2, 3, 4]) {
    const at = (starts[part] ?? 0) + Math.floor((parts[part]?.length ?? 0) / 2);
    await liar.put(id, { ...sealed, value: changedAt(sealed.value, at) });
  }
  const keyParts = contentkey.split('.');
  for (const part of [0, 1, 2, 3, 4]) {
    const at = keyParts.slice(0, part).join('.').length + (part === 0 ? 5 : 6);
    await liar.put(id, { ...sealed, headers: { contentkey: changedAt(contentkey, at) } });
  }
  await liar.put(id, { ...sealed, value: sealed.value.slice(0, -3) });
  await liar.put(id, { ...sealed, headers: {} });
  await stage.drain();
  const codes = (await quarantinedIn(stage.sichuan)).map((each) => each.code);
  expect(codes).toHaveLength(11);
  expect(new Set(codes)).toEqual(new Set(['bad-form', 'tampered']));
  expect(stage.alarms).toHaveLength(11);
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1, status: 'live' });
  await expectTheTruthToPass();
});

test('a record replayed as it was changes nothing; of another topic, or as another peer’s, it is refused', async () => {
  await stage.verify(id);
  await stage.drain();
  await stage.plan(id);
  await stage.drain();
  const head = await replicaOf(stage.sichuan, id);
  const { records } = await stage.chongqing.log.read('chongqing.sichuan.prison', { limit: 100 });
  const old = records.find((record) => record.key === id);
  if (!old) throw new Error('nothing crossed');
  const again = { topic: old.topic, key: old.key, value: old.value, headers: old.headers };
  await stage.chongqing.log.append([again, again]);
  await stage.drain();
  expect(await quarantinedIn(stage.sichuan)).toEqual([]);
  expect(await replicaOf(stage.sichuan, id)).toEqual(head);
  await stage.chongqing.log.append([{ ...again, topic: 'chongqing.sichuan.coordination' }]);
  await stage.chongqing.log.append([{ ...again, topic: 'chongqing.sichuan.control' }]);
  // What 四川 sent itself, brought back as if 重庆 had sent it.
  const own = (await stage.sichuan.log.read('sichuan.chongqing.prison', { limit: 100 })).records.find(
    (record) => record.key === id,
  );
  await stage.chongqing.log.append([
    { topic: 'chongqing.sichuan.prison', key: id, value: own?.value, headers: own?.headers ?? {} },
  ]);
  await stage.drain();
  expect((await quarantinedIn(stage.sichuan)).map((each) => each.code)).toEqual(Array(3).fill('wrong-context'));
  expect(stage.alarms).toHaveLength(3);
  expect(await replicaOf(stage.sichuan, id)).toEqual(head);
  await expectConverged(stage, id, 3);
});

test('what is set aside is still there after a restart, once', async () => {
  await liar.put(id, { topic: liar.topic('step'), value: 'no JWE', headers: { contentkey: 'x' } });
  await stage.drain();
  await expectRefused('bad-form');
  await stage.restart();
  await stage.drain();
  await expectRefused('bad-form');
  await expectTheTruthToPass();
});

test('a key that nobody announced: waited for, then refused; another case is not kept waiting', async () => {
  const stranger = await Liar.strangeKeys(stage);
  await liar.step(await liar.next(id, 'verify', {}, verification), { keyring: stranger });
  const other = await stage.openHandover();
  await eventually('the other case crosses', async () => {
    const there = await replicaOf(stage.chongqing, other);
    return there?.sequence === 1 && (await replicaOf(stage.sichuan, other))?.delivered === 1;
  });
  expect(await quarantinedIn(stage.sichuan)).toEqual([]);
  await stage.provinces.advance(11 * 60_000);
  await eventually('the stranger is refused', async () => (await quarantinedIn(stage.sichuan)).length === 1);
  await stage.drain();
  await expectRefused('unknown-key');
  await expectTheTruthToPass();
});

test('a key that is not in use yet, one that has expired, and one of the receiver itself are refused', async () => {
  const { clock } = stage.chongqing.options;
  const event = await liar.next(id, 'verify', {}, verification);
  const day = 86_400_000;
  // The true key, used by somebody outside its time.
  await liar.step(event, { keyring: await liar.withoutLimits(), clock: new FixedClock(clock.millis() + 366 * day) });
  await liar.step(event, { keyring: await liar.withoutLimits(), clock: new FixedClock(clock.millis() - day) });
  const { files } = stage.sichuan.options;
  await liar.step(event, { keyring: await files.keyring(clock) });
  const codes = async () => (await quarantinedIn(stage.sichuan)).map((each) => each.code).sort();
  await eventually('two are refused', async () => (await codes()).length === 2);
  expect(await codes()).toEqual(['expired-key', 'not-yet-valid']);
  await eventually('the third is refused', async () => {
    await stage.provinces.advance(60_000);
    return (await codes()).length === 3;
  });
  expect(await codes()).toEqual(['expired-key', 'not-yet-valid', 'unknown-key']);
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1, status: 'live' });
  await stage.drain();
  await expectTheTruthToPass();
});

test('a key that was revoked in the pairing file is refused from then on, without a restart', async () => {
  const { files, clock } = stage.sichuan.options;
  const pairing = await files.pairing();
  if (!pairing) throw new Error('not paired');
  const kid = liar.keyring.current('sig', clock.now())?.kid;
  await files.savePairing({
    ...pairing,
    peers: pairing.peers.map((peer) => ({
      ...peer,
      keys: peer.keys.map((key) => (key.kid === kid ? { ...key, status: 'revoked', revokedFrom: clock.now() } : key)),
    })),
  });
  await stage.sichuan.exchange?.tick();
  await stage.verify(id);
  await stage.drain();
  expect((await quarantinedIn(stage.sichuan)).map((each) => each.code)).toContain('revoked');
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1, status: 'live' });
  await stage.restart();
  await stage.pass(31_000);
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1, status: 'live' });
});
