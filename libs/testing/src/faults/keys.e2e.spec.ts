import type { Json } from '@chuanyu/contracts';
import { eventually, Stage } from './stage.fixture';
import { Liar, quarantinedIn } from './liar.fixture';
import { expectConverged } from './session.fixture';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.agreed();
});
afterEach(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});
const DAY = 86_400_000;
const kidsKnownOf = (holder: string, by: 'sichuan' | 'chongqing'): readonly string[] => {
  const known = stage[by].exchange?.publicKeys() as
    { peers: readonly { province: string; keys: readonly { kid: string }[] }[] } | undefined;
  return known?.peers.find((peer) => peer.province === holder)?.keys.map(({ kid }) => kid) ?? [];
};
/** As an operator does it: the keyring in the file, taken by the exchange when it next looks. */
const rotate = async (name: 'sichuan' | 'chongqing', inDays: number): Promise<string> => {
  const { files, clock } = stage[name].options;
  const keyring = await files.keyring(clock);
  const from = new Date(clock.millis() + inDays * DAY).toISOString();
  const next = await keyring.rotate(clock.now(), { from });
  await files.saveKeyring(next);
  return next.next('sig', clock.now())?.kid ?? '';
};

test('a key is rotated while traffic flows: announced, taken, used; what either key signed is believed; a restart forgets nothing', async () => {
  const before = await stage.openHandover();
  await stage.drain();
  const kid = await rotate('sichuan', 2);
  await stage.drain();
  expect(kidsKnownOf('sichuan', 'chongqing')).toContain(kid);
  const announced = (await stage.sichuan.log.read('sichuan.chongqing.control', { limit: 1000 })).records.length;
  await stage.drain();
  await stage.drain();
  // Taken: nothing is said again.
  expect((await stage.sichuan.log.read('sichuan.chongqing.control', { limit: 1000 })).records).toHaveLength(announced);
  await stage.pass(3 * DAY);
  const after = await stage.openHandover();
  await stage.verify(before);
  await stage.drain();
  await expectConverged(stage, before, 2);
  await expectConverged(stage, after, 1);
  const signed = (await stage.sichuan.services.get('prison')?.keeper.get(after))?.document.recent[0]?.signature?.kid;
  expect(signed).toBe(kid);
  await stage.restart();
  expect(kidsKnownOf('sichuan', 'chongqing')).toContain(kid);
  const later = await stage.openHandover();
  await stage.drain();
  await expectConverged(stage, later, 1);
  expect(await quarantinedIn(stage.chongqing)).toEqual([]);
  expect(stage.alarms).toEqual([]);
});

test('an announcement that was lost is said again until it is taken, also under the key that it brings', async () => {
  const kid = await rotate('sichuan', 1);
  // Every record that would bring it is lost on the way: 重庆 reads nothing until the key has long been in use.
  const { log } = stage.sichuan;
  const append = log.append.bind(log);
  jest
    .spyOn(log, 'append')
    .mockImplementation((records) => append(records.filter(({ topic }) => topic !== 'sichuan.chongqing.control')));
  await stage.sichuan.exchange?.tick();
  await stage.sichuan.exchange?.drained();
  await stage.provinces.advance(2 * DAY);
  jest.restoreAllMocks();
  expect(kidsKnownOf('sichuan', 'chongqing')).not.toContain(kid);
  await stage.restart();
  const id = await stage.openHandover();
  await stage.drain();
  expect(kidsKnownOf('sichuan', 'chongqing')).toContain(kid);
  await stage.drain();
  await expectConverged(stage, id, 1);
});

test('a long cut across the rotation of both, beyond the end of the old keys, strands nothing', async () => {
  const id = await stage.openHandover({ releaseDate: '2029-01-31' });
  await stage.drain();
  stage.provinces.cut();
  await rotate('sichuan', 100);
  await rotate('chongqing', 50);
  await stage.sichuan.exchange?.tick();
  await stage.chongqing.exchange?.tick();
  await stage.drain();
  await stage.verify(id);
  // The old keys have ended on both sides; nobody can seal for the other until the cut ends.
  await stage.provinces.advance(400 * DAY);
  const opened = await stage.openHandover({ releaseDate: '2029-01-31' });
  for (const province of [stage.sichuan, stage.chongqing]) await province.services.get('prison')?.settle();
  // Longer than a handler that merely fails is tried: what waits for a key must not be among the dead by then.
  const begun = performance.now();
  await eventually('four seconds are over', () => performance.now() > begun + 4000);
  stage.provinces.heal();
  await stage.drain();
  await stage.drain();
  await expectConverged(stage, id, 2);
  await expectConverged(stage, opened, 1);
  expect(await quarantinedIn(stage.sichuan)).toEqual([]);
  expect(await quarantinedIn(stage.chongqing)).toEqual([]);
  for (const province of [stage.sichuan, stage.chongqing])
    expect(await province.log.deadLetters('exchange.outbound')).toEqual([]);
}, 60_000);

test('keys announced by somebody else are not taken, and somebody is told', async () => {
  const liar = await Liar.in(stage, 'chongqing');
  const strange = await Liar.strangeKeys(stage);
  const known = kidsKnownOf('chongqing', 'sichuan');
  const statement = { announcement: 1, issuer: 'x', keys: strange.publicKeys().map((key) => ({ ...key })) };
  const announcement = JSON.parse(JSON.stringify({ statement, kid: 'x', signature: 'x..x' })) as object;
  await liar.say('key', 'key', JSON.parse(JSON.stringify({ domain: 'coordination', announcement })) as Json);
  await stage.drain();
  expect(stage.alarms.join()).toMatch(/announced keys that are not accepted/);
  expect(kidsKnownOf('chongqing', 'sichuan')).toEqual(known);
});
