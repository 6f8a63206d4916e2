import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditLog, auditDefinition, verifyAudit, type AuditBlock } from '@chuanyu/access';
import { openSqlite } from '@chuanyu/collections';
import { hashOf, type StepEvent } from '@chuanyu/contracts';
import { realTime, today } from '@chuanyu/reference';
import { Load } from './load.fixture';
import { BothProvinces } from './process.fixture';
import { eventually } from './stage.fixture';

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

interface Exported {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly events: readonly StepEvent[];
  readonly hashes: readonly unknown[];
}
const exportedBy = async (load: Load, officer: string, id: string): Promise<Exported> => {
  const text = await load.text(officer, `/api/prison/release-handover/${id}/export`);
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const links = lines.filter((line) => line['kind'] === 'link');
  return {
    lines,
    events: links.map((line) => line['event'] as StepEvent),
    hashes: links.map((line) => line['hash']),
  };
};

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
    expect(load.unexpected).toEqual([]);
    expect(both.lives).toBeGreaterThan(KILLS);
    expect(load.promised.length).toBeGreaterThan(both.lives);

    const sides = [...load.cases].map(([id, team]) => ({ id, officers: [team.officer, team.theirOfficer] as const }));
    const chains = new Map<string, Exported>();
    for (const { id, officers } of sides) {
      const pages = () => Promise.all([load.page(officers[0], id), load.page(officers[1], id)]);
      await eventually(
        `${id} has one head`,
        async () => {
          const [one, other] = await pages();
          return one.head === other.head && one.asks.every((ask) => ask.status !== 'open');
        },
        45_000,
      );
      const [one, other] = await Promise.all(officers.map((officer) => exportedBy(load, officer, id)));
      expect(one?.events).toEqual(other?.events);
      expect(one?.hashes).toEqual(one?.events.map(hashOf));
      expect(one?.events.map((event) => event.casesequence)).toEqual(one?.events.map((_, at) => at + 1));
      if (one) chains.set(id, one);
    }
    for (const promised of load.promised) {
      const found = chains
        .get(promised.case)
        ?.events.filter(({ stepkey, data }) => (data.ask?.stepkey ?? stepkey) === promised.stepkey);
      expect(found).toHaveLength(1);
      if (promised.as === 'step') expect(String(found?.[0]?.casesequence)).toBe(promised.what);
    }

    // Numbers of each province, without gap or repetition: also of cases that nobody waited for.
    for (const [province, officer, sign] of [
      ['sichuan', 'sc.zhouwei', '川'],
      ['chongqing', 'cq.yangfan', '渝'],
    ] as const) {
      const own = (await load.list(officer)).flatMap(({ number }) => (typeof number === 'string' ? [number] : []));
      const numbers = own
        .filter((number) => number.startsWith(`${sign}监衔`))
        .map((each) => Number(/(\d+)号/.exec(each)?.[1]));
      expect({ province, numbers: numbers.sort((a, b) => a - b) }).toEqual({
        province,
        numbers: numbers.map((_, at) => at + 1),
      });
      expect(numbers.length).toBeGreaterThan(0);
    }
    // The lists say what the cases say.
    for (const officer of ['sc.zhouwei', 'cq.zhangmin', 'cq.yangfan', 'sc.tangli']) {
      const rows = await load.list(officer);
      const expected = sides.filter(({ officers }) => officers.some((each) => each === officer));
      expect(rows.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
      for (const row of rows) {
        const page = await load.page(officer, String(row['id']));
        expect({ number: row['number'], state: row['state'] }).toEqual({ number: page.number, state: page.state.name });
      }
    }

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
        `${both.lives - 1} kills, ${sides.length} cases, ${load.promised.length} steps promised, ${load.repeated} calls repeated; ` +
          `starts in ms: ${both.starts.map(Math.round).join(' ')}\n`,
      );
  },
  60_000 + KILLS * SECONDS_PER_KILL * 1000,
);
