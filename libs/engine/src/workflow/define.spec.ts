import { days } from '@chuanyu/reference';
import type { Class } from '../index';
import { after, back, rule } from './notation';
import { Answer, faultsOf, Notice, right, state, step } from './sample.fixture';

it('finds nothing wrong with a right file', () => {
  expect(faultsOf({})).toEqual([]);
});

describe('names', () => {
  it.each([
    ['an id without a domain', faultsOf({}, 'sample'), 'id sample is not <domain>.<name> in kebab-case'],
    ['an id in capitals', faultsOf({}, 'Test.sample'), 'id Test.sample is not <domain>.<name> in kebab-case'],
    ['a version of nought', faultsOf({ version: 0 }), 'version 0 is not 1, 2, 3 …'],
    ['half a version', faultsOf({ version: 1.5 }), 'version 1.5 is not 1, 2, 3 …'],
    ['no docket', faultsOf({ docket: '' }), 'docket is empty'],
    [
      'a step named like an everyday verb',
      faultsOf(step('passOn', right.steps.close)),
      'step pass-on is named like an everyday verb',
    ],
    [
      'a step with a number in its name',
      faultsOf(step('close2', right.steps.close)),
      'step close2 is not a name for a route',
    ],
    [
      'a state of the engine',
      faultsOf(state('completing', { title: '补正', turn: 'origin' })),
      "state completing is the engine's own",
    ],
    ['a state with a number in its name', faultsOf(state('asked2', right.states.asked)), 'state asked2 is not a name'],
    [
      'a role in capitals',
      faultsOf({ roles: { ...right.roles, origin: { ...right.roles.origin, Boss: '领导' } } }),
      'role Boss is not a name in kebab-case',
    ],
    ['no title', faultsOf({ title: ' ' }), 'the workflow has no title'],
    ['no English title', faultsOf({ english: '' }), 'the workflow in English has no title'],
    ['a state without a title', faultsOf(state('done', { title: '' })), 'state done has no title'],
    ['a step without a title', faultsOf(step('close', { title: '' })), 'step close has no title'],
    [
      'a role without a title',
      faultsOf({ roles: { ...right.roles, counterpart: { answerer: '' } } }),
      'role answerer has no title',
    ],
  ])('refuses %s', (_, faults, fault) => {
    expect(faults).toContain(fault);
  });
});

describe('roles', () => {
  it.each([
    [
      'a role on both sides',
      faultsOf({ roles: { ...right.roles, counterpart: { answerer: '答复人', asker: '也是' } } }),
      'role asker is on both sides',
    ],
    ['an unknown role', faultsOf(step('close', { by: 'nobody' })), 'step close: no role nobody'],
    ['an unknown signer', faultsOf(step('close', { signedBy: 'nobody' })), 'step close: no role nobody'],
    [
      'a signer of the other side',
      faultsOf(step('close', { signedBy: 'answerer' })),
      'step close: answerer signs for the other side',
    ],
    ['a step that nobody takes', faultsOf(step('close', { by: [] })), 'step close is taken by nobody'],
    [
      'a counterpart that opens',
      faultsOf(step('ask', { by: 'answerer', signedBy: undefined })),
      'step ask: the origin opens',
    ],
  ])('refuses %s', (_, faults, fault) => {
    expect(faults).toContain(fault);
  });
});

describe('steps', () => {
  const aboutNotice = rule(Notice, '事由须写明', ({ form: { matter } }) => matter !== '');
  it.each([
    ['two openings', faultsOf(step('askAgain', right.steps.ask)), '2 steps open the case; one must'],
    ['no opening', faultsOf({ steps: { close: right.steps.close } }), '0 steps open the case; one must'],
    [
      'a step that leaves an unknown state',
      faultsOf(step('close', { from: 'nowhere' })),
      'step close: no state nowhere',
    ],
    ['a step to an unknown state', faultsOf(step('close', { to: 'nowhere' })), 'step close: no state nowhere'],
    [
      'a step that neither opens nor leaves',
      faultsOf(step('close', { from: undefined })),
      'step close neither opens the case nor leaves a state',
    ],
    [
      'a step that leaves a final state',
      faultsOf(step('close', { from: ['answered', 'done'] })),
      'step close leaves done, which is final',
    ],
    [
      'a rule about another form',
      faultsOf(step('answer', { rules: [aboutNotice] })),
      'step answer: the rule «事由须写明» is about Notice',
    ],
  ])('refuses %s', (_, faults, fault) => {
    expect(faults).toContain(fault);
  });
});

