import { isWarned, type Clause } from '@chuanyu/engine';
import { given, type GivenCase } from '../given.fixture';
import { agreement } from './agreement';
import { clausesOfAgreement } from './clauses';

const DAY = 86_400_000;
const clauses = [
  { title: '刑满释放人员衔接', workflows: 'prison.release-handover', data: ['identity', 'business'] },
  { title: '合作清单推进', workflows: 'coordination.project', data: ['business'] },
];
const form = { title: '框架协议', effective: '2026-11-23', expires: '2027-03-31', clauses };
const proposed = (over: object = {}): GivenCase => {
  const made = given(agreement);
  made.take('liaison-officer', 'propose', { ...form, ...over });
  made.sign('liaison-leader');
  return made;
};
const inForce = (over: object = {}): GivenCase => {
  const made = proposed(over);
  made.take('peer-liaison-officer', 'join');
  made.sign('peer-liaison-leader');
  return made;
};
const clauseOf = (made: GivenCase, n: number, side: 'origin' | 'counterpart' = 'origin'): Clause | undefined =>
  clausesOfAgreement(made.at(side)).find(({ id }) => id.endsWith(`/${n}`));
const renewed = (made: GivenCase, expires: string): void => {
  made.take('liaison-officer', 'renew', { expires, reason: '继续合作' });
  made.sign('liaison-leader');
  made.take('peer-liaison-officer', 'agree-renewal');
  made.sign('peer-liaison-leader');
};
const amended = (made: GivenCase, all: readonly (object | undefined)[]): void => {
  made.take('liaison-officer', 'amend', { clauses: all, reason: '增加条款' });
  made.sign('liaison-leader');
  made.take('peer-liaison-officer', 'agree-amendment');
  made.sign('peer-liaison-leader');
};

