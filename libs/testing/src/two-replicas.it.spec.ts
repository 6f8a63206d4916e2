import { openSqlite, type Database } from '@chuanyu/collections';
import type { Message } from '@chuanyu/contracts';
import { signDraft, takeStep, wake, type CaseDocument } from '@chuanyu/engine';
import { FixedClock, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import { CaseKeeper, CaseReceiver, casesOf, historyOf, type ArchivedLink } from '@chuanyu/service';
import { releaseHandover, workflows } from '@chuanyu/workflows';

const clock = new FixedClock(Date.parse('2026-11-23T01:00:00.000Z'));
const notice = {
  name: '张三',
  residentId: '510107199003077216',
  offence: '盗窃罪',
  sentence: '有期徒刑三年',
  releaseDate: '2026-12-28',
  household: '500112',
  address: '重庆市渝北区某路1号',
  keyPerson: true,
  risk: '中',
  assessment: '平稳',
};

class Side {
  private constructor(
    readonly province: string,
    readonly database: Database,
    readonly keeper: CaseKeeper,
    readonly receiver: CaseReceiver,
  ) {}
  static async open(province: string): Promise<Side> {
    const database = await openSqlite({ file: ':memory:' });
    const keeper = new CaseKeeper({
      province,
      domain: 'prison',
      directory: twoProvinces,
      workflows: workflows.of('prison'),
      clock,
      calendar: publishedCalendar,
      epoch: () => 1,
      cases: await database.collection<CaseDocument>(casesOf('prison')),
      history: await database.collection<ArchivedLink>(historyOf('prison')),
      clauses: { covering: () => ({ clause: 'agreement/1' }) },
    });
    return new Side(province, database, keeper, new CaseReceiver(keeper));
  }
}
const carry = async (from: Side, to: Side): Promise<void> => {
  for (const outgoing of await from.keeper.options.cases.pending(1000)) {
    const message = outgoing.value as Message;
    await from.keeper.options.cases.settle([outgoing.id]);
    if (message.to === to.province) await to.receiver.receive({ ...structuredClone(message), from: from.province });
  }
};

it('carries a release handover through both replicas, an ask and a step by right included', async () => {
  const [sichuan, chongqing] = [await Side.open('sichuan'), await Side.open('chongqing')];
  const quiet = async () => {
    for (let n = 0; n < 4; n++) {
      await carry(sichuan, chongqing);
      await carry(chongqing, sichuan);
    }
  };
  const officer = { officer: 'sc.1', unit: 'sc-chengdu-prison', roles: ['release-officer'] };
  const leader = { officer: 'sc.2', unit: 'sc-chengdu-prison', roles: ['prison-leader'] };
  const resettler = { officer: 'cq.1', unit: 'cq-yubei-resettlement', roles: ['resettlement-officer'] };
  const opened = await sichuan.keeper.open(releaseHandover, {
    step: 'notify',
    form: notice,
    key: 'k1',
    fingerprint: 'f',
    who: officer,
    overrides: [],
    to: { province: 'chongqing', unit: 'cq-yubei-resettlement' },
  });
  expect(opened.taken.as).toBe('draft');
  const id = opened.kept.document.id;
  await sichuan.keeper.change(id, (work, context) => signDraft(work, context, opened.taken.what, leader));
  await quiet();
  const theirs = await chongqing.keeper.get(id);
  expect(theirs?.document.head.state).toBe('notified');
  expect(theirs?.document.opening?.number).toBe('川监衔〔2026〕1号');
  expect(theirs?.document.facts['Notice']?.private).toBeNull();
  const take = (side: Side, step: string, form: unknown, who: typeof officer) =>
    side.keeper.change(id, (work, context) =>
      takeStep(work, context, { step, form, key: `${step} key`, fingerprint: 'f', who, overrides: [] }),
    );
  await take(chongqing, 'verify', { result: '属实', familyWilling: true, housing: '租住' }, resettler);
  await quiet();
  // The prison asks for a change while it has the turn no more.
  await take(sichuan, 'plan', { opinion: '可以', advice: '帮扶' }, officer);
  const cancelled = await take(sichuan, 'cancel', { reason: '改判' }, officer);
  expect(cancelled.result.as).toBe('ask');
  await quiet();
  const [a, b] = [await sichuan.keeper.get(id), await chongqing.keeper.get(id)];
  expect(a?.document.head.state).toBe('cancelled');
  expect(a?.document.head.hash).toBe(b?.document.head.hash);
  expect(a?.document.delivered).toBe(a?.document.head.sequence);
  await sichuan.keeper.change(id, wake);
});
