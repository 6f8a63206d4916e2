import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officersOfTwo } from '@chuanyu/access';
import { signDraft, takeStep, type CaseDocument, type Who } from '@chuanyu/engine';
import { Provinces } from '@chuanyu/provinces';
import { twoProvinces } from '@chuanyu/reference';
import { releaseHandover } from '@chuanyu/workflows';

const notice = {
  name: '张三',
  residentId: '510107199003077216',
  offence: '盗窃罪',
  sentence: '有期徒刑三年',
  releaseDate: '2099-01-28',
  household: '500112',
  address: '重庆市渝北区某路1号',
  keyPerson: false,
  risk: '低',
};
const prison: Who = { officer: 'sc.zhouwei', unit: 'sc-chengdu-prison', roles: ['release-officer'] };
const leader: Who = { officer: 'sc.chenguoqiang', unit: 'sc-chengdu-prison', roles: ['prison-leader'] };
const resettlement: Who = { officer: 'cq.zhangmin', unit: 'cq-yubei-resettlement', roles: ['resettlement-officer'] };

let folder: string;
const running: Provinces[] = [];
const start = async (restored?: readonly string[]): Promise<Provinces> => {
  const errors: unknown[] = [];
  const provinces = await Provinces.start({
    data: folder,
    directory: twoProvinces,
    officers: officersOfTwo,
    development: true,
    onError: (where, error) => errors.push([where, error]),
    ...(restored ? { restored } : {}),
  });
  for (const each of provinces.all.values()) {
    const clauses = each.services.get('coordination')?.keeper;
    expect(clauses).toBeDefined();
    await each.log.append([{ topic: 'coordination.clauses', key: 'a/1', value: clause }]);
  }
  await provinces.drain(1);
  running.push(provinces);
  return provinces;
};
const clause = {
  id: 'a/1',
  title: '衔接',
  agreement: '协议',
  provinces: ['sichuan', 'chongqing'],
  workflows: ['*'],
  data: ['identity', 'contact', 'family', 'conviction', 'risk', 'business'],
  from: '2020-01-01',
  until: '2099-12-31',
  suspensions: [],
  ended: null,
  revision: 1,
};
const stop = async (provinces: Provinces): Promise<void> => {
  running.splice(running.indexOf(provinces), 1);
  await provinces.stop();
};
const keeper = (provinces: Provinces, id: string) => {
  const found = provinces.province(id).services.get('prison')?.keeper;
  if (!found) throw new Error(`${id} has no prison service`);
  return found;
};
const open = async (provinces: Provinces, key: string): Promise<string> => {
  const { taken, kept } = await keeper(provinces, 'sichuan').open(releaseHandover, {
    step: 'notify',
    form: notice,
    key,
    fingerprint: key,
    who: prison,
    overrides: [],
    to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
  });
  await keeper(provinces, 'sichuan').change(kept.document.id, (work, context) =>
    signDraft(work, context, taken.what, leader),
  );
  return kept.document.id;
};
const step = (provinces: Provinces, province: string, id: string, name: string, form: unknown, who: Who) =>
  keeper(provinces, province).change(id, (work, context) =>
    takeStep(work, context, { step: name, form, key: `${name} ${id}`, fingerprint: 'f', who, overrides: [] }),
  );
const both = async (provinces: Provinces, id: string): Promise<readonly (CaseDocument | undefined)[]> =>
  Promise.all(['sichuan', 'chongqing'].map(async (each) => (await keeper(provinces, each).get(id))?.document));
const backup = (to: string) => cp(join(folder, 'sichuan'), to, { recursive: true });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restored-'));
});
afterEach(async () => {
  for (const provinces of [...running]) await stop(provinces);
  await rm(folder, { recursive: true, force: true });
});

const verified = { result: '属实', familyWilling: true, housing: '租住' };
const planned = { opinion: '可以', advice: '帮扶' };

it('refuses to start on a database that is older than its log, unless that was declared', async () => {
  const first = await start();
  await open(first, 'one');
  await first.drain();
  await stop(first);
  await backup(`${folder}/backup`);
  const second = await start();
  await second.drain();
  await stop(second);
  for (const file of ['cases.db', 'cases.db-wal', 'cases.db-shm'])
    await rm(join(folder, 'sichuan', file), { force: true });
  await cp(`${folder}/backup/cases.db`, join(folder, 'sichuan', 'cases.db'));
  await expect(start()).rejects.toThrow('older than the log');
});

it.each([
  ['the log survived', false],
  ['the log went back too', true],
])('brings a restored province back to where it was: %s', async (_, logToo) => {
  const first = await start();
  const [one, other] = [await open(first, 'one'), await open(first, 'other')];
  await first.drain();
  await step(first, 'chongqing', one, 'verify', verified, resettlement);
  await first.drain();
  await stop(first);
  await backup(`${folder}/backup`);

  const second = await start();
  await step(second, 'sichuan', one, 'plan', planned, prison);
  await step(second, 'chongqing', other, 'verify', verified, resettlement);
  const late = await open(second, 'late');
  await second.drain();
  const before = await both(second, one);
  expect(before[0]?.head.hash).toBe(before[1]?.head.hash);
  await stop(second);

  // The disk is lost; what is put back is the backup.
  const files = ['cases.db', 'cases.db-wal', 'cases.db-shm', ...(logToo ? ['log.db', 'log.db-wal', 'log.db-shm'] : [])];
  for (const file of files) await rm(join(folder, 'sichuan', file), { force: true });
  for (const file of files) await cp(`${folder}/backup/${file}`, join(folder, 'sichuan', file)).catch(() => undefined);

  const third = await start(['sichuan']);
  await third.drain(8);
  expect(third.province('sichuan').services.get('prison')?.mayWrite).toBe(true);
  for (const id of [one, other, late]) {
    const [ours, theirs] = await both(third, id);
    expect([id, ours?.head.sequence, ours?.head.hash, ours?.status]).toEqual([
      id,
      theirs?.head.sequence,
      theirs?.head.hash,
      'live',
    ]);
  }
  expect((await both(third, one))[0]?.head.state).toBe('planned');
  expect((await both(third, late))[0]).toMatchObject({ side: 'origin', serial: { n: 3 } });
  // And goes on: the next number follows, the next step crosses.
  const next = await open(third, 'next');
  await step(third, 'sichuan', other, 'plan', planned, prison);
  await third.drain();
  expect((await both(third, next)).map((each) => each?.opening?.number)).toEqual([
    '川监衔〔2026〕4号',
    '川监衔〔2026〕4号',
  ]);
  const [ours, theirs] = await both(third, other);
  expect(ours?.head.state).toBe('planned');
  expect(theirs?.head.hash).toBe(ours?.head.hash);
});

it('neither writes nor answers before every peer has readmitted it', async () => {
  const first = await start();
  const one = await open(first, 'one');
  await first.drain();
  await stop(first);
  const again = await start(['sichuan']);
  again.cut();
  const service = again.province('sichuan').services.get('prison');
  if (service?.mayWrite === false) {
    await expect(open(again, 'two')).rejects.toMatchObject({ code: 'restoring' });
  }
  again.heal();
  await again.drain(8);
  expect(service?.mayWrite).toBe(true);
  expect((await both(again, one))[0]?.head.sequence).toBe(1);
});
