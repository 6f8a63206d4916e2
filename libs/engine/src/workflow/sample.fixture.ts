import { workingDays } from '@chuanyu/reference';
import { CalendarDate, Shared, Text } from '../index';
import { defineWorkflow, WorkflowFaults } from './define';

export class Notice {
  @Text(100) @Shared('事由') matter!: string;
  @CalendarDate() @Shared('日期') on!: string;
}
export class Answer {
  @Text(100) @Shared('答复') answer!: string;
}

/** A workflow file with nothing wrong in it; each test changes one thing. */
export const right = {
  title: '试验',
  english: 'Test',
  docket: '试',
  serves: [],
  basis: [],
  roles: { origin: { asker: '发起人', leader: '负责人' }, counterpart: { answerer: '答复人' } },
  states: {
    asked: { title: '待答复', turn: 'counterpart', due: workingDays(5) },
    answered: { title: '待确认', turn: 'origin', due: workingDays(5), late: 'done' },
    done: { title: '已办结' },
  },
  steps: {
    ask: { title: '提出', opens: 'asked', by: 'asker', form: Notice, signedBy: 'leader' },
    answer: { title: '答复', from: 'asked', to: 'answered', by: 'answerer', form: Answer },
    close: { title: '办结', from: 'answered', to: 'done', by: 'asker' },
  },
};
type File = Parameters<typeof defineWorkflow>[1];
/** The types of the notation forbid most of this: it is what a file written without them, or around them, may hold. */
export const faultsOf = (change: object, id = 'test.sample'): readonly string[] => {
  try {
    defineWorkflow(id, { ...right, ...change } as unknown as File);
    return [];
  } catch (error) {
    if (error instanceof WorkflowFaults) return error.faults;
    throw error;
  }
};
export const state = (name: string, change: object) => ({
  states: { ...right.states, [name]: { ...right.states[name as 'asked'], ...change } },
});
export const step = (name: string, change: object) => ({
  steps: { ...right.steps, [name]: { ...right.steps[name as 'close'], ...change } },
});
