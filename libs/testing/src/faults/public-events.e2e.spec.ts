import { schemaOptions, publicEventSchema } from '@chuanyu/engine';
import type { LogRecord } from '@chuanyu/event-log';
import type { RunningProvince } from '@chuanyu/provinces';
import { addDays, today } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { Ajv2020 } from 'ajv/dist/2020';
import { aNotice, aVerification, Stage } from './stage.fixture';
import { quarantinedIn } from './liar.fixture';
import { expectConverged } from './session.fixture';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.agreed();
});
afterAll(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});

const published = async (province: RunningProvince, origin: string): Promise<readonly LogRecord[]> => {
  const topics = ['prison', 'coordination'].map((domain) => `${origin}.public.${domain}`);
  return (await Promise.all(topics.map((topic) => province.log.read(topic, { limit: 1000 })))).flatMap(
    ({ records }) => records,
  );
};
const lines = (records: readonly LogRecord[]) => records.map(({ topic, key, value }) => ({ topic, key, value }));
const inAnyOrder = (records: readonly LogRecord[]): readonly string[] =>
  lines(records)
    .map((line) => JSON.stringify(line))
    .sort();

/** A notice, and every step until the prisoner may be released. */
const accepted = async (): Promise<string> => {
  const id = await stage.openHandover();
  await stage.drain();
  await stage.verify(id);
  await stage.drain();
  await stage.plan(id);
  await stage.drain();
  const draft = await (await stage.as('cq.zhangmin')).step(id, 'accept', { office: '渝北安帮办', liaison: '诸葛明' });
  const path = `/api/prison/release-handover/${id}/drafts/${draft.drafts[0]?.id ?? ''}/sign`;
  await (await stage.as('cq.wangjianhua')).post(path, {});
  await stage.drain();
  return id;
};
/** Sixty days later: released, and reported in. */
const releasedToday = async (id: string): Promise<void> => {
  const on = today(stage.sichuan.options.clock);
  const release = { certificate: '川释字第20261号', on, reportBy: addDays(on, 7) };
  await (await stage.as('sc.zhouwei')).step(id, 'release', release);
  await stage.drain();
  await (await stage.as('cq.zhangmin')).step(id, 'receive', { on });
  await stage.drain();
  await expectConverged(stage, id, 6);
};