describe('合作协议', () => {
  it('given a proposal, then it has no clause until both sides have signed', () => {
    const made = proposed();
    expect([made.state, clausesOfAgreement(made.at('origin'))]).toEqual(['proposed', []]);
    made.take('peer-liaison-officer', 'join');
    expect(clausesOfAgreement(made.at('counterpart'))).toEqual([]);
    made.sign('peer-liaison-leader');
    expect(made.state).toBe('in-force');
    for (const side of ['origin', 'counterpart'] as const)
      expect(clauseOf(made, 1, side)).toMatchObject({
        from: '2026-11-23',
        until: '2027-03-31',
        data: ['identity', 'business'],
      });
  });
  it('refuses an agreement whose clauses name no data, or are valid beyond it', () => {
    expect(() => proposed({ clauses: [{ ...clauses[0], data: [] }] })).toThrow('每个条款须写明可共享的数据类别');
    expect(() => proposed({ clauses: [{ ...clauses[0], expires: '2027-04-01' }] })).toThrow('有效期须在协议有效期之内');
    expect(() => proposed({ clauses: [{ ...clauses[0], effective: '2026-11-22' }] })).toThrow(
      '有效期须在协议有效期之内',
    );
    expect(() => proposed({ expires: '2026-11-23' })).toThrow('届满日期须晚于生效日期');
  });
  it('given a clause with a validity of its own, then it is live within that only', () => {
    const made = inForce({ clauses: [{ ...clauses[0], effective: '2026-12-01', expires: '2026-12-31' }, clauses[1]] });
    expect(clauseOf(made, 1)).toMatchObject({ from: '2026-12-01', until: '2026-12-31' });
    expect(clauseOf(made, 2)).toMatchObject({ from: '2026-11-23', until: '2027-03-31' });
  });

  it('warns both sides thirty days before it ends, once, and again after it was renewed', () => {
    const made = inForce();
    made.wait(98 * DAY);
    expect([isWarned(made.at('origin')), isWarned(made.at('counterpart'))]).toEqual([false, false]);
    made.wait(DAY);
    expect([isWarned(made.at('origin')), isWarned(made.at('counterpart'))]).toEqual([true, true]);
    const told = made.at('origin').warned;
    made.wait(DAY);
    expect(made.at('origin').warned).toEqual(told);
    renewed(made, '2027-12-31');
    expect([made.state, isWarned(made.at('origin'))]).toEqual(['in-force', false]);
    made.wait(274 * DAY);
    for (const side of ['origin', 'counterpart'] as const)
      expect(made.at(side).warned?.due).toBe('2027-12-31T16:00:00.000Z');
  });
  it('expires on its last day where nobody renews it', () => {
    const made = inForce();
    made.wait(129 * DAY);
    expect(made.state).toBe('expired');
  });

  it('given a renewal, then clauses stay live while it waits, keep their ids, and last longer once it is signed', () => {
    const made = inForce();
    const before = clauseOf(made, 1);
    made.take('liaison-officer', 'renew', { expires: '2028-03-31', reason: '继续合作' });
    made.sign('liaison-leader');
    expect(made.state).toBe('renewing');
    expect(clauseOf(made, 1, 'counterpart')).toMatchObject({ id: before?.id, until: '2027-03-31', ended: null });
    made.take('peer-liaison-officer', 'agree-renewal');
    made.sign('peer-liaison-leader');
    expect(made.at('counterpart').head.due).toBe('2028-03-31T16:00:00.000Z');
    for (const side of ['origin', 'counterpart'] as const)
      expect(clauseOf(made, 1, side)).toMatchObject({ id: before?.id, until: '2028-03-31' });
  });
  it('given a renewal that is refused, then the day stays, also for the next one', () => {
    const made = inForce();
    made.take('liaison-officer', 'renew', { expires: '2028-03-31', reason: '继续合作' });
    made.sign('liaison-leader');
    made.take('peer-liaison-officer', 'refuse-renewal', { reason: '先修订条款' });
    expect([made.state, made.at('origin').head.due, clauseOf(made, 1)?.until]).toEqual([
      'in-force',
      '2027-03-31T16:00:00.000Z',
      '2027-03-31',
    ]);
    expect(() => made.take('liaison-officer', 'renew', { expires: '2027-03-31', reason: '再议' })).toThrow(
      '须晚于现在的届满日期',
    );
  });
  it('falls late also while a renewal waits for its signature', () => {
    const made = inForce();
    made.take('liaison-officer', 'renew', { expires: '2028-03-31', reason: '继续合作' });
    made.sign('liaison-leader');
    made.wait(129 * DAY);
    expect(made.state).toBe('expired');
  });

  it('given an amendment of both, then paragraphs keep their ids and what they let flow before is remembered', () => {
    const made = inForce();
    const id = clauseOf(made, 1)?.id;
    made.wait(DAY);
    amended(made, [{ ...clauses[0], data: ['business'] }, clauses[1], { ...clauses[1], title: '新条款' }]);
    const signedAt = made.at('origin').recent.at(-1)?.event.time;
    expect(clauseOf(made, 1)).toMatchObject({
      id,
      data: ['business'],
      earlier: [{ until: signedAt, workflows: ['prison.release-handover'], data: ['identity', 'business'] }],
    });
    expect(clauseOf(made, 3)).toMatchObject({ title: '新条款', earlier: [] });
    expect(clausesOfAgreement(made.at('counterpart')).map((clause) => ({ ...clause, revision: 0 }))).toEqual(
      clausesOfAgreement(made.at('origin')).map((clause) => ({ ...clause, revision: 0 })),
    );
  });
  it('refuses an amendment that would renumber the paragraphs', () => {
    const made = inForce();
    expect(() => made.take('liaison-officer', 'amend', { clauses: [clauses[1]], reason: '删去第一条' })).toThrow(
      '条款序号不变',
    );
  });

  it('given a suspension by right of the side without the turn, then it is in force there at once', () => {
    const made = inForce();
    made.cut();
    made.take('peer-liaison-officer', 'suspend', { clause: '2', reason: '核查' });
    expect(clauseOf(made, 2, 'counterpart')?.suspensions).toMatchObject([{ until: null }]);
    expect(clauseOf(made, 2)?.suspensions).toEqual([]);
    made.heal();
    expect(clauseOf(made, 2)?.suspensions).toMatchObject([{ until: null }]);
    made.take('liaison-officer', 'resume', { clause: '*', reason: '核查完毕' });
    expect(clauseOf(made, 2, 'counterpart')?.suspensions).toMatchObject([{ until: expect.any(String) }]);
    expect(() => made.take('liaison-officer', 'suspend', { clause: '9', reason: '没有' })).toThrow('没有这个条款');
  });
});
