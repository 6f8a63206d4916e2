import { Unavailable } from '@chuanyu/collections';
import { LogUnavailable, type NewRecord } from '@chuanyu/event-log';
import { CallRefused, eventually, Stage } from './stage.fixture';
import { expectConverged, replicaOf } from './session.fixture';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.agreed();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.close();
});
const casesOf = (name: 'sichuan' | 'chongqing') => {
  const service = stage[name].services.get('prison');
  if (!service) throw new Error('no prison service');
  return service.keeper.options.cases;
};

test('the log does not answer for five seconds: steps go on being accepted, and cross when it answers again', async () => {
  const { log } = stage.sichuan;
  const append = jest.spyOn(log, 'append').mockRejectedValue(new LogUnavailable('locked'));
  const began = performance.now();
  const ids: string[] = [];
  while (performance.now() - began < 5000) ids.push(await stage.openHandover());
  expect(ids.length).toBeGreaterThan(5);
  expect(append).toHaveBeenCalled();
  expect(await replicaOf(stage.chongqing, ids[0] ?? '')).toBeUndefined();
  append.mockRestore();
  await stage.drain();
  for (const id of ids) await expectConverged(stage, id, 1);
  expect(stage.errors.every((each) => each.includes('the log does not answer'))).toBe(true);
});

test('the database does not answer, or is full: 503 with Retry-After, nothing half-written, and the same key is taken later', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  const zhang = await stage.as('cq.zhangmin');
  const form = { result: '属实', familyWilling: true, housing: '租住' };
  for (const method of ['get', 'replace'] as const) {
    const failing = jest
      .spyOn(casesOf('chongqing'), method)
      .mockRejectedValue(new Unavailable('database or disk is full'));
    const refused = await zhang.step(id, 'verify', form, 'the-key').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failing).toHaveBeenCalled();
    failing.mockRestore();
    if (!(refused instanceof CallRefused)) throw new Error('was taken');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'unavailable' });
    expect(refused.body).not.toContain('disk');
    expect(await replicaOf(stage.chongqing, id)).toMatchObject({ sequence: 1 });
    expect(await casesOf('chongqing').pending(10)).toEqual([]);
  }
  expect((await zhang.step(id, 'verify', form, 'the-key')).sequence).toBe(2);
  await stage.drain();
  await expectConverged(stage, id, 2);
});

test('every record delivered twice changes nothing', async () => {
  for (const { log } of [stage.sichuan, stage.chongqing]) {
    const append = log.append.bind(log);
    jest.spyOn(log, 'append').mockImplementation(async (records: readonly NewRecord[]) => {
      await append(records);
      await append(records);
    });
  }
  const ids = [await stage.openHandover(), await stage.openHandover()];
  await stage.drain();
  const [first = '', second = ''] = ids;
  await stage.verify(first);
  await (await stage.as('sc.zhouwei')).step(second, 'cancel', { reason: '改判' });
  await stage.drain();
  await expectConverged(stage, first, 2);
  await expectConverged(stage, second, 2);
  expect((await (await stage.as('sc.zhouwei')).list()).map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(stage.errors).toEqual([]);
  expect(stage.alarms).toEqual([]);
});

test.each([3_600_000, -3_600_000])('the other province’s clock is an hour off (%d ms)', async (skew) => {
  // Keys begin when they are made: the clock was right then.
  await stage.provinces.advance(2 * 3_600_000);
  await stage.provinces.advance(skew, 'chongqing');
  const id = await stage.openHandover();
  await stage.drain();
  await stage.verify(id);
  await stage.drain();
  await (await stage.as('cq.wangjianhua')).post(`/api/prison/release-handover/${id}/urge`, { note: '请办理' });
  const asked = await stage.openHandover();
  await (await stage.as('sc.zhouwei')).step(asked, 'cancel', { reason: '改判' });
  await stage.drain();
  await expectConverged(stage, id, 2);
  await expectConverged(stage, asked, 2);
  expect(await (await stage.as('sc.zhouwei')).receipts(id, 1)).not.toHaveProperty('negative');
  expect([stage.errors, stage.alarms]).toEqual([[], []]);
});

const poisons: [string, unknown, RegExp][] = [
  ['nothing', null, /TypeError|no message|unknown kind/],
  ['a word', '张三', /unknown kind|no message/],
  ['a kind that nobody knows', { kind: 'rumour', to: 'chongqing', from: 'chongqing', epoch: 1 }, /unknown kind rumour/],
];
test.each(poisons)(
  'poison on the province’s own topics (%s) is among the dead letters within 5 s, and others go on',
  async (_, value, cause) => {
    const id = await stage.openHandover();
    await stage.drain();
    const other = await stage.openHandover();
    await stage.sichuan.log.append([
      { topic: 'prison.inbound', key: id, value },
      { topic: 'prison.events', key: id, value },
    ]);
    const letters = async (group: string) => stage.sichuan.log.deadLetters(group);
    await eventually(
      'both are dead',
      async () => (await letters('prison.service')).length === 1 && (await letters('exchange.outbound')).length === 1,
      5000,
    );
    for (const group of ['prison.service', 'exchange.outbound'])
      expect((await letters(group)).map(({ reason }) => reason).join()).toMatch(cause);
    await stage.drain();
    await expectConverged(stage, other, 1);
    await stage.verify(other);
    await stage.drain();
    await expectConverged(stage, other, 2);
  },
);

test('a handler that throws: dead within 5 s with its cause; after the fix it is redriven, twice, and all is well', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  const service = stage.sichuan.services.get('prison');
  if (!service) throw new Error('no prison service');
  const change = service.keeper.changeOrBegin.bind(service.keeper);
  const broken = jest.spyOn(service.keeper, 'changeOrBegin').mockImplementation((...args) => {
    if (args[0] === id) throw new Error('the third shelf is broken');
    return change(...args);
  });
  await stage.verify(id);
  const letters = () => stage.sichuan.log.deadLetters('prison.service');
  await stage.chongqing.settle();
  await eventually('it is dead', async () => (await letters()).some(({ parked }) => !parked), 5000);
  expect((await letters()).find(({ parked }) => !parked)?.reason).toContain('the third shelf is broken');
  expect(await replicaOf(stage.sichuan, id)).toMatchObject({ sequence: 1 });
  broken.mockRestore();
  await stage.sichuan.log.redrive('prison.service', id);
  await stage.sichuan.log.redrive('prison.service', id);
  await stage.drain();
  expect(await letters()).toEqual([]);
  await expectConverged(stage, id, 2);
});

test('a province starts while the line is cut, and hears the other as soon as it is whole', async () => {
  const id = await stage.openHandover();
  stage.provinces.cut();
  await stage.sichuan.stopExchange();
  await stage.sichuan.startExchange();
  await stage.sichuan.settle();
  stage.provinces.heal();
  await stage.drain();
  await stage.verify(id);
  await stage.drain();
  await expectConverged(stage, id, 2);
  expect(stage.errors).toEqual([]);
});
