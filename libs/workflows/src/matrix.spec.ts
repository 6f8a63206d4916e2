import {
  CalendarDate,
  OneOf,
  Private,
  Shared,
  after,
  days,
  defineWorkflow,
  heldFaults,
  judge,
  matrix,
  newCase,
  possibilities,
  rule,
  workingDays,
  yields,
  type Yields,
  type CaseDocument,
  type Cell,
  type Workflow,
} from '@chuanyu/engine';
import { workflows } from './index';

/** The case as the cell's side keeps it: entered that state a moment ago, nothing taken since. */
const caseIn = (workflow: Workflow, cell: Cell): CaseDocument => {
  const made = newCase({
    id: 'case',
    workflow: workflow.id,
    domain: workflow.domain,
    definition: workflow.version,
    province: cell.side,
    peer: workflow.domestic ? null : 'the other',
    side: cell.side,
    status: 'live',
    alias: 'alias',
    createdAt: '2026-11-20T02:00:00.000Z',
  });
  const due = workflow.states.get(cell.state)?.due === undefined ? null : '2026-12-01T16:00:00.000Z';
  const head = { sequence: 1, state: cell.state, turn: cell.holder, tenure: 1, due, untouched: true };
  return { ...made, head: { ...made.head, ...head } };
};
const officer = (role: string) => ({ officer: 'officer', unit: 'unit', roles: [role] });

describe.each(workflows.all().map((workflow) => [workflow.id, workflow] as const))('%s', (_, workflow) => {
  const cells = matrix(workflow);

  it('lets every role take in every state what the workflow file says, and nothing else', () => {
    const differing = cells.flatMap((cell) => {
      const step = workflow.steps.get(cell.step);
      if (!step) return [`no step ${cell.step}`];
      const answer = judge(caseIn(workflow, cell), workflow, step, officer(cell.role));
      const how = 'how' in answer ? answer.how : null;
      const where = `${cell.state} (turn ${String(cell.holder)}), ${cell.role} of the ${cell.side}: ${cell.step}`;
      return how === cell.how ? [] : [`${where} is ${String(how)}, the file says ${String(cell.how)}: ${cell.because}`];
    });
    expect(differing).toEqual([]);
    expect(cells.some((cell) => cell.how === 'take')).toBe(true);
  });

  it('tells an officer of every step whether and why not, in Chinese', () => {
    for (const cell of cells) {
      const possible = possibilities(caseIn(workflow, cell), workflow, officer(cell.role));
      const found = possible.find((each) => each.step === cell.step);
      if (!found) {
        expect([cell.step, cell.how]).toEqual([cell.step, null]);
        continue;
      }
      expect([cell.state, cell.role, cell.step, found.how]).toEqual([cell.state, cell.role, cell.step, cell.how]);
      expect(found.why === undefined).toBe(found.how !== null);
      if (found.why !== undefined) expect(found.why).toMatch(/\p{Script=Han}/u);
    }
  });

  it('lets somebody leave every state that is not final', () => {
    const left = new Set(cells.flatMap((cell) => (cell.how === null ? [] : [cell.state])));
    const open = [...workflow.states.values()].filter((state) => state.turn !== undefined).map((state) => state.name);
    expect(open.filter((state) => !left.has(state))).toEqual([]);
  });

  it('works every rule, term, claim and yield out from what the acting side holds', () => {
    expect(heldFaults(workflow)).toEqual([]);
  });
});

describe('registered together', () => {
  it('gives every workflow a case number of its own', () => {
    const dockets = workflows.all().map((workflow) => workflow.docket);
    expect(dockets.filter((docket, at) => dockets.indexOf(docket) !== at)).toEqual([]);
  });
  it('knows the workflow that each is a part of', () => {
    const parents = workflows.all().flatMap((workflow) => workflow.under ?? []);
    expect(parents.filter((id) => workflows.get(id) === undefined)).toEqual([]);
  });
});

describe('what a side holds', () => {
  class Asked {
    @CalendarDate() @Shared('日期') on!: string;
    @OneOf('甲', '乙') @Private('内部意见') opinion!: string;
  }
  class Answered {
    @OneOf('同意', '不同意') @Shared('答复') answer!: string;
  }
  class Noted {
    @OneOf('是', '否') @Shared('结论') result!: string;
  }
  const small = (over: {
    readonly rules?: ReturnType<typeof rule<Answered>>[];
    readonly yields?: Yields<Answered>;
    readonly due?: Parameters<typeof after>[0];
  }): Workflow =>
    defineWorkflow('test.small', {
      title: '试验',
      english: 'Test',
      docket: '试',
      serves: [],
      basis: [],
      roles: { origin: { asker: '发起人' }, counterpart: { answerer: '答复人' } },
      states: {
        asked: { title: '待答复', turn: 'counterpart', due: workingDays(1) },
        answered: { title: '待确认', turn: 'origin', due: over.due ? after(over.due, days(1)) : workingDays(1) },
        done: { title: '已办结' },
      },
      steps: {
        ask: { title: '提出', opens: 'asked', by: 'asker', form: Asked },
        answer: {
          title: '答复',
          from: 'asked',
          to: 'answered',
          by: 'answerer',
          form: Answered,
          ...(over.rules ? { rules: over.rules } : {}),
          ...(over.yields ? { yields: over.yields } : {}),
        },
        close: { title: '办结', from: 'answered', to: 'done', by: 'asker' },
      },
    });

  it('is enough where only shared fields are read', () => {
    expect(
      heldFaults(small({ rules: [rule(Answered, '须在期后', ({ last, today }) => last(Asked).on <= today)] })),
    ).toEqual([]);
  });
  it('is not enough for a rule about the private opinion of the other side', () => {
    const hidden = rule(Answered, '须同意', ({ form, last }) => form.answer === '同意' || last(Asked).opinion === '甲');
    expect(heldFaults(small({ rules: [hidden] }))).toEqual([
      'the rule «须同意» of answer, worked out by the counterpart: Asked.opinion is private to the other side',
    ]);
  });
  it('is not enough for a rule about what nobody has said yet', () => {
    const early = rule(Answered, '须先答复', ({ last }) => last(Answered).answer !== '');
    expect(heldFaults(small({ rules: [early] }))).toEqual([
      'the rule «须先答复» of answer, worked out by the counterpart: no Answered was taken in this case',
    ]);
    const careful = rule(Answered, '须先答复', ({ has, last }) => !has(Answered) || last(Answered).answer !== '');
    expect(heldFaults(small({ rules: [careful] }))).toEqual([]);
  });
  it('is not enough for a term that counts from the private field of the other side', () => {
    expect(heldFaults(small({ due: (facts) => facts.last(Asked).opinion }))).toEqual([
      'the due time of answered, worked out by the counterpart: Asked.opinion is private to the other side',
    ]);
  });
  it('is not enough for a yield from the private field of the other side', () => {
    const made = yields(Noted, ({ last }) => ({ result: last(Asked).opinion }));
    expect(heldFaults(small({ yields: made }))).toEqual([
      'what answer yields, worked out by the counterpart: Asked.opinion is private to the other side',
    ]);
  });
});
