import { SEED_PASSWORD } from '@chuanyu/provinces';
import { Day } from './demo/day';
import { OwnProvinces } from './demo/own';
import { workingDay } from './demo/working-day';

const seed = Math.floor(Math.random() * 1e9);

test(`a working day of two provinces, as script/demo --seed ${seed} tells it, is in order`, async () => {
  const told: string[] = [];
  const own = await OwnProvinces.start({ projects: true });
  const say = (line: string) => void told.push(line);
  const day = new Day({ urls: own.urls, password: SEED_PASSWORD, seed, say, inside: own });
  try {
    await workingDay(day);
  } finally {
    await own.stop();
  }
  expect(told.filter((line) => line.includes('✗'))).toEqual([]);
  expect(day.failures).toEqual([]);
  expect(own.errors).toEqual([]);
  expect(own.alarms).toEqual([]);
  expect(day.passed).toBeGreaterThan(150);
}, 90_000);
