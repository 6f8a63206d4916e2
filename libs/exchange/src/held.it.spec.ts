import { openSqlite, type Collection, type Database } from '@chuanyu/collections';
import type { AskMessage, StepMessage } from '@chuanyu/contracts';
import { FixedClock } from '@chuanyu/reference';
import { HeldMessages, heldDefinition, type HeldMessage } from './held';

let database: Database;
let kept: Collection<HeldMessage>;
const clock = new FixedClock(Date.parse('2026-11-23T01:00:00.000Z'));
let gone: string[];
let told: string[];
let shut: Set<string>;
let broken: Set<string>;
beforeEach(async () => {
  database = await openSqlite({ file: ':memory:' });
  kept = await database.collection<HeldMessage>(heldDefinition);
  [gone, told, shut, broken] = [[], [], new Set(['closed']), new Set()];
});
afterEach(() => database.close());

const nameOf = (message: StepMessage | AskMessage): string =>
  message.kind === 'step' ? message.event.id : message.ask.ask;
/** As it is after every start: nothing is remembered but what is kept. */
const started = (): HeldMessages =>
  new HeldMessages(
    kept,
    'out',
    (message) => (message.kind === 'step' && shut.has(message.event.clause ?? '') ? 'shut' : undefined),
    async (message) => {
      if (broken.has(message.case)) throw new Error('no key');
      gone.push(nameOf(message));
    },
    () => clock.now(),
    async (message, why) => void told.push(`${nameOf(message)} ${why}`),
  );
const step = (id: string, sequence: number, clause: string): StepMessage =>
  ({ kind: 'step', case: id, event: { id: `${id}/${sequence}`, clause } }) as unknown as StepMessage;

test('what comes behind a held message waits too, though its own clause is live, and all go in order', async () => {
  const held = started();
  await held.pass(step('a', 1, 'closed'));
  await held.pass(step('a', 2, 'open'));
  await held.pass(step('b', 1, 'open'));
  expect(gone).toEqual(['b/1']);
  expect(told).toEqual(['a/1 shut', 'a/2 排在此前暂存的记录之后（shut）']);
  clock.advance(1);
  const again = started();
  await again.pass(step('a', 3, 'open'));
  await again.release();
  expect(gone).toEqual(['b/1']);
  shut.clear();
  await again.release();
  expect(gone).toEqual(['b/1', 'a/1', 'a/2', 'a/3']);
  expect(await again.all()).toEqual([]);
});

test('the same message is held once, and what is held is told again when it comes again', async () => {
  const held = started();
  await held.pass(step('a', 1, 'closed'));
  await started().pass(step('a', 1, 'closed'));
  expect(await held.all()).toHaveLength(1);
  expect(told).toHaveLength(2);
});

test('a case that cannot go on keeps no other from going, and goes when it can', async () => {
  const held = started();
  for (const id of ['a', 'b', 'c']) await held.pass(step(id, 1, 'closed'));
  shut.clear();
  broken.add('a');
  await expect(held.release()).rejects.toThrow('1 held cases could not go on');
  expect(gone).toEqual(['b/1', 'c/1']);
  broken.clear();
  await held.release();
  expect(gone).toEqual(['b/1', 'c/1', 'a/1']);
});
