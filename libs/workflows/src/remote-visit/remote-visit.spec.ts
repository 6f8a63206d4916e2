import { anAttached, instantAt } from '@chuanyu/engine';
import { rehabilitationVisit } from '../drug-rehab/remote-visit';
import { given, type GivenCase } from '../given.fixture';
import { prisonVisit } from '../prison/remote-visit';
import { Room } from './registers';

const prison = 'cq-yuzhou-prison';
const room = '一号会见室';
const at = (date: string, time: string) => ({ room, start: instantAt(date, time) });
const wednesday = at('2026-11-25', '09:30');
const application = {
  place: prison,
  inmate: '5001',
  visitors: [
    { name: '李兰', relation: '配偶' },
    { name: '王小宝', relation: '子女' },
  ],
  evidence: anAttached,
  times: [{ start: wednesday.start }],
};
const anInmate = { number: '5001', name: '王建国', level: '宽管', relatives: ['李兰', '王小宝', '王大山'] };
const aRoom = { name: room, weekdays: ['周一', '周三', '周五'], opens: '09:00', closes: '11:00' };
const [inmates, , quotas] = prisonVisit.registers;

const applied = (form: object = application, inmate: object = anInmate): GivenCase => {
  const visit = given(prisonVisit).keeps('counterpart', Room, room, aRoom);
  if (inmates) visit.keeps('counterpart', inmates.of, '5001', inmate);
  visit.take('judicial-officer', 'apply', form);
  return visit;
};
const approved = (visit: GivenCase = applied(), slot = wednesday): GivenCase => {
  visit.take('visit-officer', 'approve', slot);
  visit.sign('visit-leader');
  return visit;
};
const booked = (): GivenCase => {
  const visit = approved();
  visit.take('judicial-officer', 'confirm');
  return visit;
};
const DAY = 86_400_000;
const claimsOf = (visit: GivenCase): readonly string[] =>
  visit.at('counterpart').claims.map((claim) => claim.slice(claim.indexOf(' ') + 1));
const refusal = (run: () => unknown): unknown => {
  try {
    run();
    return 'was taken';
  } catch (error) {
    return error;
  }
};

