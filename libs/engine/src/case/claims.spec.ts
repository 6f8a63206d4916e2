import { applicant, refusalOf, Stage, visit, warden } from './stage.fixture';

const room = (name: string) => `${visit.id}#0 ${name}`;

test('given a free room, when the visit is planned by whoever owns it, then it is held, and let go of at the end', () => {
  const stage = Stage.opened();
  stage.counterpart.take('plan', warden);
  expect(stage.counterpart.document.claims).toEqual([room('一室')]);
  stage.carry();
  expect(stage.origin.document.claims.filter((claim) => !claim.startsWith('number '))).toEqual([]);
  stage.origin.take('revoke', applicant, { reason: '不再需要' });
  stage.carry();
  expect(stage.counterpart.document.claims).toEqual([]);
});
test('given a room held by another case, when the visit is planned, then it is refused with the title', () => {
  const stage = Stage.opened();
  stage.counterpart.taken.add(room('一室'));
  const refusal = refusalOf(() => stage.counterpart.take('plan', warden));
  expect(refusal).toMatchObject({ code: 'claim-taken', detail: '房间已被占用' });
});
test('given a room held by another case, when the other side asks, then the ask is refused in the chain', () => {
  const stage = Stage.opened();
  stage.counterpart.taken.add(room('一室'));
  stage.origin.take('plan', applicant);
  stage.carry();
  expect(stage.origin.document.asks[0]).toMatchObject({ status: 'refused', reason: '房间已被占用' });
  expect(stage.counterpart.document.head.state).toBe('applied');
});
test('given the other side has moved the case there, when its event arrives, then no claim is taken or missed', () => {
  const stage = Stage.opened();
  stage.counterpart.wake(5 * 3_600_000);
  stage.carry();
  expect(stage.origin.document.head.state).toBe('overdue');
  stage.counterpart.taken.add(room('一室'));
  stage.origin.take('plan', applicant);
  stage.carry();
  expect(stage.counterpart.document.head.state).toBe('planned');
  expect(stage.counterpart.document.claims).toEqual([]);
});
test('given no claim held and none free, when a right is asked for, then it is taken', () => {
  const stage = Stage.opened();
  stage.counterpart.wake(5 * 3_600_000);
  stage.carry();
  stage.counterpart.taken.add(room('一室')).add(room('二室'));
  stage.origin.take('plan', applicant);
  stage.carry();
  const form = { step: 'apply', sequence: 1, reason: '笔误', form: { subject: '家属会见', room: '二室' } };
  stage.origin.take('correct', applicant, form);
  stage.carry();
  expect(stage.origin.document.asks.at(-1)?.status).toBe('taken');
});
test('given a case at rest, when it comes back, then what it held is still held', () => {
  const stage = Stage.opened();
  stage.counterpart.take('plan', warden);
  stage.counterpart.take('complete', warden, { point: '照片' });
  expect(stage.counterpart.document.claims).toEqual([room('一室')]);
});
