import { CalendarDate, OneOf, Optional, PersonName, Private, Shared, Text, type Class } from '../index';
import { field, type Check, type Paper } from './documents';
import { yields, type Facts } from './notation';
import { Answer, faultsOf, Notice, right } from './sample.fixture';

class Code {
  @Text(13) @Private('查验码') code!: string;
  @Text(13) @Shared('对方也知道的码') shared!: string;
}
class Result {
  @OneOf('合格', '不合格') @Private('结果') result!: string;
  @CalendarDate() @Private('日期') on!: string;
  @OneOf('阴性', '阳性') @Private('检测', 'drug-use') test!: string;
  @PersonName() @Private('姓名') name!: string;
  @Text(100) @Optional() @Private('说明') note?: string;
}
const steps = {
  ...right.steps,
  ask: { ...right.steps.ask, yields: yields(Code, ({ code }) => ({ code: code(), shared: code() })) },
  answer: { ...right.steps.answer, form: Result },
};
const check = {
  code: field(Code, 'code'),
  says: { answered: '有效', done: '已办结' },
  valid: ['answered'],
  shows: [field(Result, 'result'), field(Result, 'on')],
};
const certificate = {
  title: '证明',
  during: ['answered'],
  of: ({ last }: Facts): Paper => ({ on: last(Result).on, lines: { 结果: last(Result).result } }),
};
const withCheck = (change: Partial<Check<string>>) => faultsOf({ steps, check: { ...check, ...change } });
const withDocument = (change: object) => faultsOf({ steps, documents: { certificate: { ...certificate, ...change } } });

it('finds nothing wrong with a right document and a right check', () => {
  expect(faultsOf({ steps, check, documents: { certificate } })).toEqual([]);
});

it.each([
  ['no title', withDocument({ title: ' ' }), 'document certificate has no title'],
  ['no state', withDocument({ during: [] }), 'document certificate is printed in no state'],
  ['an unknown state', withDocument({ during: ['gone'] }), 'document certificate: no state gone'],
  [
    'a state that does not always bring what is read',
    withDocument({ during: ['asked'] }),
    'document certificate in asked reads Result, which some way there does not bring',
  ],
  [
    'no date',
    withDocument({ of: () => ({ on: '', lines: { 结果: '合格' } }) }),
    'document certificate in answered cannot be worked out: its date is ',
  ],
  [
    'nothing to say',
    withDocument({ of: () => ({ on: '2026-12-01', lines: {} }) }),
    'document certificate in answered cannot be worked out: it says nothing',
  ],
  [
    'a name that is no route',
    faultsOf({ steps, documents: { 'certificate/2': certificate } }),
    'document certificate/2 is not a name for a route',
  ],
])('refuses a document with %s', (_, faults, fault) => {
  expect(faults).toContain(fault);
});

const other = (form: Class, name: string) => ({ form, name });
it.each([
  ['an unknown state', withCheck({ says: { ...check.says, gone: '没有了' } }), 'check: no state gone'],
  ['no sentence', withCheck({ says: {}, valid: [] }), 'check says nothing'],
  [
    'a valid state of which nothing is said',
    withCheck({ valid: ['asked'] }),
    'check: asked is valid, and nothing is said of it',
  ],
  [
    'a state left out to which another leads',
    withCheck({ says: { answered: '有效' } }),
    'check says nothing of done, to which answered leads',
  ],
  ['a code that nobody made', withCheck({ code: field(Answer, 'answer') }), 'check: no step yields Answer'],
  [
    'a code that others read',
    withCheck({ code: field(Code, 'shared') }),
    'check: Code.shared is not private; whoever reads the code can check',
  ],
  ['a field that is not there', withCheck({ shows: [other(Result, 'gone')] }), 'check: Result has no field gone'],
  [
    'a form that was not always taken',
    withCheck({ says: { asked: '待答复', ...check.says } }),
    'check reads Result in asked, which some way there does not bring',
  ],
  [
    "a person's data",
    withCheck({ shows: [field(Result, 'test')] }),
    'check shows Result.test, which is of class drug-use',
  ],
  [
    'a name that is marked as business',
    withCheck({ shows: [field(Result, 'name')] }),
    'check shows Result.name, which is not a choice, a number or a date',
  ],
  [
    'what somebody wrote freely',
    withCheck({ shows: [field(Notice, 'matter')] }),
    'check shows Notice.matter, which is not a choice, a number or a date',
  ],
])('refuses a check with %s', (_, faults, fault) => {
  expect(faults).toContain(fault);
});
