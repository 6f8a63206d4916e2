import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { officersOfThree } from '@chuanyu/access';
import { verifyExports } from '@chuanyu/exchange';
import { SEED_PASSWORD, seedAgreement } from '@chuanyu/provinces';
import { threeProvinces } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import { granted } from './client';
import { Day } from './demo/day';
import { chengduPrison, Handover, late, yubei, type Party } from './demo/handover';
import { OwnProvinces } from './demo/own';

const zunyiPrison: Party = {
  province: 'guizhou',
  unit: 'gz-zunyi-prison',
  officer: 'gz.wuyan',
  leader: 'gz.meiyong',
};
const honghuagang: Party = {
  province: 'guizhou',
  unit: 'gz-honghuagang-resettlement',
  officer: 'gz.longjuan',
  leader: 'gz.shaochen',
};

let own: OwnProvinces;
beforeAll(async () => {
  own = await OwnProvinces.start({ directory: threeProvinces, officers: officersOfThree, agreements: [] });
}, 30_000);
afterAll(() => own.stop());

const aDay = async (seed: number): Promise<Day> => {
  const day = new Day({ urls: own.urls, password: SEED_PASSWORD, seed, say: () => undefined });
  await day.lookAtClock();
  return day;
};
/** Everything that a province keeps on disk: database, log, request log, keys. */
const filesOf = async (province: string): Promise<Buffer> => {
  const folder = join(own.folder, province);
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(['cases.db', 'log.db', 'requests.log']));
  return Buffer.concat(await Promise.all(names.map((each) => readFile(join(each.parentPath, each.name)))));
};
const tracesIn = (files: Buffer, values: Iterable<string>): string[] =>
  [...values].filter((value) => files.includes(value));

/** From the notice to the first follow-up, every form of the workflow that holds personal data among them. */
const carryOut = async (day: Day, origin: Party, counterpart: Party): Promise<Handover> => {
  const { personas } = day;
  const handover = await Handover.notify(day, personas.aKeyPerson(0), { origin, counterpart });
  await handover.verify();
  await handover.plan();
  const pickUp = personas.aName();
  await handover.accept(pickUp);
  await handover.take(origin, 'release', personas.aRelease(day.today, day.today, pickUp));
  await handover.reaches('released');
  await handover.take(counterpart, 'receive', { on: day.today });
  await handover.reaches('received');
  await handover.take(counterpart, 'follow-up', personas.aFollowUp());
  await handover.reaches('received');
  return handover;
};

test('without an agreement of these two provinces nothing is shared, and it is said what is missing', async () => {
  const day = await aDay(1);
  const zhou = await day.officer(chengduPrison.officer);
  await seedAgreement(own.provinces, 'sichuan', 'chongqing');
  // Told to whoever drafts it, and not only to the leader who would sign.
  const drafted = await zhou.open('prison.release-handover', {
    to: { province: 'guizhou', unit: honghuagang.unit },
    form: day.personas.aPrisonerNearRelease(5),
    ...late('减刑裁定今日送达'),
  });
  expect(drafted.ok ? undefined : drafted.problem).toMatchObject({
    status: 403,
    code: 'no-clause',
    detail: expect.stringMatching(/^「刑满释放衔接」需要两地合作协议中允许共享.*身份信息.*的生效条款，目前没有$/),
  });
  expect(tracesIn(await filesOf('guizhou'), day.personas.personal)).toEqual([]);
});

test('two cases at once, and neither leaves a trace in the third province', async () => {
  await seedAgreement(own.provinces, 'sichuan', 'guizhou');
  await seedAgreement(own.provinces, 'guizhou', 'chongqing');
  const [one, two] = [await aDay(2), await aDay(3)];
  const [fromSichuan, fromGuizhou] = await Promise.all([
    carryOut(one, chengduPrison, honghuagang),
    carryOut(two, zunyiPrison, yubei),
  ]);
  await own.provinces.drain();
  for (const [day, handover, involved, third] of [
    [one, fromSichuan, ['sichuan', 'guizhou'], 'chongqing'],
    [two, fromGuizhou, ['guizhou', 'chongqing'], 'sichuan'],
  ] as const) {
    const page = await handover.at(handover.origin);
    const shared = page.timeline.flatMap(({ fields }) => fields).find(({ name }) => name === 'residentId')?.value;
    const values = [...day.personas.personal, page.id, page.number ?? '', ...page.timeline.map(({ hash }) => hash)];
    expect(tracesIn(await filesOf(third), values)).toEqual([]);
    // The search can find: those who share the case have it on disk.
    for (const province of involved)
      expect(tracesIn(await filesOf(province), [String(shared), page.id])).toHaveLength(2);
    const outsider = await day.officer(third === 'chongqing' ? yubei.officer : chengduPrison.officer);
    const found = await outsider.page(handover.ref);
    expect(found.ok ? '' : found.problem.code).toBe('not-found');
    const files = await Promise.all(
      [handover.origin, handover.counterpart].map(async ({ province, officer }) => ({
        name: province,
        text: granted(await (await day.officer(officer)).export(handover.ref)),
      })),
    );
    expect(await verifyExports(files, { workflows })).toMatchObject({ sound: true, events: page.sequence });
  }
  expect(own.errors).toEqual([]);
  expect(own.alarms).toEqual([]);
}, 60_000);