describe('states', () => {
  it.each([
    ['a state that is never reached', faultsOf(state('lost', { title: '遗忘' })), 'state lost is never reached'],
    [
      'a state that nothing leaves',
      faultsOf({
        ...state('stuck', { title: '卡住', turn: 'origin' }),
        ...step('jam', { title: '卡', from: 'asked', to: 'stuck', by: 'answerer' }),
      }),
      'state stuck is stuck: nothing leaves it',
    ],
    [
      'states that only lead to each other',
      faultsOf({ ...state('answered', { late: undefined }), ...step('close', { to: 'asked' }) }),
      'state asked never comes to an end',
    ],
    ['a final state with a term', faultsOf(state('done', { due: days(1) })), 'state done is final and has a due time'],
    [
      'a state that falls into an unknown one',
      faultsOf(state('answered', { late: 'nowhere' })),
      'state answered: no state nowhere',
    ],
    [
      'a state that falls late without a term',
      faultsOf(state('answered', { due: undefined })),
      'state answered falls late without a due time',
    ],
  ])('refuses %s', (_, faults, fault) => {
    expect(faults).toContain(fault);
  });
  it('counts the way back as a way on', () => {
    const paused = {
      ...state('paused', { title: '暂停', turn: 'counterpart' }),
      steps: {
        ...right.steps,
        pause: { title: '暂停', from: 'asked', to: 'paused', by: 'answerer' },
        resume: { title: '继续', from: 'paused', to: back, by: 'answerer' },
      },
    };
    expect(faultsOf(paused)).toEqual([]);
  });
});

describe('terms, addresses and claims', () => {
  it.each([
    [
      'a term counted from a form that some way there does not bring',
      faultsOf({
        ...state('answered', { due: after(({ last }) => last(Answer).answer, days(1)) }),
        ...step('skip', { title: '跳过', from: 'asked', to: 'answered', by: 'answerer' }),
      }),
      'the due time of answered reads Answer, which some way there does not bring',
    ],
    [
      'a term that cannot be worked out',
      faultsOf(
        state('answered', {
          due: after(() => {
            throw new Error('no');
          }, days(1)),
        }),
      ),
      'the due time of answered cannot be worked out: no',
    ],
    [
      'an address read from a later form',
      faultsOf({ sentTo: ({ last }: { last: (of: Class) => Answer }) => last(Answer).answer }),
      'sentTo reads Answer, which some way there does not bring',
    ],
    [
      'a claim during an unknown state',
      faultsOf({ claims: [{ title: '会议室', side: 'origin', during: ['nowhere'], keys: () => [] }] }),
      'claim «会议室»: no state nowhere',
    ],
  ])('refuses %s', (_, faults, fault) => {
    expect(faults).toContain(fault);
  });
});

describe('a domestic workflow', () => {
  const domestic = {
    roles: { origin: { asker: '发起人', leader: '负责人', answerer: '答复人' } },
    states: { ...right.states, asked: { ...right.states.asked, turn: 'origin' } },
  };
  it('is right without a counterpart', () => {
    expect(faultsOf(domestic)).toEqual([]);
  });
  it.each([
    [
      'gives the counterpart the turn',
      faultsOf({ ...domestic, states: right.states }),
      'state asked: a domestic workflow has no counterpart',
    ],
    [
      'claims on the other side',
      faultsOf({ ...domestic, claims: [{ title: '会议室', side: 'counterpart', during: ['asked'], keys: () => [] }] }),
      'claim «会议室»: a domestic workflow has no counterpart',
    ],
    [
      'is sent to somebody',
      faultsOf({ ...domestic, sentTo: () => 'unit' }),
      'sentTo: a domestic workflow is sent to nobody',
    ],
  ])('is refused where it %s', (_, faults, fault) => {
    expect(faults).toContain(fault);
  });
});

it('names every fault at once', () => {
  expect(faultsOf({ docket: '', ...step('close', { by: 'nobody', from: 'nowhere' }) }).length).toBeGreaterThanOrEqual(
    3,
  );
});
