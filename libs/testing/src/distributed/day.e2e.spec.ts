import { SEED_PASSWORD } from '@chuanyu/provinces';
import { Day } from '../demo/day';
import { OwnProvinces } from '../demo/own';
import { workingDay } from '../demo/working-day';
import { noServersOfOurOwn } from '../engines/none.fixture';
import { describeOrSkip } from '../skip';

const seed = Math.floor(Math.random() * 1e9);

/** The lines of a day without what differs from run to run: addresses, ids, numbers of cases, times. */
const words = (told: readonly string[]): readonly string[] =>
  told.filter((line) => /^\s*[✓✗]|^【/.test(line)).map((line) => line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '…'));

const tell = async (engine: 'embedded' | 'distributed') => {
  const told: string[] = [];
  const own = await OwnProvinces.start({ projects: true, engine });
  const day = new Day({
    urls: own.urls,
    password: SEED_PASSWORD,
    seed,
    say: (line) => void told.push(line),
    inside: own,
  });
  try {
    await workingDay(day);
  } finally {
    await own.stop();
  }
  return { told, day, own };
};

describeOrSkip('two provinces, each on a secured Kafka and a MongoDB of its own', noServersOfOurOwn, () => {
  test(`have the same working day as on files (--seed ${seed})`, async () => {
    const { told, day, own } = await tell('distributed');
    expect(told.filter((line) => line.includes('✗'))).toEqual([]);
    expect(day.failures).toEqual([]);
    expect(own.errors).toEqual([]);
    expect(own.alarms).toEqual([]);
    const embedded = await tell('embedded');
    expect(words(told)).toEqual(words(embedded.told));
  }, 900_000);
});
