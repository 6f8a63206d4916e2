import type { Message, Receipt } from '@chuanyu/contracts';
import { applicant, applicantLeader, Stage, warden } from './stage.fixture';

const delivered = (stage: Stage): Receipt[] =>
  stage.counterpart.said('receipt').flatMap(({ receipt }) => (receipt.receipt === 'delivered' ? [receipt] : []));
const opening = (): { readonly stage: Stage; readonly event: Message } => {
  const stage = new Stage();
  stage.draft();
  stage.origin.sign(applicantLeader);
  const event = stage.origin.said('step')[0];
  if (!event) throw new Error('nothing was sent');
  return { stage, event };
};

test('given a duplicate, when it arrives later, then the receipt is said again, with the instant of the first', () => {
  const { stage, event } = opening();
  stage.counterpart.receive(event);
  stage.counterpart.clock.advance(90_000);
  stage.counterpart.receive(event);
  const [first, again] = delivered(stage);
  expect(again).toEqual(first);
});
test('given a term from delivery, when only the repeated receipt arrives, then both sides count from the same instant', () => {
  const stage = Stage.opened();
  stage.origin.take('plan', applicant);
  stage.carry();
  stage.counterpart.take('pause', warden);
  stage.carry();
  stage.counterpart.take('resume', warden);
  stage.carry();
  expect(stage.origin.document.head.due).toBe(stage.counterpart.document.head.due);
});
test('given an event of the other side, when two officers look, then `opened` is minted once', () => {
  const stage = Stage.opened();
  expect(stage.counterpart.look(warden)).toBe(true);
  expect(stage.counterpart.look({ ...warden, officer: 'cq.2' })).toBe(false);
  expect(stage.counterpart.said('receipt').filter(({ receipt }) => receipt.receipt === 'opened')).toHaveLength(1);
});
test('given receipts, when a lower one comes late, then what is delivered does not fall', () => {
  const { stage, event } = opening();
  stage.counterpart.receive(event);
  const [early] = stage.counterpart.said('receipt');
  stage.carry();
  stage.counterpart.take('complete', warden, { point: '照片' });
  stage.carry();
  stage.origin.take('supplement', applicant, { answer: '补上' });
  stage.carry();
  const before = stage.origin.document.delivered;
  if (early) stage.origin.receive(early);
  expect(stage.origin.document.delivered).toBe(before);
  expect(before).toBe(3);
});
test('given a dated negative, when the positive comes after it, then the positive counts', () => {
  const { stage, event } = opening();
  stage.counterpart.receive(event);
  const [receipt] = delivered(stage);
  if (!receipt) throw new Error('no receipt');
  const late = { code: 'late', detail: '尚未送达' };
  const message = stage.counterpart.said('receipt')[0];
  if (message) stage.origin.receive({ ...message, receipt: { ...receipt, negative: late } });
  expect(stage.origin.document.delivered).toBe(0);
  expect(stage.origin.document.marks['1']?.negative).toMatchObject(late);
  stage.carry();
  expect(stage.origin.document.delivered).toBe(1);
});
test('given a lost last event, when time passes, then it is sent again until the receipt covers it', () => {
  const { stage } = opening();
  stage.origin.sent = [];
  stage.origin.wake(31_000);
  expect(stage.origin.said('step')).toHaveLength(1);
  stage.carry();
  stage.origin.wake(600_000);
  expect(stage.origin.said('step')).toHaveLength(0);
});
