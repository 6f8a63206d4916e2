import { setTimeout as pause } from 'node:timers/promises';
import { hashOf, type StepEvent } from '@chuanyu/contracts';
import type { Load } from './load.fixture';
import { eventually } from './stage.fixture';

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

/**
 * What was acknowledged stands exactly once, in both provinces, in one chain without a gap; numbers have no gap and no
 * repetition; the lists say what the cases say. For a load that has ended.
 */
export const allStandsOnce = async (load: Load): Promise<void> => {
  expect(load.unexpected).toEqual([]);
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
      load.patience,
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

  // Lists follow the cases, within seconds of a store or log that was away.
  await soon(load.patience, async () => {
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
  });
};

/** Until it throws no more. */
const soon = async (milliseconds: number, check: () => Promise<void>): Promise<void> => {
  for (const end = performance.now() + milliseconds; ;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(200);
    }
  }
};
