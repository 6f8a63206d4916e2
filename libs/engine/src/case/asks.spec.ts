import type { AskMessage } from '@chuanyu/contracts';
import { applicant, refusalOf, Stage, warden } from './stage.fixture';

const why = { reason: '不再需要' };
const askOf = (stage: Stage): AskMessage => {
  const message = stage.origin.said('ask').at(-1);
  if (!message) throw new Error('nothing was asked');
  return message;
};
const answersTo = (stage: Stage, ask: string) =>
  [...stage.counterpart.document.recent].filter(({ event }) => event.data.ask?.ask === ask).length;

test('given the turn with the other side, when a step is taken, then it is asked, answered in the chain, and both are told', () => {
  const stage = Stage.opened();
  expect(stage.origin.take('plan', applicant).as).toBe('ask');
  stage.carry();
  expect(stage.origin.document.asks[0]).toMatchObject({ status: 'taken', sequence: 2 });
  expect(stage.counterpart.document.head.state).toBe('planned');
  expect(stage.isOne).toBe(true);
});
test('given a state that has changed within the tenure, when the ask arrives, then it is refused in the chain with the reason', () => {
  const stage = Stage.opened();
  stage.origin.take('plan', applicant);
  stage.counterpart.take('pause', warden);
  stage.carry();
  expect(stage.origin.document.asks[0]).toMatchObject({ status: 'refused', sequence: 3 });
  expect(stage.origin.document.asks[0]?.reason).toContain('环节');
});
test('given an ask that came before its case, when the case arrives, then the ask is answered', () => {
  const stage = new Stage();
  stage.draft();
  stage.origin.sign({ officer: 'sc.9', unit: 'sc-office', roles: ['applicant-leader'] });
  stage.origin.take('plan', applicant);
  stage.counterpart.receive(askOf(stage));
  expect(stage.counterpart.document.waiting).toHaveLength(1);
  stage.carry();
  expect(stage.origin.document.asks[0]?.status).toBe('taken');
});
test('given an ask of an earlier tenure, when it arrives late, then it is void on both sides without a message', () => {
  const stage = Stage.opened();
  stage.origin.take('plan', applicant);
  const late = askOf(stage);
  stage.origin.sent = [];
  stage.counterpart.take('complete', warden, { point: '照片' });
  stage.carry();
  expect(stage.origin.document.asks[0]?.status).toBe('void');
  stage.origin.take('supplement', applicant, { answer: '补上' });
  stage.carry();
  stage.counterpart.receive(late);
  expect(answersTo(stage, late.ask.ask)).toBe(0);
});
test('given a refused ask that has moved to the history, when it arrives again, then it is not answered twice', () => {
  const stage = Stage.opened();
  stage.origin.take('plan', applicant);
  const ask = askOf(stage);
  stage.counterpart.take('pause', warden);
  stage.carry();
  for (let n = 0; n < 3; n++) stage.counterpart.take('note', warden, { answer: '收到' });
  const { sequence } = stage.counterpart.document.head;
  stage.counterpart.archive(2);
  stage.counterpart.receive(ask);
  expect(stage.counterpart.document.head.sequence).toBe(sequence);
});
test('given the same step asked for already, when it is asked again, then the officer is told to wait', () => {
  const stage = Stage.opened();
  stage.origin.take('plan', applicant);
  expect(refusalOf(() => stage.origin.take('plan', applicant))?.code).toBe('not-possible');
});
test('given an ask by a role that does not take the step, when it arrives, then it is refused in the chain', () => {
  const stage = Stage.opened();
  stage.origin.take('plan', applicant);
  const ask = askOf(stage);
  stage.origin.sent = [];
  const altered = { ...ask.ask, ask: 'other', by: { ...ask.ask.by, role: 'applicant-leader' } };
  stage.counterpart.receive({ ...ask, ask: altered });
  expect(stage.counterpart.document.head.state).toBe('applied');
  expect(stage.counterpart.document.recent.at(-1)?.event.data.form).toMatchObject({ code: 'not-possible' });
});

describe('a step by right', () => {
  test('given a state that it does not leave, when it is asked for, then the holder takes it all the same', () => {
    const stage = Stage.opened();
    stage.origin.take('revoke', applicant, why);
    stage.counterpart.take('complete', warden, { point: '照片' });
    for (const message of stage.origin.sent.splice(0)) stage.counterpart.receive(message);
    stage.carry();
    expect(stage.origin.document.head.state).toBe('revoked');
    expect(stage.isOne).toBe(true);
  });
  test('given the turn has come back in another state, when it is renewed, then the other side accepts it', () => {
    const stage = Stage.opened();
    stage.origin.take('revoke', applicant, why, { key: 'right' });
    stage.origin.sent = [];
    stage.counterpart.take('complete', warden, { point: '照片' });
    stage.carry();
    const event = stage.origin.document.recent.at(-1)?.event;
    expect(event?.stepkey).toBe('right');
    expect(event?.data).toMatchObject({ from: 'completing', state: 'revoked', ask: null });
    expect(stage.counterpart.document.head.state).toBe('revoked');
    expect(stage.isOne).toBe(true);
  });
  test('given the case has closed first, when that is heard, then it is void and says why', () => {
    const stage = Stage.opened();
    stage.counterpart.take('plan', warden);
    stage.counterpart.take('hold', warden);
    stage.origin.take('revoke', applicant, why);
    stage.origin.sent = [];
    stage.counterpart.sign({ officer: 'cq.9', unit: 'cq-prison', roles: ['warden-leader'] });
    stage.carry();
    expect(stage.origin.document.asks.at(-1)).toMatchObject({ status: 'void', reason: '办件已办结，未能入链' });
  });
});
