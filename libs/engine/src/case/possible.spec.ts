import { possibilities, type Who } from '../index';
import { applicant, Stage, visit, warden, type Replica } from './stage.fixture';

const how = (replica: Replica, step: string, who?: Who) =>
  possibilities(replica.document, visit, who).find((each) => each.step === step);

test('given the turn, then a step is taken; without it, it is asked for; a right is in force at once', () => {
  const { origin, counterpart } = Stage.opened();
  expect(how(counterpart, 'plan')?.how).toBe('take');
  expect(how(origin, 'plan')?.how).toBe('ask');
  expect(how(origin, 'revoke')?.how).toBe('right');
  expect(how(counterpart, 'pause')?.how).toBe('take');
});
test('given another role, side or state, then it is not possible and says why', () => {
  const { origin, counterpart } = Stage.opened();
  expect(how(origin, 'hold')).toMatchObject({ how: null, why: '由对方办理' });
  expect(how(counterpart, 'hold')?.why).toContain('待安排');
  expect(how(counterpart, 'plan', { ...warden, roles: ['warden-leader'] })?.why).toContain('狱政民警');
  expect(how(origin, 'send-back')?.how).toBeNull();
});
test('given the turn with the other side, then what only the holder may do says so', () => {
  const { origin } = Stage.opened();
  expect(how(origin, 'complete')?.why).toContain('对方');
  expect(how(origin, 'extend')?.how).toBeNull();
});
test('given a right under way, then nothing else is possible but another correction', () => {
  const { origin } = Stage.opened();
  origin.take('revoke', applicant, { reason: '不再需要' });
  expect(how(origin, 'plan')?.why).toContain('依职权');
});
test('given a closed, drafted or frozen case, then nothing is possible', () => {
  const stage = Stage.opened();
  stage.origin.take('revoke', applicant, { reason: '不再需要' });
  stage.carry();
  expect(possibilities(stage.origin.document, visit, undefined).every((each) => each.how === null)).toBe(true);
  const drafted = new Stage();
  drafted.draft();
  expect(possibilities(drafted.origin.document, visit, undefined).every((each) => each.how === null)).toBe(true);
});
