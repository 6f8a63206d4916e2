import { openSqlite } from '@chuanyu/collections';
import type { Message } from '@chuanyu/contracts';
import { signDraft, takeStep, type CaseDocument, type Who } from '@chuanyu/engine';
import { openSqliteLog, partitionOf, PARTITIONS, type EventLog } from '@chuanyu/event-log';
import { FixedClock, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import {
  CaseKeeper,
  CaseReceiver,
  casesOf,
  Fences,
  historyOf,
  StandingBook,
  standingOf,
  type ArchivedLink,
  type StandingState,
} from '@chuanyu/service';
import { releaseHandover, workflows } from '@chuanyu/workflows';
import { leader, planned, prison, resettlement, verified } from './house';

/** One replica with its own part in a restore, without an exchange: messages are carried by hand, in the order that hurts. */
const clock = new FixedClock(Date.parse('2026-11-23T01:00:00.000Z'));
const replica = async (province: string, without: ReadonlySet<number>) => {
  const database = await openSqlite({ file: ':memory:' });
  const log: EventLog = await openSqliteLog({ file: ':memory:', clock });
  const book = new StandingBook(await database.collection<StandingState>(standingOf('prison')));
  await book.load();
  const keeper = new CaseKeeper({
    province,
    domain: 'prison',
    directory: twoProvinces,
    workflows: workflows.of('prison'),
    clock,
    calendar: publishedCalendar,
    epoch: () => book.now.epoch,
    cases: await database.collection<CaseDocument>(casesOf('prison')),
    history: await database.collection<ArchivedLink>(historyOf('prison')),
    clauses: { covering: () => ({ clause: 'agreement/1' }) },
    without,
  });
  await log.declare([{ name: 'prison.events' }]);
  const receiver = new CaseReceiver(keeper, undefined, undefined, new Fences({ keeper, book, log }));
  const outbox = async (): Promise<Message[]> => {
    const pending = await keeper.options.cases.pending(1000);
    await keeper.options.cases.settle(pending.map(({ id }) => id));
    return pending.map(({ value }) => value as Message).filter((message) => message.to !== null);
  };
  return { keeper, book, receiver, outbox, log, close: () => Promise.all([database.close(), log.close()]) };
};
type Replica = Awaited<ReturnType<typeof replica>>;
const deliver = async (to: Replica, from: string, messages: readonly Message[]): Promise<void> => {
  for (const message of messages) {
    const partition = 'case' in message ? partitionOf(message.case, PARTITIONS) : 0;
    await to.receiver.receive({ ...structuredClone(message), from }, { partition });
  }
};
const take = (at: Replica, id: string, step: string, form: unknown, who: Who, key: string) =>
  at.keeper.change(id, (work, context) =>
    takeStep(work, context, { step, form, key, fingerprint: 'f', who, overrides: [] }),
  );

/** 四川 writes an event that is still in flight when its disk is lost; restored, it writes another one in the same place. */
const overtaken = async (without: ReadonlySet<number>): Promise<string | undefined> => {
  const [sichuan, chongqing] = [await replica('sichuan', without), await replica('chongqing', without)];
  const notice = {
    name: '张三',
    residentId: '510107199003077216',
    offence: '盗窃罪',
    sentence: '三年',
    releaseDate: '2027-06-28',
    household: '500112',
    address: '某路1号',
    keyPerson: false,
    risk: '低',
  };
  const opened = await sichuan.keeper.open(releaseHandover, {
    step: 'notify',
    form: notice,
    key: 'k',
    fingerprint: 'f',
    who: prison,
    overrides: [],
    to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
  });
  const { id } = opened.kept.document;
  await sichuan.keeper.change(id, (work, context) => signDraft(work, context, opened.taken.what, leader));
  await deliver(chongqing, 'sichuan', await sichuan.outbox());
  await take(chongqing, id, 'verify', verified, resettlement, 'v');
  await deliver(sichuan, 'chongqing', await chongqing.outbox());
  await sichuan.outbox();
  const backup = await sichuan.keeper.get(id);
  await take(sichuan, id, 'plan', planned, prison, 'p');
  const inFlight = await sichuan.outbox();

  // The restore: the document as the backup has it, the next epoch, the fence, and then another plan.
  const lost = await sichuan.keeper.get(id);
  await sichuan.keeper.options.cases.replace(backup?.document ?? opened.kept.document, lost?.version ?? '');
  await sichuan.book.update(() => ({ epoch: 2 }));
  const partition = partitionOf(id, PARTITIONS);
  await chongqing.receiver.receive(
    { kind: 'fence', from: 'sichuan', to: 'chongqing', epoch: 2, domain: 'prison', partition, nonce: 'n', next: 2 },
    { partition },
  );
  await take(sichuan, id, 'plan', { ...planned, advice: '另一份建议' }, prison, 'p2');
  const after = await sichuan.outbox();

  await deliver(chongqing, 'sichuan', inFlight);
  await deliver(chongqing, 'sichuan', after);
  const [ours, theirs] = [await sichuan.keeper.get(id), await chongqing.keeper.get(id)];
  await Promise.all([sichuan.close(), chongqing.close()]);
  return theirs?.document.status === 'live' && theirs.document.head.hash === ours?.document.head.hash
    ? 'equal'
    : theirs?.document.status;
};

it('applies nothing of an epoch that its sender has left, so that what was in flight cannot overtake a restore', async () => {
  expect(await overtaken(new Set())).toBe('equal');
});
it('forks where that rule is switched off (protocol 24)', async () => {
  expect(await overtaken(new Set([24]))).toBe('frozen');
});
it('answers the same fence again with the same, and calls an older one stale', async () => {
  const chongqing = await replica('chongqing', new Set());
  const fence = {
    kind: 'fence',
    from: 'sichuan',
    to: 'chongqing',
    epoch: 5,
    domain: 'prison',
    partition: 0,
    nonce: 'n',
    next: 5,
  } as const;
  for (const each of [fence, fence, { ...fence, nonce: 'other' }, { ...fence, nonce: 'old', next: 3 }])
    await chongqing.receiver.receive(each, { partition: 0 });
  const { records } = await chongqing.log.read('prison.events', { limit: 10 });
  expect(records.map(({ value }) => value)).toMatchObject([
    { granted: true, known: 5, nonce: 'n' },
    { granted: true, known: 5, nonce: 'n' },
    { granted: false, known: 5, nonce: 'other' },
    { granted: false, known: 5, nonce: 'old' },
  ]);
  await chongqing.close();
});
