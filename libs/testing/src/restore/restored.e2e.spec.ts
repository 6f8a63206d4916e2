import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseDocument } from '@chuanyu/engine';
import type { Provinces } from '@chuanyu/provinces';
import { House, keeperOf, openHandover as open, planned, prison, resettlement, take as step, verified } from './house';

jest.setTimeout(180_000);
let house: House;
let folder: string;
const both = async (provinces: Provinces, id: string): Promise<readonly (CaseDocument | undefined)[]> =>
  Promise.all(['sichuan', 'chongqing'].map(async (each) => (await keeperOf(provinces, each).get(id))?.document));
const backup = (to: string) => cp(join(folder, 'sichuan'), to, { recursive: true });

beforeEach(async () => {
  house = await House.make();
  folder = house.folder;
});
afterEach(() => house.end());

it('refuses to start on a database that is older than its log, unless that was declared', async () => {
  const first = await house.start();
  await open(first, 'one');
  await first.drain();
  await house.stop(first);
  await backup(`${folder}/backup`);
  const second = await house.start();
  await second.drain();
  await house.stop(second);
  for (const file of ['cases.db', 'cases.db-wal', 'cases.db-shm'])
    await rm(join(folder, 'sichuan', file), { force: true });
  await cp(`${folder}/backup/cases.db`, join(folder, 'sichuan', 'cases.db'));
  await expect(house.start()).rejects.toThrow('older than the log');
});

it.each([
  ['the log survived', false],
  ['the log went back too', true],
])('brings a restored province back to where it was: %s', async (_, logToo) => {
  const first = await house.start();
  const [one, other] = [await open(first, 'one'), await open(first, 'other')];
  await first.drain();
  await step(first, 'chongqing', one, 'verify', verified, resettlement);
  await first.drain();
  await house.stop(first);
  await backup(`${folder}/backup`);

  const second = await house.start();
  await step(second, 'sichuan', one, 'plan', planned, prison);
  await step(second, 'chongqing', other, 'verify', verified, resettlement);
  const late = await open(second, 'late');
  await second.drain();
  const before = await both(second, one);
  expect(before[0]?.head.hash).toBe(before[1]?.head.hash);
  await house.stop(second);

  // The disk is lost; what is put back is the backup.
  const files = ['cases.db', 'cases.db-wal', 'cases.db-shm', ...(logToo ? ['log.db', 'log.db-wal', 'log.db-shm'] : [])];
  for (const file of files) await rm(join(folder, 'sichuan', file), { force: true });
  for (const file of files) await cp(`${folder}/backup/${file}`, join(folder, 'sichuan', file)).catch(() => undefined);

  const third = await house.start(['sichuan']);
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
  const first = await house.start();
  const one = await open(first, 'one');
  await first.drain();
  await house.stop(first);
  const again = await house.start(['sichuan']);
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

it('puts everything out again through a log that was made anew', async () => {
  const first = await house.start();
  const [one, other] = [await open(first, 'one'), await open(first, 'other')];
  await first.drain();
  await step(first, 'chongqing', other, 'verify', verified, resettlement);
  await first.drain();
  first.cut();
  // Neither the step nor the ask has crossed when the log that holds them is lost.
  await step(first, 'sichuan', other, 'plan', planned, prison);
  expect((await step(first, 'sichuan', one, 'cancel', { reason: '改判' }, prison)).as).toBe('ask');
  await first.province('sichuan').settle();
  await house.stop(first);
  for (const file of ['log.db', 'log.db-wal', 'log.db-shm']) await rm(join(folder, 'sichuan', file), { force: true });
  const second = await house.start();
  await second.drain(8);
  for (const [id, state] of [
    [one, 'cancelled'],
    [other, 'planned'],
  ] as const) {
    const [ours, theirs] = await both(second, id);
    expect([ours?.head.state, theirs?.head.state]).toEqual([state, state]);
    expect(theirs?.head.hash).toBe(ours?.head.hash);
  }
});