test('exactly the public states and fields of a busy day, once each, in both provinces, and nothing of a person', async () => {
  const ids = [await accepted(), await accepted()];
  for (const province of [stage.sichuan, stage.chongqing]) province.options.clock.advance(60 * 86_400_000);
  for (const id of ids) await releasedToday(id);
  const cancelled = await stage.openHandover();
  await (await stage.as('sc.zhouwei')).step(cancelled, 'cancel', { reason: '改判庚辛' });
  await stage.drain();

  const told = [...(await published(stage.sichuan, 'sichuan')), ...(await published(stage.chongqing, 'chongqing'))];
  const short = told.map(({ topic, value }) => {
    const { type, state, fields } = value as { type: string; state: string; fields: object };
    return JSON.stringify([topic, type, state, fields]);
  });
  const released = { on: today(stage.sichuan.options.clock) };
  const received = { on: today(stage.chongqing.options.clock) };
  expect(short.sort()).toEqual(
    [
      ['chongqing.public.coordination', 'coordination.agreement.join.v1', 'in-force', {}],
      ['chongqing.public.prison', 'prison.release-handover.receive.v1', 'received', received],
      ['chongqing.public.prison', 'prison.release-handover.receive.v1', 'received', received],
      ['sichuan.public.prison', 'prison.release-handover.release.v1', 'released', released],
      ['sichuan.public.prison', 'prison.release-handover.release.v1', 'released', released],
    ]
      .map((each) => JSON.stringify(each))
      .sort(),
  );
  // The schema that integrators were given, to the letter.
  const ajv = new Ajv2020({ ...schemaOptions });
  for (const { value } of told) {
    const { type } = value as { type: string };
    const workflow = workflows.get(type.split('.').slice(0, 2).join('.'));
    const step = workflow?.steps.get(type.split('.')[2] ?? '');
    const schema = workflow && step && publicEventSchema(workflow, step);
    if (!schema) throw new Error(type);
    const { $id: _, ...plain } = schema as Record<string, unknown>;
    expect([ajv.validate(plain, value), ajv.errors]).toEqual([true, null]);
  }
  // The other province shows the same.
  for (const origin of ['sichuan', 'chongqing'])
    expect(inAnyOrder(await published(stage.sichuan, origin))).toEqual(
      inAnyOrder(await published(stage.chongqing, origin)),
    );

  // Every byte that an integrator could read.
  const documents = await Promise.all(
    [...ids, cancelled].map(async (id) => (await stage.sichuan.services.get('prison')?.keeper.get(id))?.document),
  );
  const secrets = documents.flatMap((document) => [
    document?.id ?? 'none',
    document?.opening?.number ?? 'none',
    document?.head.hash ?? 'none',
    ...(document?.recent ?? []).flatMap(({ event, hash }) => [event.time, hash, event.data.salt, event.stepkey]),
  ]);
  const { releaseDate: _, household: __, keyPerson: ___, risk: ____, ...personal } = aNotice('2026-11-23');
  const persons = [...Object.values(personal).map(String), aVerification.notes, '改判庚辛', '诸葛明', '川释字'];
  const units = [
    ...stage.sichuan.options.directory.unitsOf('sichuan'),
    ...stage.sichuan.options.directory.unitsOf('chongqing'),
  ];
  const officers = stage.sichuan.options.officers.all.flatMap(({ id, name }) => [id, name]);
  const forbidden = [
    ...secrets,
    ...persons,
    ...units.flatMap(({ id, name }) => [id, name]),
    ...officers,
    stage.agreement.id,
  ];
  const bytes = JSON.stringify(
    [stage.sichuan, stage.chongqing].map(() => told.map(({ key, headers, value }) => [key, headers, value])),
  );
  expect(forbidden.filter((each) => bytes.includes(each))).toEqual([]);
  expect(bytes).not.toMatch(/\d{2}:\d{2}/);
  expect(bytes).toContain('released');
});

test('what is sent again, replayed, or read again after a restart is not published again', async () => {
  const count = async () => (await published(stage.chongqing, 'sichuan')).length;
  const before = await count();
  expect(before).toBeGreaterThan(0);
  for (const [province, topic] of [
    [stage.sichuan, 'prison.events'],
    [stage.chongqing, 'chongqing.sichuan.prison'],
  ] as const) {
    const { records } = await province.log.read(topic, { limit: 1000 });
    await province.log.append(
      records
        .filter(({ headers }) => headers['kind'] !== 'row')
        .map(({ key, value, headers }) => ({ topic, key, value, headers })),
    );
  }
  await stage.drain();
  await stage.restart();
  await stage.drain();
  expect(await count()).toBe(before);
  expect((await published(stage.sichuan, 'sichuan')).length).toBe(before);
});

test('a peer that publishes what its workflow does not is not mirrored', async () => {
  const [event] = (await published(stage.chongqing, 'chongqing')).filter(({ topic }) => topic.endsWith('prison'));
  if (!event) throw new Error('nothing was published');
  const value = event.value as { alias: string };
  const known = (await published(stage.sichuan, 'chongqing')).length;
  const put = (changed: object, more: { key?: string; headers?: Record<string, string> } = {}) =>
    stage.chongqing.log.append([{ topic: event.topic, key: value.alias, value: { ...value, ...changed }, ...more }]);
  await put({ id: 'x'.repeat(32), name: '张三' });
  await put({ id: 'y'.repeat(32), fields: { on: '2026-11-23', name: '张三' } });
  await put({ id: 'z'.repeat(32), state: 'planned' });
  await put({ id: 'w'.repeat(32) }, { key: '张三' });
  await stage.chongqing.log.append([{ topic: event.topic, key: 'k', value: '张三' }]);
  await put({ id: 'v'.repeat(32) }, { headers: { name: '张三' } });
  await stage.drain();
  const mirrored = await published(stage.sichuan, 'chongqing');
  expect(mirrored).toHaveLength(known + 1);
  expect(JSON.stringify(mirrored)).not.toContain('张三');
  expect(await quarantinedIn(stage.sichuan)).toHaveLength(5);
});
