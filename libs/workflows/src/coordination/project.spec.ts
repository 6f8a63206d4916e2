import { given, type GivenCase } from '../given.fixture';
import { project } from './project';
import type { Standing } from './standing';

const form = {
  item: 'prison-3',
  list: 2026,
  title: '刑满释放协调对接',
  lead: 'sc-prison-bureau',
  peerLead: 'cq-prison-bureau',
};
const active = (): GivenCase => {
  const made = given(project);
  made.take('liaison-officer', 'register', form);
  made.take('peer-liaison-officer', 'confirm');
  return made;
};
const decided = (kind = '启动类', more: object = {}): GivenCase => {
  const made = active();
  changed(made, { what: '定类', reason: '两地商定', kind, ...more });
  return made;
};
const changed = (made: GivenCase, change: object): void => {
  made.take('liaison-officer', 'change', change);
  made.sign('liaison-leader');
  made.take('peer-liaison-officer', 'agree');
};
const standing = (made: GivenCase, side: 'origin' | 'counterpart' = 'origin') =>
  made.at(side).facts['Standing']?.shared as unknown as Standing;
const progress = (stage: string) => ({ stage, account: '已完成' });

describe('重点推进项目', () => {
  it('given a registration, then it is in the list once the other side confirms it, of undecided kind', () => {
    const made = given(project);
    made.take('liaison-officer', 'register', form);
    expect([made.state, standing(made).kind]).toEqual(['proposed', '未定类']);
    made.take('peer-liaison-officer', 'confirm');
    expect([made.state, standing(made, 'counterpart')]).toEqual([
      'active',
      { kind: '未定类', stage: '待定类', title: form.title, lead: form.lead, peerLead: form.peerLead },
    ]);
  });

  it('decides the kind by both sides only: until the other agrees, nothing has changed', () => {
    const made = active();
    made.take('liaison-officer', 'change', { what: '定类', reason: '商定', kind: '调研类', dueOn: '2027-06-30' });
    made.sign('liaison-leader');
    expect([made.state, standing(made).kind]).toEqual(['peer-decides', '未定类']);
    made.take('peer-liaison-officer', 'agree');
    expect(standing(made, 'counterpart')).toMatchObject({ kind: '调研类', stage: '评估', dueOn: '2027-06-30' });
  });
  it('given a change that is refused, then it leaves no trace in what the project is', () => {
    const made = active();
    const before = standing(made);
    made.take('liaison-officer', 'change', { what: '定类', reason: '商定', kind: '调研类' });
    made.sign('liaison-leader');
    made.take('peer-liaison-officer', 'refuse', { reason: '宜作启动类' });
    expect([made.state, standing(made)]).toEqual(['active', before]);
    changed(made, { what: '调整', reason: '更名', title: '新名称' });
    expect(standing(made)).toMatchObject({ kind: '未定类', title: '新名称' });
  });

  it.each([
    ['完成类', ['实施', '见效', '验收']],
    ['启动类', ['对接', '磋商', '签约', '启动']],
    ['调研类', ['评估', '论证', '结论']],
  ])('goes through the stages of %s one by one, said by either side', (kind, stages) => {
    const made = decided(kind);
    expect(standing(made).stage).toBe(stages[0]);
    expect(() => made.take('liaison-officer', 'advance', progress(stages.at(-1) ?? ''))).toThrow('阶段须逐个推进');
    stages.slice(1).forEach((stage, at) => {
      made.take(at % 2 === 0 ? 'liaison-officer' : 'peer-liaison-officer', 'advance', progress(stage));
      expect([standing(made).stage, standing(made, 'counterpart').stage]).toEqual([stage, stage]);
    });
    expect(() => made.take('liaison-officer', 'advance', progress(stages[0] ?? ''))).toThrow('阶段须逐个推进');
  });
  it('moves kind as one step, from the first stage of the new one; the earlier ones stay in its record', () => {
    const made = decided('调研类');
    made.take('liaison-officer', 'advance', progress('论证'));
    changed(made, { what: '转类', reason: '论证可行', kind: '启动类' });
    expect(standing(made)).toMatchObject({ kind: '启动类', stage: '对接' });
    const kinds = made
      .at('counterpart')
      .recent.map(({ event }) => (event.data.yields as { kind?: string } | null)?.kind);
    expect(kinds.filter((kind) => kind !== undefined)).toEqual(['未定类', '调研类', '调研类', '启动类']);
  });
  it.each([
    [{ what: '定类', reason: '无' }, '定类和转类须写明类别'],
    [{ what: '定类', reason: '无', kind: '启动类' }, '已定类的用转类'],
    [{ what: '转类', reason: '无', kind: '完成类' }, '不得转为原类别'],
    [{ what: '调整', reason: '无' }, '调整须写明所调整的内容'],
    [{ what: '调整', reason: '无', kind: '启动类' }, '其他事由不得改类别'],
    [{ what: '延期', reason: '无' }, '延期只改完成期限'],
    [{ what: '延期', reason: '无', dueOn: '2026-12-31' }, '须晚于现在的期限'],
    [{ what: '延期', reason: '无', dueOn: '2027-12-31', title: '甲' }, '延期只改完成期限'],
    [{ what: '调整', reason: '无', dueOn: '2026-11-22' }, '完成期限不得早于今日'],
  ])('refuses the change %j', (change, why) => {
    const made = decided('完成类', { dueOn: '2026-12-31' });
    expect(() => made.take('liaison-officer', 'change', change)).toThrow(why);
  });
  it('postpones by both sides', () => {
    const made = decided('完成类', { dueOn: '2026-12-31' });
    changed(made, { what: '延期', reason: '设备未到', dueOn: '2027-03-31' });
    expect(standing(made, 'counterpart').dueOn).toBe('2027-03-31');
  });

  it('is closed by both sides; one of undecided kind cannot be closed as completed', () => {
    expect(() => active().take('liaison-officer', 'close', { how: '完成', account: '已完成' })).toThrow(
      '未定类的项目只能终止',
    );
    const made = decided('完成类');
    made.take('liaison-officer', 'close', { how: '完成', account: '已验收' });
    made.sign('liaison-leader');
    expect(made.state).toBe('peer-closes');
    made.take('peer-liaison-officer', 'agree-closing');
    made.sign('peer-liaison-leader');
    expect([made.state, made.isClosed]).toEqual(['closed', true]);
  });

  it('lets the side without the turn propose and advance, also while the line is cut; the other decides, never the proposer', () => {
    const made = decided('完成类');
    made.cut();
    expect(made.take('peer-liaison-officer', 'advance', progress('见效')).as).toBe('ask');
    made.take('peer-liaison-officer', 'change-there', { what: '调整', reason: '更名', title: '渝方提的名称' });
    expect(made.sign('peer-liaison-leader').as).toBe('ask');
    made.heal();
    expect([made.state, standing(made).stage, standing(made).title]).toEqual(['origin-decides', '见效', form.title]);
    expect(made.possible('peer-liaison-officer')).not.toContain('agree-here');
    expect(made.possible('liaison-officer')).toContain('agree-here');
    made.take('liaison-officer', 'agree-here');
    expect(standing(made, 'counterpart').title).toBe('渝方提的名称');
  });
  it('goes on advancing at home while the line is cut and a change waits', () => {
    const made = decided('启动类');
    made.take('liaison-officer', 'advance', progress('磋商'));
    made.cut();
    made.take('liaison-officer', 'advance', progress('签约'));
    expect(standing(made).stage).toBe('签约');
    made.heal();
    expect(made.at('origin').head.hash).toBe(made.at('counterpart').head.hash);
  });
});
