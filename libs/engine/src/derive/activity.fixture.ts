import { workingDays } from '@chuanyu/reference';
import {
  CalendarDate,
  ListOf,
  OneOf,
  Optional,
  PersonName,
  Private,
  Public,
  Restricted,
  Shared,
  Text,
  Whole,
  Workflows,
  advice,
  after,
  back,
  days,
  defineWorkflow,
  rule,
  yields,
} from '../index';

/** A workflow with one of everything that the notation has, for what is derived from workflows. */
class Proposal {
  @Text(100) @Public('主题') topic!: string;
  @CalendarDate() @Shared('日期') on!: string;
  @PersonName() @Shared('联系人', 'identity') contact!: string;
  @Text(500) @Optional() @Private('内部意见') opinion?: string;
}
class Guest {
  @PersonName() @Shared('姓名', 'identity') name!: string;
  @OneOf('同意', '不同意') @Shared('意见') consent!: string;
}
class Agreed {
  @ListOf(Guest, 5) @Shared('名单') guests!: Guest[];
  @Text(100) @Restricted('特殊需求', 'health') @Optional() needs?: string;
}
class Outcome {
  @Whole(0, 1000) @Public('人数') people!: number;
}
class Score {
  @Whole(0, 100) @Public('得分') points!: number;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}
const notPast = rule(Proposal, '日期不得早于今日', ({ form, today }) => form.on >= today);
const soon = advice(Proposal, '宜提前十日提出', ({ form, today }) => form.on > today);
const score = yields(Score, () => ({ points: 100 }));

export const activity = defineWorkflow('test.exchange-activity', {
  title: '交流活动',
  english: 'Exchange activity',
  docket: '交流',
  serves: ['prison-8'],
  basis: ['合作协议 第三条'],
  roles: {
    origin: { proposer: '发起人', leader: '负责人' },
    counterpart: { host: '接待人' },
  },
  claims: [{ title: '会议室已占用', side: 'counterpart', during: ['agreed'], keys: ({ last }) => [last(Proposal).on] }],
  // prettier-ignore
  states: {
    proposed: { title: '待答复', turn: 'counterpart', due: after('delivery', workingDays(5)) },
    agreed:   { title: '待举办', turn: 'origin', due: after(({ last }) => last(Proposal).on, days(1)), public: true },
    paused:   { title: '暂停', turn: 'counterpart', due: workingDays(5), late: 'dropped' },
    closed:   { title: '已举办', public: true },
    dropped:  { title: '已取消', public: true },
  },
  // prettier-ignore
  steps: {
    propose: { title: '提出', opens: 'proposed', by: 'proposer', form: Proposal, rules: [notPast, soon], signedBy: 'leader' },
    agree:   { title: '同意', from: 'proposed', to: 'agreed', by: 'host', form: Agreed },
    note:    { title: '记事', from: 'agreed', stays: true, by: ['proposer', 'host'], form: Reason },
    pause:   { title: '暂停', from: 'agreed', to: 'paused', by: 'proposer', form: Reason },
    resume:  { title: '继续', from: 'paused', to: back, by: 'host' },
    hold:    { title: '举办', from: 'agreed', to: 'closed', by: 'proposer', form: Outcome, yields: score },
    drop:    { title: '取消', from: ['proposed', 'agreed'], to: 'dropped', by: 'proposer', form: Reason, byRight: true },
  },
});
/** One that nothing of crosses or is public. */
class Draft {
  @Text(100) @Private('送审稿') draft!: string;
}
export const review = defineWorkflow('other.legality-review', {
  title: '合法性审查',
  english: 'Legality review',
  docket: '法审',
  serves: [],
  basis: [],
  roles: { origin: { submitter: '送审人' } },
  states: { submitted: { title: '待审查', turn: 'origin' }, reviewed: { title: '已审查' } },
  steps: {
    submit: { title: '送审', opens: 'submitted', by: 'submitter', form: Draft },
    review: { title: '出具意见', from: 'submitted', to: 'reviewed', by: 'submitter' },
  },
});
export const sample = new Workflows([activity, review]);
export const items = new Map([
  ['prison-8', '开展两地监狱交流'],
  ['prison-9', '开展两地民警交流'],
]);
