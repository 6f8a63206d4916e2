import { type Collection, type Database, openSqlite } from '@chuanyu/collections';
import { FixedClock, twoProvinces } from '@chuanyu/reference';
import argon2 from 'argon2';
import { type Account, type AccountSettings, PasswordAccounts, accountDefinition } from './accounts';
import { officersOfTwo } from './seed';
import { isDenial } from './denial';

const ZHOU = 'sc.zhouwei';
const PASSWORD = 'correct horse 电池';
let database: Database;
let kept: Collection<Account>;
let clock: FixedClock;

beforeEach(async () => {
  database = await openSqlite({ file: ':memory:' });
  kept = await database.collection<Account>(accountDefinition);
  clock = new FixedClock(Date.parse('2026-11-22T02:00:00.000Z'));
});
afterEach(() => database.close());

const accounts = (settings?: AccountSettings) =>
  new PasswordAccounts(kept, (id) => officersOfTwo.officer(id), clock, settings);
const withZhou = async (settings?: AccountSettings) => {
  const made = accounts(settings);
  expect(await made.setPassword(ZHOU, PASSWORD)).toBeUndefined();
  return made;
};
const outcome = async (made: PasswordAccounts, password: string, officer = ZHOU) => {
  const answer = await made.signIn({ officer, password });
  return isDenial(answer) ? answer.denied : answer.id;
};

describe('signing in', () => {
  it('answers the officer', async () => {
    const made = await withZhou();
    expect(await made.signIn({ officer: ZHOU, password: PASSWORD })).toEqual(officersOfTwo.officer(ZHOU));
    expect(twoProvinces.unit(officersOfTwo.officer(ZHOU)?.unit ?? '')).toBeDefined();
  });
  it('keeps argon2id with the parameters stated, never the password', async () => {
    await withZhou();
    const digest = (await kept.get(ZHOU))?.document.digest;
    expect(digest).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(digest).not.toContain('horse');
  });
  it('refuses without saying why', async () => {
    const made = await withZhou();
    expect(await outcome(made, 'wrong')).toBe('wrong-password');
    expect(await outcome(made, '')).toBe('wrong-password');
    expect(await outcome(made, 'x'.repeat(100_000))).toBe('wrong-password');
    expect(await outcome(made, PASSWORD, 'sc.nobody')).toBe('unknown');
    const [wrong, unknown] = await Promise.all([
      made.signIn({ officer: ZHOU, password: 'wrong' }),
      made.signIn({ officer: 'sc.nobody', password: 'wrong' }),
    ]);
    expect(isDenial(wrong) && isDenial(unknown) && wrong.message === unknown.message).toBe(true);
  });
  it('takes as long for an unknown or locked account: one hash weighed, one save', async () => {
    const made = await withZhou({ attempts: 1 });
    await outcome(made, PASSWORD, 'sc.nobody');
    const work = async (officer: string) => {
      const verify = jest.spyOn(argon2, 'verify');
      const replace = jest.spyOn(kept, 'replace');
      const code = await outcome(made, 'wrong', officer);
      const done = [code, verify.mock.calls.length, replace.mock.calls.length];
      verify.mockRestore();
      replace.mockRestore();
      return done;
    };
    expect(await work(ZHOU)).toEqual(['wrong-password', 1, 1]);
    expect(await work(ZHOU)).toEqual(['locked', 1, 1]);
    for (const unknown of ['sc.nobody', '-', '', '\ud800', '$where', 'x'.repeat(9999)]) {
      expect(await work(unknown)).toEqual(['unknown', 1, 1]);
    }
  });
  it('signs nobody in who is no officer any more', async () => {
    await withZhou();
    const made = new PasswordAccounts(kept, () => undefined, clock);
    expect(await outcome(made, PASSWORD)).toBe('no-officer');
  });
  it('takes the same characters typed differently', async () => {
    const made = accounts();
    await made.setPassword(ZHOU, 'ＡＢＣ12345678９0');
    expect(await outcome(made, 'ABC1234567890')).toBe(ZHOU);
  });
});

describe('repeated failures', () => {
  it('lock the account, also for the right password, until the time is over', async () => {
    const made = await withZhou({ attempts: 3 });
    for (let i = 0; i < 3; i++) expect(await outcome(made, 'wrong')).toBe('wrong-password');
    expect(await outcome(made, PASSWORD)).toBe('locked');
    clock.advance(15 * 60_000 - 1);
    expect(await outcome(made, PASSWORD)).toBe('locked');
    clock.advance(1);
    expect(await outcome(made, 'wrong')).toBe('wrong-password');
    expect(await outcome(made, PASSWORD)).toBe(ZHOU);
  });
  it('are forgotten after a success', async () => {
    const made = await withZhou({ attempts: 3 });
    for (const password of ['a', 'b', PASSWORD, 'c', 'd', PASSWORD]) await outcome(made, password);
    expect((await kept.get(ZHOU))?.document).toMatchObject({ failures: 0, lastFailure: null });
  });
  it('at once get no more guesses than one after another, over two processes too', async () => {
    const one = await withZhou({ attempts: 3 });
    const other = accounts({ attempts: 3 });
    const verify = jest.spyOn(argon2, 'verify');
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) => outcome(i % 2 ? one : other, `guess ${i}`)),
    );
    verify.mockRestore();
    expect(outcomes.filter((code) => code === 'wrong-password')).toHaveLength(3);
    expect(outcomes.filter((code) => code === 'locked')).toHaveLength(9);
  });
  it('do not come of many good sign-ins at once', async () => {
    const made = await withZhou({ attempts: 3 });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcome(made, PASSWORD)));
    expect(new Set(outcomes)).toEqual(new Set([ZHOU]));
  });
  it('are undone by a new password', async () => {
    const made = await withZhou({ attempts: 1 });
    await outcome(made, 'wrong');
    await made.setPassword(ZHOU, 'another long password');
    expect(await outcome(made, 'another long password')).toBe(ZHOU);
    expect(await outcome(made, PASSWORD)).toBe('wrong-password');
  });
});

describe('a password', () => {
  test.each([
    ['elevenchars', 'too-short'],
    ['x'.repeat(257), 'too-long'],
    ['eleven char\ud800', 'unreadable'],
    ['my SC.ZhouWei 1', 'contains-id'],
  ])('%j: %s', async (password, code) => {
    expect((await accounts().setPassword(ZHOU, password))?.code).toBe(code);
    expect(await kept.get(ZHOU)).toBeUndefined();
  });
  it('may be short where the setting says so', async () => {
    expect(await accounts({ minimumLength: 4 }).setPassword(ZHOU, 'kurz')).toBeUndefined();
  });
  it('hashed with weaker parameters is hashed anew at the next sign-in', async () => {
    const digest = await argon2.hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await kept.insert({ id: ZHOU, digest, failures: 0, lastFailure: null });
    expect(await outcome(accounts(), PASSWORD)).toBe(ZHOU);
    expect((await kept.get(ZHOU))?.document.digest).toContain('m=19456,p=1,t=2');
  });
});
