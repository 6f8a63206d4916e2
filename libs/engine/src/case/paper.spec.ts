import { CalendarDate, field, OneOf, PersonName, Private, Shared, Text, yields, defineWorkflow } from '../index';
import { newCase, nowhere, type CaseDocument } from './document';
import { checkOf, paperOf } from './paper';
import { refusalOf, Stage } from './stage.fixture';

class Record {
  @PersonName() @Shared('姓名', 'identity') name!: string;
  @OneOf('合格', '不合格') @Shared('结果') result!: string;
  @CalendarDate() @Shared('日期') on!: string;
}
class Code {
  @Text(13) @Private('查验码') code!: string;
}
const workflow = defineWorkflow('test.record', {
  title: '记录认证',
  english: 'Record',
  docket: '记',
  serves: [],
  basis: [],
  roles: { origin: { clerk: '经办人' }, counterpart: { peer: '对方经办人' } },
  states: {
    certified: { title: '已认证', turn: 'counterpart' },
    suspended: { title: '已暂停', turn: 'counterpart' },
    withdrawn: { title: '已撤回' },
  },
  documents: {
    certificate: {
      title: '证明',
      during: ['certified'],
      of: ({ last }) => ({ on: last(Record).on, lines: { 姓名: last(Record).name }, text: '特此证明。' }),
    },
  },
  check: {
    code: field(Code, 'code'),
    says: { certified: '有效', suspended: '已暂停', withdrawn: '已撤回' },
    valid: ['certified'],
    shows: [field(Record, 'result')],
  },
  steps: {
    certify: {
      title: '认证',
      opens: 'certified',
      by: 'clerk',
      form: Record,
      yields: yields(Code, ({ code }) => ({ code: code() })),
    },
    suspend: { title: '暂停', from: 'certified', to: 'suspended', by: 'clerk', byRight: true },
    withdraw: { title: '撤回', from: ['certified', 'suspended'], to: 'withdrawn', by: 'clerk', byRight: true },
  },
});
const stage = new Stage();
const context = { ...stage.origin.context, workflow };
const certified = (change: Partial<CaseDocument> = {}): CaseDocument => ({
  ...newCase({
    id: 'case',
    workflow: workflow.id,
    domain: 'test',
    definition: 1,
    province: 'sichuan',
    peer: 'chongqing',
    side: 'origin',
    status: 'live',
    alias: 'alias',
    createdAt: context.now,
  }),
  head: {
    ...nowhere,
    sequence: 1,
    state: 'certified',
    turn: 'counterpart',
    units: { origin: 'sc-bar', counterpart: 'cq-bar' },
  },
  opening: {
    number: '川记〔2026〕1号',
    origin: { province: 'sichuan', unit: 'sc-bar' },
    counterpart: { province: 'chongqing', unit: 'cq-bar' },
    under: null,
    secrecy: 'none',
  },
  facts: {
    Record: { shared: { name: '张三', result: '合格', on: '2026-12-01' }, private: null, by: 'origin', sequence: 1 },
    Code: { shared: null, private: { code: '7K3M9QXW2HB4T' }, by: 'origin', sequence: 1 },
  },
  ...change,
});
const inState = (state: string) => ({ head: { ...certified().head, state } });
/** A right of this side that the other has not written yet: the line is cut. */
const rightTo = (step: string): Partial<CaseDocument> => {
  const probe = Stage.opened();
  probe.origin.take('revoke', { officer: 'sc.1', unit: 'sc-office', roles: ['applicant'] }, { reason: '不再需要' });
  const [own] = probe.origin.document.asks;
  if (!own) throw new Error('nothing was asked');
  return { asks: [{ ...own, ask: { ...own.ask, step } }] };
};

describe('a paper', () => {
  it('says what the file says, with number, issuer and code', () => {
    expect(paperOf(certified(), context, 'certificate')).toEqual({
      title: '证明',
      number: '川记〔2026〕1号',
      state: { name: 'certified', title: '已认证' },
      issuer: { province: 'sichuan', unit: 'sc-bar' },
      on: '2026-12-01',
      lines: [{ label: '姓名', text: '张三' }],
      text: '特此证明。',
      code: '7K3M9QXW2HB4T',
    });
  });
  it.each([
    ['of another name', certified(), 'diploma', 'not-found'],
    ['of the other side', certified({ side: 'counterpart' }), 'certificate', 'not-allowed'],
    ['in another state', certified(inState('suspended')), 'certificate', 'not-possible'],
    ['of a frozen case', certified({ status: 'frozen' }), 'certificate', 'not-possible'],
    ['withdrawn while the line is cut', certified(rightTo('withdraw')), 'certificate', 'not-possible'],
  ])('is not there %s', (_, document, name, code) => {
    expect(refusalOf(() => paperOf(document, context, name))?.code).toBe(code);
  });
});

describe('a check', () => {
  it('says whether it is valid, and the fields that are named, and nothing of the person', () => {
    const checked = checkOf(certified(), workflow);
    expect(checked).toEqual({
      code: '7K3M9QXW2HB4T',
      title: '记录认证',
      valid: true,
      says: '有效',
      issuer: { province: 'sichuan', unit: 'sc-bar' },
      lines: [{ label: '结果', text: '合格' }],
    });
    expect(JSON.stringify(checked)).not.toMatch('张三');
  });
  it('says at once what was done by right, though the other side has not written it', () => {
    expect(checkOf(certified(inState('suspended')), workflow)).toMatchObject({ valid: false, says: '已暂停' });
    expect(checkOf(certified(rightTo('suspend')), workflow)).toMatchObject({ valid: false, says: '已暂停' });
    expect(checkOf(certified(rightTo('withdraw')), workflow)).toMatchObject({ valid: false, says: '已撤回' });
  });
  it('looks through a case that rests to the state that rests', () => {
    const resting = { state: 'certified', due: null, since: context.now };
    const head = { ...certified().head, state: 'completing', resting };
    expect(checkOf(certified({ head }), workflow)).toMatchObject({ valid: true });
  });
  it('says nothing of a sealed case, nor at the other side, nor without a number or a code', () => {
    for (const change of [{ sealed: true }, { side: 'counterpart' }, { opening: null }, { facts: {} }] as const)
      expect(checkOf(certified(change), workflow)).toBeUndefined();
  });
});
