// Both provinces report at once: so each milestone is a case of its own, opened by the province that owns it, under the project.
import {
  Attachment,
  type Attached,
  CalendarDate,
  Optional,
  Public,
  Shared,
  Text,
  Whole,
  after,
  days,
  defineWorkflow,
  rule,
  workingDays,
} from '@chuanyu/engine';

export class Milestone {
  @Text(100) @Public('节点') name!: string;
  @CalendarDate() @Public('完成期限') dueOn!: string;
  @Whole(1, 100) @Public('权重') weight!: number;
}
class Evidence {
  @Text(2000) @Shared('完成情况') account!: string;
  @Attachment() @Optional() @Shared('佐证材料') proof?: Attached;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}

const isListed = rule(Milestone, '项目须已确认列入清单', ({ parent }) => parent.state !== 'proposed');
const notPast = rule(Milestone, '完成期限不得早于今日', ({ form, today }) => form.dueOn >= today);

export const milestone = defineWorkflow('coordination.milestone', {
  title: '项目节点',
  english: 'Milestone',
  docket: '协节',
  serves: [],
  basis: ['川渝司法行政合作框架协议'],
  under: 'coordination.project',

  units: { origin: ['liaison-office'], counterpart: ['liaison-office'] },
  roles: {
    origin: { 'liaison-officer': '联络员（节点所属方）' },
    counterpart: { 'peer-liaison-officer': '对方联络员（确认方）' },
  },

  // prettier-ignore
  states: {
    planned:  { title: '推进中',     turn: 'origin',      due: after((f) => f.last(Milestone).dueOn, days(0)), public: true },
    reported: { title: '待对方确认', turn: 'counterpart', due: workingDays(10) },
    counted:  { title: '已确认', public: true },
    dropped:  { title: '已取消', public: true },
  },

  // prettier-ignore
  steps: {
    plan:        { title: '设定',     opens: 'planned', by: 'liaison-officer', form: Milestone, rules: [isListed, notPast] },
    replan:      { title: '调整',     from: 'planned',  to: 'planned',  by: 'liaison-officer', form: Milestone, rules: [notPast] },
    report:      { title: '报告完成', from: 'planned',  to: 'reported', by: 'liaison-officer', form: Evidence },
    countersign: { title: '确认',     from: 'reported', to: 'counted',  by: 'peer-liaison-officer' },
    sendBackToOwner: { title: '退回', from: 'reported', to: 'planned',  by: 'peer-liaison-officer', form: Reason },
    drop:        { title: '取消',     from: 'planned',  to: 'dropped',  by: 'liaison-officer', form: Reason },
  },
});
