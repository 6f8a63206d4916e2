import { workingDays } from '@chuanyu/reference';
import { Shared, Text } from '../index';
import { defineWorkflow, WorkflowFaults } from './define';
import { advice, after, rule, yields } from './notation';

class A {
  @Text(9) @Shared('甲') a!: string;
}
class B {
  @Text(9) @Shared('乙') b!: string;
}
const aboutA = rule(A, '甲须为一', ({ form }) => form.a === '一');

/** Every line under `@ts-expect-error` fails to compile, as it must: `tsc` reports one that compiles. */
const wrong = () =>
  defineWorkflow('test.wrong', {
    title: '错',
    english: 'Wrong',
    docket: '错',
    serves: [],
    basis: [],
    roles: { origin: { opener: '甲方' }, counterpart: { other: '乙方' } },
    states: {
      // @ts-expect-error no such state
      first: { title: '一', turn: 'origin', due: workingDays(1), late: 'nowhere' },
      // @ts-expect-error a final state has no due time
      last: { title: '末', due: workingDays(1) },
    },
    steps: {
      open: { title: '开', opens: 'first', by: 'opener', form: A, rules: [aboutA] },
      // @ts-expect-error no such state
      one: { title: '一', from: 'ninth', to: 'last', by: 'opener' },
      // @ts-expect-error no such role
      two: { title: '二', from: 'first', to: 'last', by: 'nobody' },
      // @ts-expect-error a rule about another form
      three: { title: '三', from: 'first', to: 'last', by: 'other', form: B, rules: [aboutA] },
      // @ts-expect-error neither opens nor leaves a state
      four: { title: '四', by: 'opener' },
      // @ts-expect-error moves nowhere and does not say that it stays
      five: { title: '五', from: 'first', by: 'opener' },
      // @ts-expect-error opens and leaves a state
      six: { title: '六', opens: 'first', from: 'first', to: 'last', by: 'opener' },
      // @ts-expect-error stays and goes
      seven: { title: '七', from: 'first', stays: true, to: 'last', by: 'opener' },
      // @ts-expect-error no such signer
      eight: { title: '八', from: 'first', to: 'last', by: 'opener', signedBy: 'nobody' },
      // @ts-expect-error by right or not at all
      nine: { title: '九', from: 'first', to: 'last', by: 'opener', byRight: false },
    },
    // @ts-expect-error claims while the case is in a state that is not
    claims: [{ title: '室', side: 'origin', during: ['nowhere'], keys: () => [] }],
  });

/** Rules, advice, terms and yields know the fields of their forms. */
export const wrongRules = [
  // @ts-expect-error no such field
  rule(A, '乙', ({ form }) => form.b === ''),
  // @ts-expect-error no such field in an earlier form
  rule(A, '乙', ({ last }) => last(B).a === ''),
  // @ts-expect-error a rule answers yes or no
  advice(A, '甲', ({ form }) => form.a),
  // @ts-expect-error counted from a text, a date or an instant
  after(({ last }) => last(A), workingDays(1)),
  // @ts-expect-error yields what its class says
  yields(B, () => ({ a: '' })),
];

it('is also refused when it is loaded, where the types were gone around', () => {
  expect(wrong).toThrow(WorkflowFaults);
  expect(wrong).toThrow(
    new RegExp(
      [
        'claim «室»: no state nowhere',
        'state first: no state nowhere',
        'state last is final and has a due time',
      ].reduceRight((rest, fault) => `(?=[^]*${fault})${rest}`, ''),
    ),
  );
});
