import { given, type GivenCase } from '../given.fixture';
import { obstacle } from './obstacle';

const form = {
  on: '川协项〔2026〕12号',
  title: '接口未通',
  account: '两地系统字段不一致',
  owner: 'cq-prison-bureau',
  dueOn: '2026-12-11',
};
const taking = { owner: 'cq-yuzhou-prison', dueOn: '2026-12-18' };
const raised = (): GivenCase => {
  const made = given(obstacle);
  made.take('liaison-officer', 'raise', form);
  return made;
};

describe('堵点', () => {
  it('is raised on a project or a case by its number, with an owner and a day', () => {
    expect(raised().state).toBe('raised');
    expect(() => given(obstacle).take('liaison-officer', 'raise', { ...form, on: '某项目' })).toThrow('请写办件编号');
    expect(() => given(obstacle).take('liaison-officer', 'raise', { ...form, dueOn: '2026-11-22' })).toThrow(
      '不得早于今日',
    );
  });
  it('is taken on by the other side with the unit that owns it, and is due by the end of the day it says', () => {
    const made = raised();
    made.take('peer-liaison-officer', 'take', taking);
    expect([made.state, made.at('origin').head.due]).toEqual(['clearing', '2026-12-18T16:00:00.000Z']);
    made.take('peer-liaison-officer', 'postpone', { ...taking, dueOn: '2026-12-25' });
    expect(made.at('origin').head.due).toBe('2026-12-25T16:00:00.000Z');
  });
  it('is cleared only when those who raised it say so', () => {
    const made = raised();
    made.take('peer-liaison-officer', 'take', taking);
    made.take('peer-liaison-officer', 'clear', { account: '字段已统一' });
    expect(made.possible('peer-liaison-officer')).not.toContain('confirm');
    made.take('liaison-officer', 'reopen', { reason: '测试未过' });
    expect(made.state).toBe('clearing');
    made.take('peer-liaison-officer', 'clear', { account: '测试已过' });
    made.take('liaison-officer', 'confirm');
    expect([made.state, made.isClosed]).toEqual(['cleared', true]);
  });
  it('can be disputed, raised again and withdrawn', () => {
    const made = raised();
    made.take('peer-liaison-officer', 'dispute', { reason: '不在本市' });
    made.take('liaison-officer', 'insist', { ...form, owner: 'cq-justice-department' });
    expect(made.state).toBe('raised');
    // Its turn is the other side's: asked for, and granted by its engine.
    expect(made.take('liaison-officer', 'withdraw', { reason: '已自行解决' }).as).toBe('ask');
    expect(made.state).toBe('withdrawn');
  });
});
