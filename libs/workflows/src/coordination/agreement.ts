import { CalendarDate, ListOf, Shared, SomeOf, Text, after, days, defineWorkflow, rule } from '@chuanyu/engine';

/** One paragraph of an agreement: which classes of data may flow for which matters. */
export class ClauseText {
  @Text(100) @Shared('条款标题') title!: string;
  @Text(2000) @Shared('可用于事项（编号，以空格分隔，或 *）') workflows!: string;
  @SomeOf('identity', 'contact', 'family', 'conviction', 'health', 'drug-use', 'risk', 'business')
  @Shared('可共享的数据类别')
  data!: string[];
}
export class Agreement {
  @Text(100) @Shared('协议名称') title!: string;
  @CalendarDate() @Shared('生效日期') effective!: string;
  @CalendarDate() @Shared('届满日期') expires!: string;
  @ListOf(ClauseText, 60) @Shared('条款') clauses!: ClauseText[];
}
export class Suspension {
  @Text(20) @Shared('条款序号，或 *') clause!: string;
  @Text(500) @Shared('理由') reason!: string;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}

const endsLater = rule(Agreement, '届满日期须晚于生效日期', ({ form }) => form.expires > form.effective);
const hasClauses = rule(Agreement, '至少写明一个条款', ({ form }) => form.clauses.length > 0);
const namesData = rule(Agreement, '每个条款须写明可共享的数据类别', ({ form }) =>
  form.clauses.every((clause) => clause.data.length > 0),
);

export const agreement = defineWorkflow('coordination.agreement', {
  title: '合作协议',
  english: 'Cooperation agreement',
  docket: '协议',
  serves: [],
  basis: ['川渝司法行政合作框架协议'],
  restsOn: 'pairing',

  units: { origin: ['liaison-office'], counterpart: ['liaison-office'] },
  roles: {
    origin: { 'liaison-officer': '联络员', 'liaison-leader': '联络办负责人' },
    counterpart: { 'peer-liaison-officer': '对方联络员', 'peer-liaison-leader': '对方联络办负责人' },
  },

  // prettier-ignore
  states: {
    proposed:  { title: '待对方签署', turn: 'counterpart' },
    inForce:   { title: '生效',       turn: 'origin', due: after((f) => f.last(Agreement).expires, days(0)), late: 'expired', public: true },
    declined:  { title: '未签署' },
    expired:   { title: '已届满', public: true },
    ended:     { title: '已终止', public: true },
  },

  // prettier-ignore
  steps: {
    propose:  { title: '提出',     opens: 'proposed', by: 'liaison-officer', form: Agreement, rules: [endsLater, hasClauses, namesData], signedBy: 'liaison-leader' },
    join:     { title: '签署',     from: 'proposed', to: 'inForce',  by: 'peer-liaison-officer', signedBy: 'peer-liaison-leader' },
    decline:  { title: '不予签署', from: 'proposed', to: 'declined', by: 'peer-liaison-officer', form: Reason },
    suspend:  { title: '中止条款', from: 'inForce',  stays: true, by: ['liaison-officer', 'peer-liaison-officer'], form: Suspension, byRight: true },
    resume:   { title: '恢复条款', from: 'inForce',  stays: true, by: ['liaison-officer', 'peer-liaison-officer'], form: Suspension, byRight: true },
    end:      { title: '终止',     from: 'inForce',  to: 'ended', by: 'liaison-officer', form: Reason, signedBy: 'liaison-leader' },
  },
});
