import { given, type GivenCase, type ParentCase } from '../given.fixture';
import { milestone } from './milestone';
import { project } from './project';

const listed: ParentCase = {
  workflow: project.id,
  title: '重点推进项目',
  isOpen: true,
  state: 'active',
  since: '2026-11-20',
  number: '川协项〔2026〕1号',
  last: () => {
    throw new Error('nothing is read of the project');
  },
  has: () => false,
};
const form = { name: '平台上线', dueOn: '2026-12-18', weight: 40 };
const planned = (): GivenCase => {
  const made = given(milestone, listed);
  made.take('liaison-officer', 'plan', form);
  return made;
};

describe('项目节点', () => {
  it('is planned under a project that is in the list, and is due by the end of its day', () => {
    const made = planned();
    expect([made.state, made.at('counterpart').head.due]).toEqual(['planned', '2026-12-18T16:00:00.000Z']);
    expect(made.at('counterpart').opening?.under).toBe('the parent');
  });
  it('is refused under a project that the other side has not confirmed', () => {
    const made = given(milestone, { ...listed, state: 'proposed' });
    expect(() => made.take('liaison-officer', 'plan', form)).toThrow('项目须已确认列入清单');
  });
  it('counts only when the other side countersigns, which its owner cannot do', () => {
    const made = planned();
    made.take('liaison-officer', 'report', { account: '已上线' });
    expect(made.state).toBe('reported');
    expect(made.possible('liaison-officer')).not.toContain('countersign');
    made.take('peer-liaison-officer', 'countersign');
    expect([made.state, made.isClosed]).toEqual(['counted', true]);
  });
  it('goes back to its owner where the other side does not agree, with its day as it was', () => {
    const made = planned();
    made.take('liaison-officer', 'report', { account: '已上线' });
    made.take('peer-liaison-officer', 'send-back-to-owner', { reason: '尚缺一地' });
    expect([made.state, made.at('origin').head.due]).toEqual(['planned', '2026-12-18T16:00:00.000Z']);
  });
  it('can be planned anew or dropped by its owner', () => {
    const made = planned();
    made.take('liaison-officer', 'replan', { ...form, dueOn: '2027-01-15' });
    expect(made.at('counterpart').head.due).toBe('2027-01-15T16:00:00.000Z');
    made.take('liaison-officer', 'drop', { reason: '不再需要' });
    expect(made.state).toBe('dropped');
  });
  it('refuses a day that is past', () => {
    expect(() => given(milestone, listed).take('liaison-officer', 'plan', { ...form, dueOn: '2026-11-22' })).toThrow(
      '不得早于今日',
    );
  });
});
