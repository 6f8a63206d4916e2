import { applicant, applicantLeader, refusalOf, request, Stage, visit, warden, wardenLeader } from './stage.fixture';

describe('a draft', () => {
  const signedByTwo = () => {
    const stage = new Stage();
    const drafted = stage.draft();
    return { stage, drafted };
  };
  test('given a step that a leader signs, when it is taken, then it waits and nothing crosses', () => {
    const { stage, drafted } = signedByTwo();
    expect(drafted.as).toBe('draft');
    expect(stage.origin.document.head.sequence).toBe(0);
    expect(stage.origin.sent).toEqual([]);
  });
  test('given two leaders, when both sign, then one wins and the other is refused', () => {
    const { stage, drafted } = signedByTwo();
    expect(stage.origin.sign(applicantLeader, drafted.what)).toEqual({ as: 'step', what: '1' });
    const second = refusalOf(() => stage.origin.sign({ ...applicantLeader, officer: 'sc.8' }, drafted.what));
    expect(second?.code).toBe('not-possible');
    expect(stage.origin.document.head.sequence).toBe(1);
  });
  test('given a lost reply, when the same leader signs again, then the first answer is given', () => {
    const { stage, drafted } = signedByTwo();
    const first = stage.origin.sign(applicantLeader, drafted.what);
    expect(stage.origin.sign(applicantLeader, drafted.what)).toEqual(first);
    expect(stage.origin.document.head.sequence).toBe(1);
  });
  test('given a drafter who is a leader too, when the own draft is signed, then it is refused', () => {
    const { stage, drafted } = signedByTwo();
    const own = { ...applicant, roles: ['applicant', 'applicant-leader'] };
    expect(refusalOf(() => stage.origin.sign(own, drafted.what))?.code).toBe('not-allowed');
  });
  test('given a draft, when the drafter takes it back, then nobody signs it; a colleague may not take it back', () => {
    const { stage, drafted } = signedByTwo();
    const colleague = { ...applicant, officer: 'a.colleague' };
    expect(refusalOf(() => stage.origin.return(colleague, '写错了'))?.code).toBe('not-allowed');
    stage.origin.return(applicant, '写错了');
    expect(refusalOf(() => stage.origin.sign(applicantLeader, drafted.what))?.code).toBe('not-possible');
  });
  test('given a draft, when the case has moved on before it is signed, then the signature is refused', () => {
    const stage = Stage.opened();
    stage.counterpart.take('plan', warden);
    stage.counterpart.take('hold', warden);
    stage.carry();
    stage.origin.take('revoke', applicant, { reason: '不再需要' });
    stage.carry();
    expect(refusalOf(() => stage.counterpart.sign(wardenLeader))?.code).toBe('not-possible');
  });
});

describe('the same key', () => {
  test('given an answer, when it comes again, then the answer is the same and nothing is written', () => {
    const stage = Stage.opened();
    const first = stage.counterpart.take('note', warden, { answer: '收到' }, { key: 'k' });
    const { sequence } = stage.counterpart.document.head;
    expect(stage.counterpart.take('note', warden, { answer: '收到' }, { key: 'k' })).toEqual(first);
    expect(stage.counterpart.document.head.sequence).toBe(sequence);
  });
  test('given another body, when it comes again, then it is refused', () => {
    const stage = Stage.opened();
    stage.counterpart.take('note', warden, { answer: '收到' }, { key: 'k' });
    const again = refusalOf(() =>
      stage.counterpart.take('note', warden, { answer: '另一' }, { key: 'k', fingerprint: 'g' }),
    );
    expect(again?.code).toBe('key-reused');
  });
});

