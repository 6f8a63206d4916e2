// 堵点: what keeps a project or a case from going on is named, given to a unit with a day, and cleared: whoever raised it says so.
import {
  CalendarDate,
  Optional,
  Shared,
  Text,
  UnitCode,
  after,
  days,
  defineWorkflow,
  rule,
  workingDays,
} from '@chuanyu/engine';

export class Obstacle {
  @Text(40) @Shared('项目或办件编号') on!: string;
  @Text(100) @Shared('堵点') title!: string;
  @Text(2000) @Shared('情况') account!: string;
  @UnitCode() @Shared('责任单位') owner!: string;
  @CalendarDate() @Shared('疏通期限') dueOn!: string;
}
export class Taking {
  @UnitCode() @Shared('责任单位') owner!: string;
  @CalendarDate() @Shared('疏通期限') dueOn!: string;
  @Text(500) @Optional() @Shared('措施') measures?: string;
}
class Clearance {
  @Text(2000) @Shared('疏通情况') account!: string;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}

const isNumber = rule(Obstacle, '请写办件编号，如 川协项〔2026〕12号', ({ form }) =>
  /^.{2,12}〔\d{4}〕\d+号$/.test(form.on),
);
const notPast = rule(Obstacle, '疏通期限不得早于今日', ({ form, today }) => form.dueOn >= today);
const inTime = rule(Taking, '疏通期限不得早于今日', ({ form, today }) => form.dueOn >= today);

export const obstacle = defineWorkflow('coordination.obstacle', {
  title: '堵点',
  english: 'Obstacle',
  docket: '协堵',
  serves: [],
  basis: ['川渝司法行政合作框架协议'],

  units: { origin: ['liaison-office'], counterpart: ['liaison-office'] },
  roles: {
    origin: { 'liaison-officer': '联络员（提出方）' },
    counterpart: { 'peer-liaison-officer': '对方联络员（疏通方）' },
  },

  // prettier-ignore
  states: {
    raised:    { title: '待接办',     turn: 'counterpart', due: workingDays(3) },
    clearing:  { title: '疏通中',     turn: 'counterpart', due: after((f) => f.last(Taking).dueOn, days(0)) },
    disputed:  { title: '待提出方再议', turn: 'origin',    due: workingDays(5) },
    reported:  { title: '待提出方确认', turn: 'origin',    due: workingDays(5) },
    cleared:   { title: '已疏通' },
    withdrawn: { title: '已撤回' },
  },

  // prettier-ignore
  steps: {
    raise:    { title: '提出',     opens: 'raised', by: 'liaison-officer', form: Obstacle, rules: [isNumber, notPast] },
    take:     { title: '接办',     from: 'raised',   to: 'clearing',  by: 'peer-liaison-officer', form: Taking, rules: [inTime] },
    dispute:  { title: '提出异议', from: 'raised',   to: 'disputed',  by: 'peer-liaison-officer', form: Reason },
    insist:   { title: '再次提出', from: 'disputed', to: 'raised',    by: 'liaison-officer', form: Obstacle, rules: [isNumber, notPast] },
    postpone: { title: '调整期限', from: 'clearing', to: 'clearing',  by: 'peer-liaison-officer', form: Taking, rules: [inTime] },
    clear:    { title: '报告疏通', from: 'clearing', to: 'reported',  by: 'peer-liaison-officer', form: Clearance },
    confirm:  { title: '确认疏通', from: 'reported', to: 'cleared',   by: 'liaison-officer' },
    reopen:   { title: '尚未疏通', from: 'reported', to: 'clearing',  by: 'liaison-officer', form: Reason },
    withdraw: { title: '撤回',     from: ['raised', 'clearing', 'disputed', 'reported'], to: 'withdrawn', by: 'liaison-officer', form: Reason },
  },
});
