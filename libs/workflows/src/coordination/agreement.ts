import {
  CalendarDate,
  ListOf,
  Optional,
  Shared,
  SomeOf,
  Text,
  after,
  days,
  defineWorkflow,
  rule,
  yields,
  type Facts,
} from '@chuanyu/engine';

/** One paragraph of an agreement: which classes of data may flow for which matters. */
export class ClauseText {
  @Text(100) @Shared('条款标题') title!: string;
  @Text(2000) @Shared('可用于事项（编号，以空格分隔，或 *）') workflows!: string;
  @SomeOf('identity', 'contact', 'family', 'conviction', 'health', 'drug-use', 'risk', 'business')
  @Shared('可共享的数据类别')
  data!: string[];
  @CalendarDate() @Optional() @Shared('条款生效日期（不填同协议）') effective?: string;
  @CalendarDate() @Optional() @Shared('条款届满日期（不填同协议）') expires?: string;
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
class Renewal {
  @CalendarDate() @Shared('新的届满日期') expires!: string;
  @Text(500) @Shared('理由') reason!: string;
}
export class Amendment {
  @ListOf(ClauseText, 60) @Shared('修订后的全部条款') clauses!: ClauseText[];
  @Text(500) @Shared('理由') reason!: string;
}
/** What both sides have signed, as it stands: a proposal that was refused changes none of it. */
export class Validity {
  @CalendarDate() @Shared('届满日期') expires!: string;
  @ListOf(ClauseText, 60) @Shared('条款') clauses!: ClauseText[];
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}

const signed = (facts: Facts): Validity => (facts.has(Validity) ? facts.last(Validity) : facts.last(Agreement));
const lastDay = (facts: Facts): string => signed(facts).expires;

const namesData = (clauses: readonly ClauseText[]) => clauses.every((clause) => clause.data.length > 0);
const within = (clauses: readonly ClauseText[], first: string, last: string) =>
  clauses.every(
    ({ effective = first, expires = last }) => first <= effective && effective <= expires && expires <= last,
  );

const endsLater = rule(Agreement, '届满日期须晚于生效日期', ({ form }) => form.expires > form.effective);
const hasClauses = rule(Agreement, '至少写明一个条款', ({ form }) => form.clauses.length > 0);
const saysData = rule(Agreement, '每个条款须写明可共享的数据类别', ({ form }) => namesData(form.clauses));
const fits = rule(Agreement, '条款的有效期须在协议有效期之内', ({ form }) =>
  within(form.clauses, form.effective, form.expires),
);
const longer = rule(Renewal, '新的届满日期须晚于现在的届满日期', (facts) => facts.form.expires > lastDay(facts));
const amendsData = rule(Amendment, '每个条款须写明可共享的数据类别', ({ form }) => namesData(form.clauses));
const keepsOrder = rule(
  Amendment,
  '条款序号不变：原有条款须逐条列出，不再适用的写明届满日期，新条款列在其后',
  (facts) => facts.form.clauses.length >= signed(facts).clauses.length,
);
const amendsWithin = rule(Amendment, '条款的有效期须在协议有效期之内', (facts) =>
  within(facts.form.clauses, facts.last(Agreement).effective, lastDay(facts)),
);
const known = rule(
  Suspension,
  '没有这个条款：请写条款序号，或以 * 指全部条款',
  (facts) => facts.form.clause === '*' || signed(facts).clauses[Number(facts.form.clause) - 1] !== undefined,
);

const both: ('liaison-officer' | 'peer-liaison-officer')[] = ['liaison-officer', 'peer-liaison-officer'];

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
    inForce:   { title: '生效',           turn: 'origin',      due: after(lastDay, days(0)), late: 'expired', warn: days(30), public: true },
    renewing:  { title: '生效，续签待签', turn: 'counterpart', due: after(lastDay, days(0)), late: 'expired', warn: days(30), public: true },
    amending:  { title: '生效，修订待签', turn: 'counterpart', due: after(lastDay, days(0)), late: 'expired', warn: days(30), public: true },
    declined:  { title: '未签署' },
    expired:   { title: '已届满', public: true },
    ended:     { title: '已终止', public: true },
  },

  // prettier-ignore
  steps: {
    propose:  { title: '提出',     opens: 'proposed', by: 'liaison-officer', form: Agreement, rules: [endsLater, hasClauses, saysData, fits], signedBy: 'liaison-leader' },
    join:     { title: '签署',     from: 'proposed', to: 'inForce',  by: 'peer-liaison-officer', signedBy: 'peer-liaison-leader' },
    decline:  { title: '不予签署', from: 'proposed', to: 'declined', by: 'peer-liaison-officer', form: Reason },

    renew:            { title: '提出续签', from: 'inForce',  to: 'renewing', by: 'liaison-officer', form: Renewal, rules: [longer], signedBy: 'liaison-leader' },
    agreeRenewal:     { title: '签署续签', from: 'renewing', to: 'inForce',  by: 'peer-liaison-officer', signedBy: 'peer-liaison-leader', yields: yields(Validity, (facts) => ({ expires: facts.last(Renewal).expires, clauses: signed(facts).clauses })) },
    refuseRenewal:    { title: '不予续签', from: 'renewing', to: 'inForce',  by: 'peer-liaison-officer', form: Reason },
    amend:            { title: '提出修订', from: 'inForce',  to: 'amending', by: 'liaison-officer', form: Amendment, rules: [amendsData, keepsOrder, amendsWithin], signedBy: 'liaison-leader' },
    agreeAmendment:   { title: '签署修订', from: 'amending', to: 'inForce',  by: 'peer-liaison-officer', signedBy: 'peer-liaison-leader', yields: yields(Validity, (facts) => ({ expires: lastDay(facts), clauses: facts.last(Amendment).clauses })) },
    refuseAmendment:  { title: '不予修订', from: 'amending', to: 'inForce',  by: 'peer-liaison-officer', form: Reason },

    suspend:  { title: '中止条款', from: ['inForce', 'renewing', 'amending'], stays: true, by: both, form: Suspension, rules: [known], byRight: true },
    resume:   { title: '恢复条款', from: ['inForce', 'renewing', 'amending'], stays: true, by: both, form: Suspension, rules: [known], byRight: true },
    end:      { title: '终止',     from: ['inForce', 'renewing', 'amending'], to: 'ended', by: 'liaison-officer', form: Reason, signedBy: 'liaison-leader' },
  },
});
