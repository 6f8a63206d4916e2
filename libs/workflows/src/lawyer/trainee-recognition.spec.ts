import { given, type GivenCase, type ParentCase } from '../given.fixture';
import { traineeRecognition } from './trainee-recognition';

const record = {
  name: '林晓',
  residentId: '510107199803071234',
  firm: '四川天府律师事务所',
  kind: '实习期',
  from: '2025-09-01',
  until: '2026-08-31',
  result: '合格',
  publicUntil: '2026-11-20',
};
const aCertificate = (over: Partial<ParentCase> = {}, said: object = {}): ParentCase => ({
  workflow: 'lawyer.trainee-certificate',
  title: '实习记录认证',
  isOpen: true,
  state: 'certified',
  since: '2026-11-20',
  number: '川律实证〔2026〕1号',
  last: <T>(): T => ({ ...record, ...said }) as T,
  has: () => true,
  ...over,
});
const sent = (parent = aCertificate()): GivenCase => {
  const recognition = given(traineeRecognition, parent);
  recognition.take('bar-officer', 'send', {});
  recognition.sign('bar-leader');
  return recognition;
};
const recognised = (): GivenCase => {
  const recognition = sent();
  recognition.take('peer-bar-officer', 'recognise', { on: '2026-11-23' });
  recognition.sign('peer-bar-leader');
  return recognition;
};
const reason = { reason: '发现实习考勤不实' };
const confirm = (recognition: GivenCase) =>
  recognition.take('peer-bar-officer', 'confirm', { on: '2026-11-23', measures: '已停止其执业申请' });

describe('实习互认', () => {
  it('given a valid certificate, when it is sent, then the other side reads what it says, for ten working days', () => {
    const recognition = sent();
    expect(recognition.at('counterpart').facts['Record']?.shared).toEqual({ ...record, number: '川律实证〔2026〕1号' });
    expect(recognition.at('counterpart').opening?.under).toBe('the parent');
    // Monday 23 November; the tenth working day after it ends on Monday 7 December at 24:00 in Shanghai.
    expect(recognition.at('counterpart').head.due).toBe('2026-12-07T16:00:00.000Z');
  });
  it.each(['publicised', 'suspended', 'objected'])('given a certificate that is %s, then it is not sent', (state) => {
    expect(() => sent(aCertificate({ state }))).toThrow('只有公示期满、未被暂停或撤回的认证可以申请互认');
  });
  it('given a withdrawn certificate or a failed examination, then it is not sent, and it is said why', () => {
    expect(() => sent(aCertificate({ state: 'withdrawn', isOpen: false }))).toThrow('已办结，不能再在其下发起');
    expect(() => sent(aCertificate({}, { result: '不合格' }))).toThrow('结果不合格的记录无须互认');
  });
  it('given no certificate, then nothing is opened', () => {
    expect(() => given(traineeRecognition).take('bar-officer', 'send', {})).toThrow('须在上级办件之下发起');
  });
  it('given a draft, when the certificate is suspended before it is signed, then signing is refused', () => {
    const recognition = given(traineeRecognition, aCertificate());
    recognition.take('bar-officer', 'send', {});
    recognition.parent = aCertificate({ state: 'suspended' });
    recognition.follow('suspend', reason);
    expect(() => recognition.sign('bar-leader')).toThrow('只有公示期满、未被暂停或撤回的认证可以申请互认');
  });
  it('given a draft, when the certificate was suspended and resumed before it is signed, then both stand in it, in order', () => {
    const recognition = given(traineeRecognition, aCertificate());
    recognition.take('bar-officer', 'send', {});
    recognition.follow('suspend', reason);
    recognition.follow('resume', reason);
    recognition.sign('bar-leader');
    expect(stepsOf(recognition)).toEqual(['send', 'suspend', 'resume']);
    expect(recognition.state).toBe('sent');
  });

  it('given a refusal, when it is reviewed, then it can be upheld, and only once', () => {
    const recognition = sent();
    recognition.take('peer-bar-officer', 'refuse', { reason: '考核地点不符' });
    recognition.sign('peer-bar-leader');
    recognition.take('bar-officer', 'review', { grounds: '考核在成都举行，见附件' });
    expect(recognition.state).toBe('reviewing');
    expect(recognition.possible('peer-bar-officer')).not.toContain('refuse');
    recognition.take('peer-bar-officer', 'uphold', { reason: '维持' });
    recognition.sign('peer-bar-leader');
    expect([recognition.state, recognition.isClosed]).toEqual(['declined', true]);
  });
  it('given a review that was put off by a suspension, when it is refused again, then there is no second one', () => {
    const recognition = sent();
    const refuse = () => {
      recognition.take('peer-bar-officer', 'refuse', { reason: '考核地点不符' });
      recognition.sign('peer-bar-leader');
    };
    refuse();
    recognition.take('bar-officer', 'review', { grounds: '考核在成都举行' });
    recognition.follow('suspend', reason);
    recognition.follow('resume', reason);
    expect(recognition.state).toBe('sent');
    refuse();
    expect(() => recognition.take('bar-officer', 'review', { grounds: '再请复核' })).toThrow('只能申请复核一次');
    recognition.wait(20 * 86_400_000);
    expect(recognition.state).toBe('declined');
  });

  it('given a recognition, when the certificate is withdrawn, then the other side confirms effect within three working days', () => {
    const recognition = recognised();
    recognition.follow('withdraw', reason);
    expect(recognition.state).toBe('withdrawn');
    // Thursday 26 November, at 24:00 in Shanghai.
    expect(recognition.at('counterpart').head.due).toBe('2026-11-26T16:00:00.000Z');
    expect(recognition.possible('peer-bar-officer')).toContain('confirm');
    expect(recognition.possible('bar-officer')).not.toContain('confirm');
    confirm(recognition);
    expect([recognition.state, recognition.isClosed]).toEqual(['ended', true]);
  });
  it('given a recognition, when it is suspended and resumed, then each is confirmed, and it is valid again', () => {
    const recognition = recognised();
    recognition.follow('suspend', reason);
    confirm(recognition);
    expect(recognition.state).toBe('paused');
    recognition.follow('resume', reason);
    confirm(recognition);
    expect(recognition.state).toBe('recognised');
  });
  it('takes no suspension of its own: an officer suspends the certificate', () => {
    const recognition = recognised();
    expect(() => recognition.take('bar-officer', 'suspend', reason)).toThrow('随上级办件办理');
  });
  it('given a recognition, when its own province revokes it, then it has ended, and a withdrawal finds nothing to do', () => {
    const recognition = recognised();
    recognition.take('peer-bar-officer', 'revoke', { reason: '另有发现' });
    recognition.sign('peer-bar-leader');
    recognition.follow('withdraw', reason);
    expect([recognition.state, recognition.at('origin').head.sequence]).toEqual(['revoked', 3]);
  });
});