describe('what cannot cross is refused to the officer', () => {
  test('given no live clause, when a case is opened, then the refusal names what is missing', () => {
    const stage = new Stage();
    stage.origin.missing = '需要允许共享健康信息的生效条款';
    const refusal = refusalOf(() => stage.draft());
    expect(refusal?.code).toBe('no-clause');
    expect(refusal?.detail).toContain('健康信息');
    expect(refusal?.more['classes']).toContain('health');
    expect(stage.origin.document.drafts).toEqual([]);
  });
  test('given a clause that is suspended after the draft, when the leader signs, then it is asked again and refused', () => {
    const stage = new Stage();
    stage.draft();
    stage.origin.missing = '条款已中止';
    expect(refusalOf(() => stage.origin.sign(applicantLeader))).toMatchObject({
      code: 'no-clause',
      detail: '条款已中止',
    });
    expect(stage.origin.document.head.sequence).toBe(0);
  });
  test('given a limit, when the draft’s event would exceed it, then the drafter is told, and nothing is kept', () => {
    const stage = new Stage();
    stage.origin.limits = { ...stage.origin.limits, event: 500 };
    expect(refusalOf(() => stage.draft())?.code).toBe('too-large');
    expect(stage.origin.document.drafts).toEqual([]);
  });
  test('given a draft, when it was tried, then nothing of the trial is kept: no claim, no number, no event', () => {
    const stage = new Stage();
    stage.draft();
    expect(stage.origin.document).toMatchObject({ claims: [], serial: null, opening: null, recent: [], asks: [] });
    expect(stage.origin.sent).toEqual([]);
  });
  test('given a limit, when the event would exceed it, then it is too large and nothing is written', () => {
    const stage = Stage.opened();
    stage.origin.limits = { ...stage.origin.limits, ask: 2000 };
    const before = stage.origin.document;
    const long = { ...request, subject: '长'.repeat(1500) };
    expect(refusalOf(() => stage.origin.take('amend', applicant, long))?.code).toBe('too-large');
    expect(stage.origin.document).toBe(before);
  });
});

describe('everyday steps', () => {
  test('given a point asked for, when it is asked for again, then it is refused; another point is not', () => {
    const stage = Stage.opened();
    stage.counterpart.take('complete', warden, { point: '照片' });
    stage.carry();
    stage.origin.take('supplement', applicant, { answer: '补上' });
    stage.carry();
    const again = refusalOf(() => stage.counterpart.take('complete', warden, { point: '照片' }));
    expect(again?.code).toBe('rule-refused');
    expect(stage.counterpart.take('complete', warden, { point: '签名' }).as).toBe('step');
  });
  test('given an extension in this state, when it is extended again, then it is refused', () => {
    const stage = Stage.opened();
    const { due } = stage.counterpart.document.head;
    stage.counterpart.take('extend', warden, { days: 3, reason: '天气' });
    stage.counterpart.sign(wardenLeader);
    expect((stage.counterpart.document.head.due ?? '') > (due ?? '')).toBe(true);
    const again = refusalOf(() => stage.counterpart.take('extend', warden, { days: 3, reason: '天气' }));
    expect(again?.code).toBe('not-possible');
  });
  test('given an untouched case, when it is sent back and readdressed, then it is where it was', () => {
    const stage = Stage.opened();
    stage.counterpart.take('send-back', warden, { reason: '不属本单位' });
    stage.carry();
    expect(stage.origin.document.head).toMatchObject({ state: 'returned', turn: 'origin', due: null });
    stage.origin.take('readdress', applicant, { unit: 'cq-other' });
    stage.carry();
    expect(stage.counterpart.document.head).toMatchObject({ state: 'applied', units: { counterpart: 'cq-other' } });
    expect(stage.isOne).toBe(true);
  });
  test('given any other step before, when it is sent back, then it is refused', () => {
    const stage = Stage.opened();
    stage.counterpart.take('note', warden, { answer: '收到' });
    expect(refusalOf(() => stage.counterpart.take('send-back', warden, { reason: '不属本单位' }))?.code).toBe(
      'not-possible',
    );
  });
  test('given an own form, when it is corrected without its private field, then both sides have the new one and it is gone', () => {
    const stage = Stage.opened({ ...request, opinion: '内部' });
    expect(stage.origin.document.facts['Request']?.private).toEqual({ opinion: '内部' });
    const form = { step: 'apply', sequence: 1, reason: '笔误', form: { ...request, room: '二室' } };
    expect(stage.origin.take('correct', applicant, form).as).toBe('ask');
    stage.carry();
    expect(stage.isOne).toBe(true);
    expect(stage.counterpart.document.facts['Request']?.shared).toMatchObject({ room: '二室' });
    expect(stage.origin.document.facts['Request']?.private).toBeNull();
    expect(visit.steps.get('correct')?.byRight).toBe(true);
  });
});
