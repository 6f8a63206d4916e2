import type { StepMessage } from '@chuanyu/contracts';
import { Calendar } from '@chuanyu/reference';
import { applicant, Stage, warden } from './stage.fixture';

const hour = 3_600_000;

test('given a due time that has passed, when the holder wakes, then it lapses; the other side does not write it', () => {
  const stage = Stage.opened();
  stage.origin.wake(5 * hour);
  expect(stage.origin.document.head.state).toBe('applied');
  stage.counterpart.wake(5 * hour);
  expect(stage.counterpart.document.head.state).toBe('overdue');
  stage.carry();
  expect(stage.isOne).toBe(true);
});
test('given the turn has only just come, when a due time has passed, then the grace period is kept', () => {
  const stage = new Stage();
  stage.draft();
  stage.origin.sign({ officer: 'sc.9', unit: 'sc-office', roles: ['applicant-leader'] });
  stage.counterpart.clock.advance(5 * hour);
  stage.carry();
  stage.counterpart.wake(60_000);
  expect(stage.counterpart.document.head.state).toBe('applied');
  stage.counterpart.wake(10 * 60_000);
  expect(stage.counterpart.document.head.state).toBe('overdue');
});
test('given `back`, when it is taken, then the case is where it was before', () => {
  const stage = Stage.opened();
  stage.counterpart.take('pause', warden);
  stage.counterpart.take('resume', warden);
  expect(stage.counterpart.document.head.state).toBe('applied');
});
test('given a case that rested, when it comes back, then the rest is added to its term', () => {
  const stage = Stage.opened();
  const { due } = stage.counterpart.document.head;
  stage.counterpart.take('complete', warden, { point: '照片' });
  stage.carry();
  expect(stage.origin.document.head).toMatchObject({ state: 'completing', turn: 'origin', due: null });
  expect(stage.origin.document.head.resting).toEqual(stage.counterpart.document.head.resting);
  stage.origin.clock.advance(2 * hour);
  stage.counterpart.clock.advance(2 * hour);
  stage.origin.take('supplement', applicant, { answer: '补上' });
  stage.carry();
  expect(stage.counterpart.document.head.due).toBe(new Date(Date.parse(due ?? '') + 2 * hour).toISOString());
});
test('given a case at rest, when a right leads elsewhere, then that state has its own term and the rest is over', () => {
  const stage = Stage.opened();
  stage.counterpart.wake(5 * hour);
  stage.carry();
  stage.origin.clock.advance(5 * hour);
  stage.counterpart.take('pause', warden);
  stage.counterpart.sent = [];
  stage.origin.take('complete', applicant, { point: '照片' });
  stage.carry();
  const { head } = stage.counterpart.document;
  expect(head).toMatchObject({ state: 'paused', resting: null, before: 'overdue' });
  expect(head.due).toBe(new Date(stage.counterpart.clock.millis() + hour).toISOString());
  stage.counterpart.take('resume', warden);
  expect(stage.counterpart.document.head.state).toBe('overdue');
});
test('given a calendar that is not published, when the term waits for it, then both sides know, and both count again', () => {
  const stage = Stage.opened();
  for (const side of [stage.origin, stage.counterpart]) side.clock.advance(38 * 24 * hour);
  stage.counterpart.wake(0);
  stage.carry();
  expect(stage.origin.document.head).toMatchObject({ state: 'overdue', provisional: true });
  expect(stage.counterpart.document.head.provisional).toBe(true);
  const published = new Calendar({ years: { 2027: { daysOff: ['2027-01-01', '2027-01-04'], workingDays: [] } } });
  for (const side of [stage.origin, stage.counterpart]) {
    side.calendar = published;
    side.wake(1000);
    expect(side.document.head).toMatchObject({ provisional: false });
  }
  expect(stage.origin.document.head.due).toBe(stage.counterpart.document.head.due);
});
test('given an event that leads elsewhere than it says, when it arrives, then the case is frozen on both sides', () => {
  const stage = Stage.opened();
  stage.counterpart.take('plan', warden);
  const [planned] = stage.counterpart.said('step');
  if (!planned) throw new Error('nothing was sent');
  const lies: StepMessage = { ...planned, event: { ...planned.event, tenure: planned.event.tenure + 1 } };
  stage.counterpart.sent = [];
  stage.origin.receive(lies);
  expect(stage.origin.document.status).toBe('frozen');
  stage.carry();
  expect(stage.counterpart.document.status).toBe('frozen');
});
test('given two versions of one event, when both were parked, then one is applied and the other freezes the case', () => {
  const stage = Stage.opened();
  stage.counterpart.take('note', warden, { answer: '一' });
  stage.counterpart.take('note', warden, { answer: '二' });
  const [first, second] = stage.counterpart.said('step');
  if (!first || !second) throw new Error('nothing was sent');
  stage.origin.receive(second);
  stage.origin.receive({ ...second, event: { ...second.event, time: '2026-11-23T02:00:00.000Z' } });
  expect(stage.origin.document.parked).toHaveLength(2);
  stage.origin.receive(first);
  expect(stage.origin.document.status).toBe('frozen');
});
