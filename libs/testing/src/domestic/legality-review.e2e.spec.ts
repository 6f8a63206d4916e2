import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officersOfTwo, TokenIssuer } from '@chuanyu/access';
import { topics, type Message } from '@chuanyu/contracts';
import { eachRecord, type EventLog, type LogRecord } from '@chuanyu/event-log';
import { Provinces, type RunningProvince } from '@chuanyu/provinces';
import { realTime, twoProvinces } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';

const [sichuan, chongqing] = ['sichuan', 'chongqing'] as const;
const SECRET = '第三条与上位法不一致';
const path = '/api/judicial-office/legality-review';

let folder: string;
let provinces: Provinces;
const errors: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'domestic-'));
  provinces = await Provinces.start({
    data: folder,
    directory: twoProvinces,
    officers: officersOfTwo,
    onError: (where, error) => errors.push(`${where}: ${String(error)}`),
    onAlarm: (what) => errors.push(what),
  });
  await provinces.drain();
});
afterAll(async () => {
  await provinces.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    id?: string;
    drafts?: readonly { readonly id: string }[];
    items?: readonly unknown[];
  };
}
const tokenOf = async (province: RunningProvince, officer: string): Promise<string> => {
  const of = twoProvinces.province(province.options.id);
  if (!of) throw new Error(province.options.id);
  return (await new TokenIssuer(await province.options.files.tokenKey(), of, realTime).issue(officer)).token;
};
const ask = async (province: RunningProvince, officer: string, at: string, body?: object): Promise<Answer> => {
  const response = await fetch(new URL(at, province.url), {
    method: body ? 'POST' : 'GET',
    headers: {
      Authorization: `Bearer ${await tokenOf(province, officer)}`,
      ...(body ? { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};
const upload = async (province: RunningProvince, officer: string, name: string, text: string): Promise<object> => {
  const response = await fetch(new URL('/api/judicial-office/attachments', province.url), {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await tokenOf(province, officer)}`,
      'Content-Type': 'text/plain',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    },
    body: text,
  });
  expect(response.status).toBe(201);
  return (await response.json()) as object;
};

/** Everything on these topics. */
const allOf = async (log: EventLog, names: readonly string[]): Promise<readonly LogRecord[]> => {
  const found: LogRecord[] = [];
  for (const name of names) for await (const record of eachRecord(log, name)) found.push(record);
  return found;
};
/** What leaves a province, or is there for others to read. */
const leaving = (from: string, to: string): readonly string[] => [
  ...workflows.domains().flatMap((domain) => [topics.border(from, to, domain), topics.published(from, domain)]),
  topics.control(from, to),
];
const staying = workflows.domains().flatMap((domain) => [topics.events(domain), topics.inbound(domain)]);

test('合法性审查 runs in one province from submission to the signed opinion, and nothing of it leaves', async () => {
  const [home, away] = [provinces.province(sichuan), provinces.province(chongqing)];
  const outside = async () => [
    ...(await allOf(home.log, leaving(sichuan, chongqing))),
    ...(await allOf(away.log, [
      ...leaving(chongqing, sichuan),
      ...leaving(sichuan, chongqing).filter((name) => name.includes('public')),
      ...staying,
    ])),
  ];
  const before = (await outside()).length;

  // given: a unit submits a draft
  const draftFile = await upload(home, 'sc.denglin', '送审稿.txt', '第一条 为规范……');
  const submitted = await ask(home, 'sc.denglin', path, { form: { kind: '规范性文件', draft: draftFile } });
  expect(submitted).toMatchObject({
    status: 201,
    body: { number: '川法审〔2026〕1号', peer: null, state: { name: 'submitted' } },
  });
  const at = `${path}/${String(submitted.body.id)}`;
  // when: the wrong role writes the opinion, then the right one, and the leader signs
  const opinion = { form: { result: '应当修改', opinion: SECRET } };
  expect(await ask(home, 'sc.denglin', `${at}/review`, opinion)).toMatchObject({
    status: 403,
    body: { code: 'not-allowed' },
  });
  const drafted = await ask(home, 'sc.panhao', `${at}/review`, opinion);
  expect(drafted.status).toBe(202);
  await provinces.drain();
  expect((await ask(home, 'sc.jiangtao', '/api/to-sign')).body.items).toHaveLength(1);
  const draft = drafted.body.drafts?.[0]?.id ?? '';
  expect(await ask(home, 'sc.panhao', `/api/drafts/${draft}/sign`, {})).toMatchObject({ status: 403 });
  expect(await ask(home, 'sc.jiangtao', `/api/drafts/${draft}/sign`, {})).toMatchObject({
    status: 200,
    body: { state: { name: 'reviewed', turn: null } },
  });
  await provinces.drain();

  // then: at home it is on the log and in the lists
  const own = JSON.stringify(await allOf(home.log, [topics.events('judicial-office')]));
  expect(own).toContain(String(submitted.body.id));
  expect(own).toContain(SECRET);
  expect((await ask(home, 'sc.denglin', '/api/cases')).body.items).toHaveLength(1);
  // and nothing was put on any topic that leaves, nor on any of the other province
  expect(await outside()).toHaveLength(before);
  // and what is stated of all cases, where they stand and how many there are, says nothing of it either
  const service = home.services.get('judicial-office');
  const spoken = jest.spyOn(home.log, 'append');
  await service?.state();
  const stated = spoken.mock.calls.flatMap(([records]) => records).map(({ value }) => value as Message);
  spoken.mockRestore();
  const crossing = stated.filter((message) => 'to' in message && message.to === chongqing);
  expect(crossing.map(({ kind }) => kind)).toContain('heads');
  expect(JSON.stringify(crossing)).not.toMatch(new RegExp(`legality-review|${String(submitted.body.id)}`));
  // and the other province cannot find it, whoever asks, nor can another unit at home
  for (const officer of ['cq.xionglu', 'cq.fuxueqin', 'cq.shiwei'])
    expect(await ask(away, officer, at)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect((await ask(away, 'cq.fuxueqin', '/api/cases')).body.items).toEqual([]);
  expect(await ask(home, 'sc.zhouwei', at)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect(errors).toEqual([]);
}, 30_000);