describe('while the line is cut', () => {
  it('given an application, when it was recognised meanwhile, then a suspension suspends the recognition', () => {
    const recognition = sent();
    recognition.cut();
    recognition.follow('suspend', reason);
    recognition.take('peer-bar-officer', 'recognise', { on: '2026-11-23' });
    recognition.sign('peer-bar-leader');
    recognition.heal();
    expect([recognition.state, stepsOf(recognition).at(-1)]).toEqual(['suspended', 'suspend']);
    isOne(recognition);
  });
  it('given several rights, then they stand in the chain in their order', () => {
    const recognition = recognised();
    recognition.cut();
    for (const step of ['suspend', 'resume', 'suspend', 'resume', 'withdraw']) recognition.follow(step, reason);
    expect(recognition.at('origin').asks.map(({ status }) => status)).toEqual(['open', ...Array(4).fill('queued')]);
    recognition.heal();
    expect(stepsOf(recognition).slice(2)).toEqual(['suspend', 'resume', 'suspend', 'resume', 'withdraw']);
    expect(recognition.state).toBe('withdrawn');
    isOne(recognition);
  });
  it('given a refusal on its way, when the certificate is withdrawn, then nothing is left to review', () => {
    const recognition = sent();
    recognition.cut();
    recognition.follow('withdraw', reason);
    recognition.take('peer-bar-officer', 'refuse', { reason: '考核地点不符' });
    recognition.sign('peer-bar-leader');
    recognition.heal();
    expect(stepsOf(recognition)).toEqual(['send', 'refuse', 'withdraw']);
    expect(recognition.state).toBe('voided');
    isOne(recognition);
  });
  it('given a recognition that its province revoked meanwhile, then the rights say that they came too late', () => {
    const recognition = recognised();
    recognition.cut();
    recognition.follow('suspend', reason);
    recognition.follow('resume', reason);
    recognition.take('peer-bar-officer', 'revoke', { reason: '另有发现' });
    recognition.sign('peer-bar-leader');
    recognition.heal();
    expect(recognition.state).toBe('revoked');
    expect(recognition.at('origin').asks.map(({ status, reason: why }) => [status, why])).toEqual([
      ['void', '办件已办结，未能入链'],
      ['void', '办件已办结，未能入链'],
    ]);
    isOne(recognition);
  });
  it('given completion was asked for, then a withdrawal finds the recognition that rests', () => {
    const recognition = recognised();
    recognition.cut();
    recognition.follow('withdraw', reason);
    recognition.take('peer-bar-officer', 'complete', { point: '考勤记录' });
    recognition.heal();
    expect(recognition.state).toBe('withdrawn');
    isOne(recognition);
  });
});

const stepsOf = (recognition: GivenCase): readonly string[] =>
  recognition.at('counterpart').recent.map(({ event }) => event.type.split('.').at(2) ?? '');
const isOne = (recognition: GivenCase): void =>
  expect(recognition.at('origin').head.hash).toBe(recognition.at('counterpart').head.hash);
