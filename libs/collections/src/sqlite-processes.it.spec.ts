import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CASES, type CaseFile } from './contract/stage';
import { each } from './each';
import { openSqlite } from './sqlite';

const SAVER = join(__dirname, 'fixtures', 'saver.ts');
/** The seed of the moments of death; a failing round is repeated with it. */
const SEED = 20260;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collections-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the fixture; resolves with the ids that it acknowledged, being killed once there are `enough` of them. */
async function acknowledged(args: readonly string[], enough = Infinity): Promise<string[]> {
  const child = spawn(process.execPath, ['-r', '@swc-node/register', SAVER, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let wrong = '';
  child.stderr.on('data', (chunk) => (wrong += String(chunk)));
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
    if (out.split('\n').length > enough) child.kill('SIGKILL');
  });
  await once(child, 'close');
  if (wrong !== '') throw new Error(wrong);
  const lines = out.split('\n');
  // A line that was cut by the kill was not yet said.
  return lines.slice(0, -1);
}

test('what was acknowledged before a kill -9 is there with its messages, and nothing is there by half', async () => {
  const file = join(folder, 'cases.db');
  const told: string[] = [];
  for (let round = 0; round < 20; round++) {
    const enough = 1 + ((SEED * (round + 1) * 7919) % 97);
    told.push(...(await acknowledged([file, `round${round}`], enough)));

    const database = await openSqlite({ file });
    const cases = await database.collection<CaseFile>({ name: 'cases', ...CASES });
    const kept: string[] = [];
    for await (const { document } of each(cases, { limit: 1000 })) kept.push(document.id);
    const messages = (await cases.pending(100_000)).map(({ id }) => id);
    expect(await cases.count({ where: { words: { all: ['all'] } } })).toBe(kept.length);
    await database.close();
    expect(told.filter((id) => !kept.includes(id))).toEqual([]);
    expect(messages.sort()).toEqual(kept.flatMap((id) => [`m1 ${id}`, `m2 ${id}`]).sort());
  }
  expect(told.length).toBeGreaterThanOrEqual(20);
  const plain = new DatabaseSync(file);
  expect(plain.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  plain.close();
}, 120_000);

test('two processes and we save into one file at once: every claim has one holder, nobody waits in vain', async () => {
  const file = join(folder, 'cases.db');
  const slots = 150;
  const database = await openSqlite({ file });
  const cases = await database.collection<CaseFile>({ name: 'cases', ...CASES });
  const others = [acknowledged([file, 'p', String(slots)]), acknowledged([file, 'q', String(slots)])];
  let running = true;
  const ended = Promise.all(others).finally(() => (running = false));
  const own: string[] = [];
  // From the last slot down, so that we meet the others in the middle whoever starts first; then other saves until they end.
  for (let turn = 0; running || turn < slots; turn++) {
    const id = `own-${turn}`;
    const claims = turn < slots ? [`slot ${slots - 1 - turn}`] : [];
    const [saved] = await Promise.allSettled([cases.insert({ id, claims })]);
    if (saved?.status === 'fulfilled') own.push(id);
    else expect(saved?.reason).toMatchObject({ path: 'claims' });
  }
  const told = [...own, ...(await ended).flat()];
  const kept = await Promise.all(told.map((id) => cases.get(id)));
  expect(kept.filter((one) => one === undefined)).toEqual([]);
  expect(await cases.count()).toBe(told.length);
  const held = kept.flatMap((one) => one?.document.claims ?? []);
  expect(held.length).toBe(slots);
  expect(new Set(held).size).toBe(slots);
  await database.close();
}, 60_000);
