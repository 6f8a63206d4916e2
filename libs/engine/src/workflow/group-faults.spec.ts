import { Shared, Text } from '../index';
import { defineWorkflow, WorkflowFaults } from './define';
import { Workflows } from './registry';

class Why {
  @Text(100) @Shared('理由') reason!: string;
}
class Other {
  @Text(100) @Shared('理由') reason!: string;
}
const parent = defineWorkflow('test.parent', {
  title: '上级',
  english: 'Parent',
  docket: '上',
  serves: [],
  basis: [],
  roles: { origin: { officer: '经办', clerk: '内勤', leader: '负责人' } },
  states: { running: { title: '进行中', turn: 'origin' }, ended: { title: '已结束' } },
  steps: {
    begin: { title: '设立', opens: 'running', by: 'officer' },
    end: { title: '结束', from: 'running', to: 'ended', by: ['officer', 'clerk'], form: Why },
  },
});
const right = { form: Why, by: ['officer', 'clerk'] as const, follows: 'end' };
const member = (over: object = {}, file: object = {}) =>
  defineWorkflow('test.member', {
    title: '成员',
    english: 'Member',
    docket: '员',
    serves: [],
    basis: [],
    under: 'test.parent',
    roles: { origin: { officer: '经办', clerk: '内勤', leader: '负责人' }, counterpart: { peer: '对方' } },
    states: {
      asked: { title: '待答复', turn: 'counterpart' },
      ended: { title: '已结束' },
      closed: { title: '已办结' },
    },
    steps: {
      ask: { title: '提出', opens: 'asked', by: 'officer' },
      answer: { title: '答复', from: 'asked', to: 'closed', by: 'peer' },
      end: { title: '结束', to: { asked: 'ended' }, byRight: true, ...right, ...over },
    },
    ...file,
  });
const faultsOf = (make: () => Workflows): readonly string[] => {
  try {
    make();
    return [];
  } catch (error) {
    if (error instanceof WorkflowFaults) return error.faults;
    throw error;
  }
};

it('finds nothing wrong with a member that follows its parent', () => {
  expect(faultsOf(() => new Workflows([parent, member()]))).toEqual([]);
});
it.each([
  ['a parent that is not there', [member()], 'under: no workflow test.parent'],
  [
    'a step that is not the parent’s',
    [parent, member({ follows: 'stop' })],
    'step end follows stop, which is no step of test.parent',
  ],
  [
    'the step that opens the parent',
    [parent, member({ follows: 'begin' })],
    'step end follows begin, which is no step of test.parent',
  ],
  ['another form', [parent, member({ form: Other })], 'step end follows end with another form'],
  ['a role that is missing', [parent, member({ by: 'officer' })], 'step end follows end: not by clerk'],
  ['a signature that nobody gives', [parent, member({ signedBy: 'leader' })], 'step end is signed, end is not'],
  [
    'following under nothing',
    [parent, member({}, { under: undefined })],
    'step end follows a step, and the workflow is under none',
  ],
] as const)('refuses %s', (_, workflows, fault) => {
  expect(faultsOf(() => new Workflows(workflows))).toEqual([fault]);
});
it('refuses to lead to a state that is not there', () => {
  expect(() => member({ to: { asked: 'nowhere' } })).toThrow('step end: no state nowhere');
});
