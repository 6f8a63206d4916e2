import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Hall, inmate, prison, slot } from './hall.fixture';

const CONTENDER = join(__dirname, 'contender.fixture.ts');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visits-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Two processes at once; the lines that each told. */
const both = (args: (name: string) => readonly string[]): Promise<readonly (readonly string[])[]> =>
  Promise.all(
    ['a', 'b'].map(async (name) => {
      const { NODE_OPTIONS: _, ...env } = process.env;
      const command = ['-r', '@swc-node/register', CONTENDER, ...args(name)];
      const { stdout } = await promisify(execFile)(process.execPath, command, { env, maxBuffer: 2 ** 24 });
      return stdout.trim().split('\n');
    }),
  );
/** Cases of these people, which wait for the prison's answer. */
const applied = async (people: readonly string[], into: Hall): Promise<readonly string[]> => {
  const office = await Hall.open('chongqing');
  const ids = await Promise.all(people.map((each, n) => office.apply(each, `key ${n}`)));
  const { numbers } = await office.claims();
  // No number twice, none left out.
  expect(new Set(numbers)).toEqual(new Set(ids.map((_, n) => `number 渝监会〔2026〕${n + 1}号`)));
  await office.carry(into);
  await office.database.close();
  return ids;
};

test('given a thousand applications and ten half-hours, when all are approved at once, then ten are, and the others see what is free', async () => {
  const hall = await (await Hall.open('sichuan')).furnish(1000);
  const people = Array.from({ length: 1000 }, (_, n) => inmate(n));
  const ids = await applied(people, hall);
  // Ten half-hours, and nobody has one yet: every draft is in order.
  const drafts = await Promise.all(ids.map((id, n) => hall.draft(id, slot(n % 10))));
  const refusals = await Promise.all(ids.map((id, n) => hall.sign(id, drafts[n] ?? '')));
  expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(10);
  const { rooms, visits } = await hall.claims();
  const wanted = Array.from(
    { length: 10 },
    (_, n) => `prison.remote-visit#0 ${prison} ${slot(n).room} ${slot(n).start}`,
  );
  expect(rooms).toEqual(wanted.sort());
  expect(visits).toHaveLength(10);
  const last = refusals.findLast((refusal) => refusal !== undefined);
  expect(last).toMatchObject({ code: 'claim-taken', detail: '该时段已有会见', more: { free: [{}, {}, {}] } });
  // Whoever is refused when all are gone is offered what is really free.
  const late = await hall.sign(ids[999] ?? '', drafts[999] ?? '');
  const free = [slot(10), slot(11), slot(12)];
  expect(late?.more['free']).toEqual(free);
  // Who drafts such a thing now is told at once, and not the leader.
  const again = hall.draft(ids[999] ?? '', slot(3), 'again');
  await expect(again).rejects.toMatchObject({ code: 'claim-taken', more: { free } });
  await hall.database.close();
}, 300_000);

test('given a quota of two a month, when two hundred half-hours are approved for one person at once, then two are', async () => {
  const hall = await (await Hall.open('sichuan')).furnish(1);
  const ids = await applied(
    Array.from({ length: 200 }, () => inmate(0)),
    hall,
  );
  const drafts = await Promise.all(ids.map((id, n) => hall.draft(id, slot(n))));
  const refusals = await Promise.all(ids.map((id, n) => hall.sign(id, drafts[n] ?? '')));
  expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(2);
  expect(refusals.find((refusal) => refusal !== undefined)?.detail).toBe('本月会见次数已满');
  const { rooms, visits } = await hall.claims();
  expect([rooms.length, visits]).toEqual([
    2,
    [1, 2].map((n) => `prison.remote-visit#1 ${prison} ${inmate(0)} 2026-11 ${n}`),
  ]);
  await hall.database.close();
}, 180_000);

test('given two processes on one store, when both approve into the same ten half-hours, then each has one visit', async () => {
  const file = join(folder, 'cases.db');
  const hall = await (await Hall.open('sichuan', file)).furnish(100);
  const ids = await applied(
    Array.from({ length: 100 }, (_, n) => inmate(n)),
    hall,
  );
  const told = await both((name) => [
    'approve',
    file,
    name,
    ...ids.flatMap((id, n) => (n % 2 === (name === 'a' ? 0 : 1) ? [`${id}=${Math.floor(n / 2) % 10}`] : [])),
  ]);
  const { rooms, visits } = await hall.claims();
  expect(new Set(rooms).size).toBe(10);
  expect([rooms.length, visits.length]).toEqual([10, 10]);
  const won = told.flat().filter((line) => line !== '');
  expect(new Set(won).size).toBe(10);
  await hall.database.close();
}, 180_000);

test('given two processes on one store, when both open cases at once, then no number is given twice, and none is left out', async () => {
  const file = join(folder, 'office.db');
  const hall = await Hall.open('chongqing', file);
  const told = await both((name) => ['open', file, name, '60']);
  expect(new Set(told.flat()).size).toBe(120);
  const { numbers } = await hall.claims();
  expect(new Set(numbers)).toEqual(new Set(told.flat().map((_, n) => `number 渝监会〔2026〕${n + 1}号`)));
  await hall.database.close();
}, 180_000);
