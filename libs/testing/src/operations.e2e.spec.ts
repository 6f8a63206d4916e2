import { pino } from 'pino';
import type { RunningProvince } from '@chuanyu/provinces';
import { today } from '@chuanyu/reference';
import { aNotice, aVerification, eventually, Stage } from './faults/stage.fixture';

type Line = Readonly<Record<string, unknown>>;
const texts: string[] = [];
const journals: Readonly<Record<string, Line[]>> = { sichuan: [], chongqing: [] };

let stage: Stage;
beforeAll(async () => {
  const write = (province: string, text: string) => {
    texts.push(text);
    journals[province]?.push(JSON.parse(text) as Line);
  };
  stage = await Stage.agreed({
    journal: (province) => pino({}, { write: (text: string) => write(province, text) }),
  });
});
afterAll(async () => {
  await stage.close();
  expect(stage.errors).toEqual([]);
});

const linesOf = (province: string, like: Line): readonly Line[] =>
  (journals[province] ?? []).filter((line) => Object.entries(like).every(([name, value]) => line[name] === value));
const pagesOf = ({ services, exchange, gateway }: RunningProvince): Promise<readonly string[]> =>
  Promise.all([...services.values(), exchange, gateway].flatMap((service) => service?.operations.meters.page() ?? []));
const figure = async (province: RunningProvince, name: string, ...labels: readonly string[]): Promise<number[]> =>
  (await pagesOf(province))
    .flatMap((page) => page.split('\n'))
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .map((line) => Number(line.split(' ').at(-1)));
/** Of the form, what nobody else would write. */
const personal = [aNotice('2026-11-25'), aVerification]
  .flatMap((form) => Object.values(form))
  .filter((value) => typeof value === 'string')
  .filter((value) => value.length > 2 && !/^\d{4}-|^500112$/.test(value));
const officers = ['周伟', '陈国强', '张敏', 'sc.zhouwei', 'sc.chenguoqiang', 'cq.zhangmin'];

test('one word finds a step in both provinces, from the request to the case of the other side', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  const [applied] = linesOf('chongqing', { service: 'prison', group: 'prison.service', key: id });
  const trace = applied?.['trace'];
  expect(trace).toMatch(/^[0-9a-f]{32}$/);
  const found = (province: string) =>
    linesOf(province, { trace }).map((line) => [line['service'], line['group'] ?? line['route']].join(' '));
  // One awaits the other, so that this order is the order in which it happened.
  expect(found('sichuan')).toEqual([
    'prison /api/prison/:workflow/:case/drafts/:draft/sign',
    'gateway /api/:domain/*',
    'exchange exchange.outbound',
  ]);
  expect(found('chongqing')).toEqual(['exchange exchange.chongqing', 'prison prison.service']);
  expect(applied).toMatchObject({ outcome: 'done', topic: 'prison.inbound', log: 'chongqing' });

  const other = await stage.openHandover();
  await stage.drain();
  const [second] = linesOf('chongqing', { service: 'prison', group: 'prison.service', key: other });
  expect(second?.['trace']).not.toBe(trace);
});

test('goes on in the trace of whoever asks, and the event says so outside its chain', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  const zhang = await stage.as('cq.zhangmin');
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
  await zhang.text('POST', `/api/prison/release-handover/${id}/verify`, { form: aVerification }, 'traced', {
    traceparent,
  });
  await stage.drain();
  for (const province of [stage.sichuan, stage.chongqing]) {
    const kept = await province.services.get('prison')?.keeper.get(id);
    const link = kept?.document.recent.find(({ event }) => event.casesequence === 2);
    expect(link?.event.traceparent).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  }
  expect(linesOf('sichuan', { trace, service: 'prison', group: 'prison.service' })).toHaveLength(1);
});

test('nothing of a person is in a line or a figure, whatever is refused', async () => {
  const id = await stage.openHandover();
  await stage.drain();
  const zhang = await stage.as('cq.zhangmin');
  const path = `/api/prison/release-handover/${id}`;
  await expect(zhang.post(`${path}/verify`, { form: { ...aVerification, result: '欧阳晓舟' } })).rejects.toThrow('422');
  await expect(zhang.post(`${path}/欧阳晓舟`, { form: aVerification })).rejects.toThrow();
  await expect(zhang.get(`/api/cases?q=${encodeURIComponent('欧阳晓舟')}&sort=欧阳晓舟`)).rejects.toThrow('400');
  await stage.verify(id);
  await stage.plan(id, { opinion: '欧阳晓舟可以接收' }).catch(() => undefined);
  await stage.drain();
  const pages = [...(await pagesOf(stage.sichuan)), ...(await pagesOf(stage.chongqing))];
  const said = [...texts, ...pages, ...stage.alarms, ...stage.errors].join('\n');
  expect(texts.length).toBeGreaterThan(20);
  expect(personal.length).toBeGreaterThan(8);
  expect([...personal, ...officers].filter((each) => said.includes(each))).toEqual([]);
  expect(said).not.toContain(encodeURIComponent('欧阳'));
  // A figure is of nobody: not even of a case.
  expect(pages.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/);
  expect(pages.join('\n')).not.toContain(today(stage.sichuan.options.clock));
});

test('figures tell of steps, records, receipts and the line', async () => {
  const { sichuan } = stage;
  const step = ['workflow="prison.release-handover"', 'step="verify"'];
  const before = await figure(stage.chongqing, 'chuanyu_step_duration_seconds_count', ...step, 'outcome="step"');
  expect(before).toEqual([expect.any(Number)]);
  expect(await figure(stage.chongqing, 'chuanyu_steps_refused_total', 'code="bad-form"')).toEqual([1]);
  expect(
    await figure(sichuan, 'chuanyu_log_lag_records', 'group="exchange.outbound"', 'topic="prison.events"'),
  ).toEqual([0]);
  expect(await figure(sichuan, 'chuanyu_peer_answers')).toEqual([1]);
  // Of the services that write, and of no other: a 0 of the gateway would call an operator for nothing.
  expect(await figure(sichuan, 'chuanyu_may_write')).toEqual(Array.from(sichuan.services, () => 1));

  stage.provinces.cut();
  await stage.openHandover();
  await stage.provinces.advance(2 * 3_600_000);
  const prison = sichuan.services.get('prison');
  await prison?.state();
  expect(await figure(sichuan, 'chuanyu_receipts_overdue_cases', 'service="prison"')).toEqual([1]);
  expect(await figure(sichuan, 'chuanyu_peer_answers')).toEqual([0]);
  // What cannot be read across the line is left out, and the rest of the page is there.
  expect(await figure(sichuan, 'chuanyu_log_lag_records', 'log="chongqing"')).toEqual([]);
  expect(await figure(sichuan, 'chuanyu_scrape_failures_total', 'of="log chongqing"')).not.toEqual([]);
  expect((await fetch(`${sichuan.exchange?.url ?? ''}/health/ready`)).status).toBe(200);
  stage.provinces.heal();
  await eventually('delivered', async () => {
    await stage.drain();
    await prison?.state();
    return (await figure(sichuan, 'chuanyu_receipts_overdue_cases', 'service="prison"'))[0] === 0;
  });
});
