import { given } from '../given.fixture';
import { traineeCertificate } from './trainee-certificate';
import { traineeRequest } from './trainee-request';

const aRecord = {
  name: '林晓',
  residentId: '510107199003077216',
  firm: '四川天府律师事务所',
  kind: '实习期',
  from: '2025-09-01',
  until: '2026-08-31',
  result: '合格',
  publicUntil: '2026-11-30',
};
const publicised = (over: object = {}) => {
  const certificate = given(traineeCertificate);
  certificate.take('bar-officer', 'publicise', { ...aRecord, ...over });
  certificate.sign('bar-leader');
  return certificate;
};
const DAY = 86_400_000;
const reason = { reason: '发现实习考勤不实' };

describe('实习记录认证', () => {
  it('given a record, when its publicity has passed without objection, then it is certified by itself', () => {
    const certificate = publicised();
    expect([certificate.state, certificate.at('origin').opening?.number]).toEqual([
      'publicised',
      '川律实证〔2026〕1号',
    ]);
    certificate.wait(7 * DAY);
    expect(certificate.state).toBe('publicised');
    certificate.wait(DAY);
    expect(certificate.state).toBe('certified');
    expect(certificate.crossed).toEqual([]);
  });
  it('carries a code of 64 bits, in base32', () => {
    const kept = publicised().at('origin').facts['CheckCode'];
    expect(kept?.shared).toEqual({});
    expect(kept?.private?.['code']).toMatch(/^[0-9A-HJKMNP-TV-Z]{13}$/);
  });
  it.each([
    [{ until: '2026-08-30' }, '实习期不少于一年'],
    [{ kind: '集中培训', from: '2026-08-01', until: '2026-08-30' }, '集中培训不少于一个月'],
    [{ kind: '面试考核', from: '2026-08-01', until: '2026-08-02' }, '面试考核在一日内完成'],
    [{ until: '2027-01-01' }, '完成日期不得晚于今日'],
    [{ from: '2026-09-01' }, '完成日期不得早于起始日期'],
    [{ publicUntil: '2026-11-27' }, '公示期不少于五日'],
  ])('given %j, then it is refused: %s', (over, sentence) => {
    expect(() => publicised(over)).toThrow(sentence);
  });
  it('given a month of training to its last day, then it is enough', () => {
    expect(publicised({ kind: '集中培训', from: '2026-02-01', until: '2026-02-28' }).state).toBe('publicised');
  });
  it('given an objection, then time does not certify; dismissed, it is certified when the publicity is over', () => {
    const certificate = publicised();
    certificate.take('bar-officer', 'object', { grounds: '实习期间在外任职' });
    certificate.wait(8 * DAY);
    expect(certificate.state).toBe('objected');
    certificate.take('bar-officer', 'dismiss', { finding: '经查不实' });
    certificate.sign('bar-leader');
    certificate.wait(1000);
    expect(certificate.state).toBe('certified');
  });
  it('given an objection that is right, then nothing is certified', () => {
    const certificate = publicised();
    certificate.take('bar-officer', 'object', { grounds: '实习期间在外任职' });
    certificate.take('bar-officer', 'uphold', { finding: '属实' });
    certificate.sign('bar-leader');
    expect([certificate.state, certificate.isClosed]).toEqual(['rejected', true]);
  });
  it('given a certificate, then the leader suspends, resumes and withdraws it', () => {
    const certificate = publicised();
    certificate.wait(8 * DAY);
    for (const [step, state] of [
      ['suspend', 'suspended'],
      ['resume', 'certified'],
      ['suspend', 'suspended'],
      ['withdraw', 'withdrawn'],
    ] as const) {
      expect(certificate.take('bar-officer', step, reason).as).toBe('draft');
      certificate.sign('bar-leader');
      expect(certificate.state).toBe(step === 'resume' ? 'certified' : state);
    }
    expect(certificate.isClosed).toBe(true);
  });
});

describe('实习记录查请', () => {
  const asked = () => {
    const request = given(traineeRequest);
    request.take('bar-officer', 'request', {
      name: '林晓',
      residentId: '510107199003077216',
      kind: '实习期',
      purpose: '申请执业',
    });
    return request;
  };
  it('given a request, when the record was certified, then its number answers', () => {
    const request = asked();
    request.take('peer-bar-officer', 'answer', { certificate: '渝律实证〔2026〕3号', publicUntil: '2026-11-20' });
    expect(request.state).toBe('answered');
  });
  it('given a request, when there is none, then the reason is said', () => {
    const request = asked();
    expect(() => request.take('peer-bar-officer', 'decline', { why: '其他' })).toThrow('其他原因须写明');
    request.take('peer-bar-officer', 'decline', { why: '查无此记录' });
    expect(request.state).toBe('declined');
  });
});
