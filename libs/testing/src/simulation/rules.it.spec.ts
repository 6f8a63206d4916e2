import { calm } from './border';
import { faultsOf } from './oracle';
import { openStores } from './province';
import { byScenario, notSimulated, stepsOfRules, switchedRules } from './rules';
import { Schedule } from './schedule';
import { Simulation } from './simulate';
import { testOrSkip } from '../skip';

const simulation = new Simulation();
afterAll(() => simulation.close());

const without = (rule: number): ReadonlySet<number> => new Set([rule]);

describe.each(switchedRules)('without rule $rule ($text): $off', ({ rule, seed }) => {
  test('a schedule turns red, that is green with it', async () => {
    for (let at = seed; at < seed + 150; at++) {
      const red = await simulation.run({ seed: at, steps: stepsOfRules, without: without(rule) });
      if (red.faults.length === 0) continue;
      const green = await simulation.run({ seed: at, steps: stepsOfRules, without: new Set() });
      expect(green.faults).toEqual([]);
      return;
    }
    throw new Error(`no schedule from seed ${seed} on shows rule ${rule}`);
  }, 600_000);
});

/** Chongqing writes two events, the first is lost; while Sichuan asks for it, Chongqing suspends the clause. */
const repairUnderSuspendedClause = async (rules: ReadonlySet<number>): Promise<readonly string[]> => {
  const stores = { sichuan: await openStores(), chongqing: await openStores() };
  const schedule = Schedule.quiet({ seed: 11, steps: 0, without: rules }, stores);
  const { border, provinces } = schedule;
  await schedule.desk.openAndSign(provinces.sichuan);
  await schedule.calmly();
  await schedule.desk.comment(provinces.chongqing);
  await border.relay(provinces.chongqing);
  border.lose(1);
  await schedule.desk.comment(provinces.chongqing);
  await border.relay(provinces.chongqing);
  while (await border.deliver(calm, { to: 'sichuan' }));
  await border.relay(provinces.sichuan);
  provinces.chongqing.suspended.add('agreement/1').add('agreement/2');
  while (await border.deliver(calm));
  await schedule.heal();
  const faults = await faultsOf(schedule);
  await Promise.all([stores.sichuan.database.close(), stores.chongqing.database.close()]);
  return faults;
};
test.each(byScenario)('without rule $rule ($text): $off', async ({ rule }) => {
  expect(await repairUnderSuspendedClause(new Set())).toEqual([]);
  expect(await repairUnderSuspendedClause(without(rule))).toContainEqual(
    expect.stringContaining('crossed without a live clause'),
  );
});

for (const { rule, text, why } of notSimulated) testOrSkip(`rule ${rule}: ${text}`, why, () => undefined);
