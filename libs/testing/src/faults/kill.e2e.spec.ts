import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditLog, auditDefinition, verifyAudit, type AuditBlock } from '@chuanyu/access';
import { openSqlite } from '@chuanyu/collections';
import { realTime, today } from '@chuanyu/reference';
import { Load } from './load.fixture';
import { allStandsOnce } from './oracle.fixture';
import { BothProvinces } from './process.fixture';

/** More by `CHUANYU_KILLS=200`. */
const KILLS = Number(process.env.CHUANYU_KILLS ?? 20);
const SECONDS_PER_KILL = 6;

let folder: string;
let both: BothProvinces;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
  both = new BothProvinces(folder);
});
afterAll(async () => {
  await both.kill();
  await rm(folder, { recursive: true, force: true });
});

test(
  `killed ${KILLS} times under load: what was acknowledged stands exactly once on both sides`,
  async () => {
    await both.start();
    const load = new Load(both, today(realTime), `run-${KILLS}`);
    const working = load.work(6);
    let failed: unknown;
    working.catch((error: unknown) => (failed = error));
    for (let n = 0; n < KILLS && failed === undefined; n += 1) {
      await pause(300 + Math.random() * 700);
      await both.kill();
      await both.start();
    }
    load.end();
    await working;
    expect(both.lives).toBeGreaterThan(KILLS);
    expect(load.promised.length).toBeGreaterThan(both.lives);
    await allStandsOnce(load);

    expect(await both.stop()).toBe(0);
    for (const province of ['sichuan', 'chongqing']) {
      const database = await openSqlite({ file: join(folder, province, 'cases.db') });
      const audit = new AuditLog(await database.collection<AuditBlock>(auditDefinition), realTime);
      expect(await verifyAudit(audit.rows())).toMatchObject({ sound: true });
      await database.close();
    }
    expect(both.complaints).toEqual([]);
    expect(Math.max(...both.starts.slice(1))).toBeLessThan(10_000);
    if (process.env.CHUANYU_KILLS !== undefined)
      process.stdout.write(
        `${both.lives - 1} kills, ${load.cases.size} cases, ${load.promised.length} steps promised, ${load.repeated} calls repeated; ` +
          `starts in ms: ${both.starts.map(Math.round).join(' ')}\n`,
      );
  },
  60_000 + KILLS * SECONDS_PER_KILL * 1000,
);