describe('远程视频会见', () => {
  it('given nothing, when a judicial office applies, then the prison named in the form decides within five working days', () => {
    const visit = applied();
    expect(visit.state).toBe('applied');
    expect(visit.at('counterpart').head).toMatchObject({
      units: { counterpart: prison },
      due: '2026-11-30T16:00:00.000Z',
    });
  });
  it.each([
    ['no visitor', { visitors: [] }, '至少写明一位会见人'],
    ['no time', { times: [] }, '至少写明一个期望的时间'],
    ['a time that is past', { times: [at('2026-11-22', '09:00')].map(({ start }) => ({ start })) }, '不得早于今日'],
    ['four visitors', { visitors: Array(4).fill(application.visitors[0]) }, '表单有 1 处需要修改'],
  ])('given %s, when it applies, then it is refused', (_, more, why) => {
    expect(() => applied({ ...application, ...more })).toThrow(why);
  });

  it('given a free half-hour, when it is approved and signed, then slot and quota are held by the prison alone', () => {
    const visit = approved();
    expect(visit.state).toBe('offered');
    expect(claimsOf(visit)).toEqual([`${prison} ${room} ${wednesday.start}`, `${prison} 5001 2026-11 1`]);
    expect(visit.at('origin').claims.filter((claim) => !claim.startsWith('number '))).toEqual([]);
  });
  it.each([
    ['on a day when the room is closed', at('2026-11-24', '09:30'), '会见室该时段不开放'],
    ['before it opens', at('2026-11-25', '08:30'), '会见室该时段不开放'],
    ['when it closes within the half-hour', at('2026-11-25', '11:00'), '会见室该时段不开放'],
    ['between half-hours', at('2026-11-25', '09:45'), '会见须在整点或者半点开始'],
    ['in the past', at('2026-11-20', '09:30'), '会见日期不得早于今日'],
    ['today, without a reason', at('2026-11-23', '10:00'), '会见应当至少提前一日安排'],
    ['in a room that is not', { ...wednesday, room: '九号会见室' }, '会见室该时段不开放'],
  ])('given a slot %s, when it is approved, then it is refused', (_, slot, why) => {
    expect(() => applied().take('visit-officer', 'approve', slot)).toThrow(why);
  });
  it.each([
    ['a visitor who is no approved relative', { relatives: ['李兰'] }, '会见人须均为已核准的亲属'],
    ['a level that has no visits', { level: '严管' }, '该处遇等级不安排会见'],
  ])('given %s, when it is approved, then it is refused', (_, more, why) => {
    const visit = applied(application, { ...anInmate, ...more });
    expect(() => visit.take('visit-officer', 'approve', wednesday)).toThrow(why);
  });
  it('given a number that the prison does not keep, when it is approved, then it is refused', () => {
    const visit = applied({ ...application, inmate: '9999' });
    expect(() => visit.take('visit-officer', 'approve', wednesday)).toThrow('罪犯编号不在本单位台账内');
  });

  it('given a taken slot, when it is drafted, then the drafter is refused with the next three that are free', () => {
    const visit = applied();
    for (const time of ['09:30', '10:30']) visit.isTaken(0, `${prison} ${room} ${at('2026-11-25', time).start}`);
    expect(refusal(() => visit.take('visit-officer', 'approve', wednesday))).toMatchObject({
      code: 'claim-taken',
      detail: '该时段已有会见',
      more: { free: [at('2026-11-25', '10:00'), at('2026-11-27', '09:00'), at('2026-11-27', '09:30')] },
    });
    expect(visit.at('counterpart').drafts).toEqual([]);
  });
  it('given a slot taken between draft and signature, when the leader signs, then it is refused in the same words', () => {
    const visit = applied();
    visit.take('visit-officer', 'approve', wednesday);
    visit.isTaken(0, `${prison} ${room} ${wednesday.start}`);
    expect(refusal(() => visit.sign('visit-leader'))).toMatchObject({ code: 'claim-taken', detail: '该时段已有会见' });
    expect(visit.state).toBe('applied');
  });
  it('given both visits of the month held, when a third is approved, then it is refused, and next month is offered', () => {
    const visit = applied();
    for (const n of [1, 2]) visit.isTaken(1, `${prison} 5001 2026-11 ${n}`);
    expect(refusal(() => visit.take('visit-officer', 'approve', wednesday))).toMatchObject({
      detail: '本月会见次数已满',
      more: { free: [at('2026-12-02', '09:00'), at('2026-12-02', '09:30'), at('2026-12-02', '10:00')] },
    });
  });
  it('given a prison that allows three, when a third is approved, then it is taken', () => {
    const visit = applied();
    if (quotas) visit.keeps('counterpart', quotas.of, '宽管', { level: '宽管', visits: 3 });
    for (const n of [1, 2]) visit.isTaken(1, `${prison} 5001 2026-11 ${n}`);
    expect(claimsOf(approved(visit))).toContain(`${prison} 5001 2026-11 3`);
  });
  it('given a quota lowered after the booking, when the visit is recorded, then what is held is kept', () => {
    const visit = booked();
    if (quotas) visit.keeps('counterpart', quotas.of, '宽管', { level: '宽管', visits: 0 });
    visit.wait(2 * DAY);
    visit.take('judicial-officer', 'check-identity', { present: ['李兰'], document: '居民身份证' });
    const form = { started: wednesday.start, ended: '2026-11-25T01:55:00.000Z', cutOff: false };
    visit.take('visit-officer', 'record', form);
    expect(visit.state).toBe('closed');
    expect(claimsOf(visit)).toEqual([`${prison} 5001 2026-11 1`]);
  });

  it('given the wanted time is taken, when the prison looks for others, then the office chooses one of three', () => {
    const visit = applied();
    visit.isTaken(0, `${prison} ${room} ${wednesday.start}`);
    visit.take('visit-officer', 'suggest', { room, from: '2026-11-25' });
    expect(visit.state).toBe('suggested');
    const { slots } = visit.at('origin').facts['Suggestion']?.shared ?? {};
    const free = [at('2026-11-25', '09:00'), at('2026-11-25', '10:00'), at('2026-11-25', '10:30')];
    expect(slots).toEqual(free);
    expect(claimsOf(visit)).toEqual([]);
    expect(() => visit.take('judicial-officer', 'choose', wednesday)).toThrow('只能选择所建议的时段');
    visit.take('judicial-officer', 'choose', free[1]);
    expect(visit.state).toBe('applied');
    expect(() => visit.take('visit-officer', 'approve', free[0])).toThrow('与司法所选定的时段不同');
    expect(approved(visit, free[1]).state).toBe('offered');
  });
  it('given no room of that name or nothing free, when others are looked for, then it is refused', () => {
    const visit = applied();
    const search = (name: string, from: string) => () => visit.take('visit-officer', 'suggest', { room: name, from });
    expect(search('九号会见室', '2026-11-25')).toThrow('没有这个会见室');
    expect(search(room, '2026-11-20')).toThrow('不得早于今日');
    for (const month of ['2026-11', '2026-12'])
      for (const n of [1, 2]) visit.isTaken(1, `${prison} 5001 ${month} ${n}`);
    expect(search(room, '2026-11-25')).toThrow('自该日起一个月内没有空闲时段');
  });

  it('given an offer, when 48 hours pass, then it lapses, and slot and quota are free again', () => {
    const visit = approved();
    visit.wait(2 * DAY - 60_000);
    expect(visit.state).toBe('offered');
    visit.wait(60_000);
    expect(visit.state).toBe('lapsed');
    expect(claimsOf(visit)).toEqual([]);
  });
  it('given a booking, when the office cancels, then slot and quota are free again', () => {
    const visit = booked();
    expect(visit.take('judicial-officer', 'cancel', { reason: '家中有事' }).as).toBe('ask');
    expect(visit.state).toBe('cancelled');
    expect(claimsOf(visit)).toEqual([]);
  });
  it('given a booking, when the prison would correct the slot, then it must call off and approve anew', () => {
    const visit = booked();
    const slot = { step: 'approve', sequence: 2, reason: '笔误', form: at('2026-11-27', '09:30') };
    expect(() => visit.take('visit-officer', 'correct', slot)).toThrow('更正不能改变已占用的内容');
    expect(visit.take('visit-officer', 'correct', { ...slot, form: wednesday }).as).toBe('step');
  });
  it('given a booking, when the prison must call it off, then its leader signs', () => {
    const visit = booked();
    expect(visit.take('visit-officer', 'call-off', { reason: '线路检修' }).as).toBe('draft');
    visit.sign('visit-leader');
    expect(visit.state).toBe('cancelled');
  });

  it('given a booking, when the day comes, then identity is checked, and the visit recorded', () => {
    const visit = booked();
    const check = { present: ['李兰', '王小宝'], document: '居民身份证' };
    const record = { started: wednesday.start, ended: '2026-11-25T01:50:00.000Z', cutOff: true };
    expect(() => visit.take('judicial-officer', 'check-identity', check)).toThrow('会见人身份须在会见当日核验');
    expect(() => visit.take('visit-officer', 'record', record)).toThrow('会见人身份须先由司法所核验');
    visit.wait(2 * DAY);
    const stranger = { ...check, present: ['赵六'] };
    expect(() => visit.take('judicial-officer', 'check-identity', stranger)).toThrow('到场会见人须为申请所列的会见人');
    visit.take('judicial-officer', 'check-identity', check);
    const backwards = { ...record, ended: record.started };
    expect(() => visit.take('visit-officer', 'record', backwards)).toThrow('结束时间须晚于开始时间');
    visit.take('visit-officer', 'record', record);
    expect(visit.state).toBe('closed');
  });
  it('given nobody came, when the prison says so, then the slot is free and the month’s visit is used', () => {
    const visit = booked();
    const miss = () => visit.take('visit-officer', 'miss', { why: '会见人未到' });
    expect(miss).toThrow('尚未到约定的会见之日');
    visit.wait(2 * DAY);
    miss();
    expect(visit.state).toBe('missed');
    expect(claimsOf(visit)).toEqual([`${prison} 5001 2026-11 1`]);
  });
});

it('given drug rehabilitation, then it is the same matter in its own words', () => {
  const levels = rehabilitationVisit.registers.map(({ title }) => title);
  expect(levels).toEqual(['戒毒人员会见台账', '会见室', '每月会见次数']);
  const texts = [...rehabilitationVisit.steps.values()].flatMap(({ rules }) => rules.map(({ text }) => text));
  expect(texts).toContain('戒毒人员编号不在本单位台账内');
  expect([...rehabilitationVisit.states.keys()]).toEqual([...prisonVisit.states.keys()]);
});
