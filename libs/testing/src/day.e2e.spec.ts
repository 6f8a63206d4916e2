import { rightsOf, SEED_PASSWORD, type Rights } from '@chuanyu/provinces';
import { workflows } from '@chuanyu/workflows';
import { Day } from './demo/day';
import { OwnProvinces } from './demo/own';
import { workingDay } from './demo/working-day';

const seed = Math.floor(Math.random() * 1e9);
const told: string[] = [];
let own: OwnProvinces;
let day: Day;

beforeAll(async () => {
  own = await OwnProvinces.start({ projects: true });
  const say = (line: string) => void told.push(line);
  day = new Day({ urls: own.urls, password: SEED_PASSWORD, seed, say, inside: own });
  try {
    await workingDay(day);
  } finally {
    await own.stop();
  }
}, 240_000);

test(`a working day of two provinces, as script/demo --seed ${seed} tells it, is in order`, () => {
  expect(told.filter((line) => line.includes('✗'))).toEqual([]);
  expect(day.failures).toEqual([]);
  expect(own.errors).toEqual([]);
  expect(own.alarms).toEqual([]);
  expect(day.passed).toBeGreaterThan(150);
});

describe.each([
  ['sichuan', 'chongqing'],
  ['chongqing', 'sichuan'],
])('what users of Kafka may do at %s', (province, peer) => {
  const rights = rightsOf({ province, peers: [peer], workflows });
  const granted = lines(rights);

  test('is enough for all that they did', () => {
    const done = [...own.logs.at(province)].filter((line) => !line.includes(' declares '));
    expect(done.length).toBeGreaterThan(60);
    expect(done.filter((line) => !granted.some((may) => covers(may, line)))).toEqual([]);
    // A service sees only the topics that it may read or write: it must declare no other.
    const declared = [...own.logs.at(province)].filter((line) => line.includes(' declares '));
    const seen = (line: string) => ['writes', 'reads'].some((act) => granted.includes(line.replace('declares', act)));
    expect(declared.length).toBeGreaterThan(30);
    expect(declared.filter((line) => !seen(line))).toEqual([]);
  });

  test('is no more than they did, but for what a day does not bring', () => {
    const done = [...own.logs.at(province)];
    const unused = granted
      .filter((may) => !/^(services|integrator) /.test(may))
      .filter((may) => !done.some((line) => covers(may, line)));
    expect(unused.filter((may) => !reasons(province, peer).some(([pattern]) => pattern.test(may)))).toEqual([]);
    // A reason that excuses nothing is old.
    for (const [pattern, why] of reasons(province, peer))
      expect([why, unused.some((may) => pattern.test(may))]).toEqual([why, true]);
  });
});

/** Granted, and not used on such a day: why it is right that it is granted. */
const reasons = (province: string, peer: string): readonly (readonly [RegExp, string])[] => [
  [/^(?<domain>\S+) reads \k<domain>\.events$/, 'after a restore a service replays what it had said'],
  [
    new RegExp(`^exchange writes (${province}\\.${peer}|${province}\\.public|${peer}\\.public)\\.`),
    'every domain has the same topics, so that a workflow that begins to cross or to publish asks for no new right',
  ],
];

function lines({ grants }: Rights): readonly string[] {
  return grants.flatMap(({ user, writes, reads, groups }) => [
    ...writes.map((name) => `${user} writes ${name}`),
    ...reads.map((name) => `${user} reads ${name}`),
    ...groups.map((name) => `${user} in ${name}`),
  ]);
}
function covers(may: string, did: string): boolean {
  return may.endsWith('*') ? did.startsWith(may.slice(0, -1)) : did === may;
}
