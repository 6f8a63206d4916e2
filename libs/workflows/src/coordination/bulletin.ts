// 通报: the report of all projects, generated from the checklist, reviewed and issued by both sides. The hash of each file stands in the chain.
import {
  Attachment,
  type Attached,
  CalendarDate,
  Public,
  Shared,
  Text,
  Whole,
  defineWorkflow,
  rule,
  workingDays,
} from '@chuanyu/engine';

export class Bulletin {
  @Whole(2020, 2100) @Public('年度') year!: number;
  @Whole(1, 999) @Public('期数') issue!: number;
  @CalendarDate() @Public('截止日期') asOf!: string;
  @Text(4000) @Shared('内容提要') summary!: string;
  @Attachment() @Shared('通报正文') document!: Attached;
  @Attachment() @Shared('项目清单') sheet!: Attached;
  @Attachment() @Shared('清单数据') snapshot!: Attached;
}
class Remarks {
  @Text(2000) @Shared('修改意见') remarks!: string;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}
class Successor {
  @Text(40) @Shared('后一期通报的编号') number!: string;
}

const notAhead = rule(Bulletin, '截止日期不得晚于今日', ({ form, today }) => form.asOf <= today);
const ofTheYear = rule(Bulletin, '年度应与截止日期一致', ({ form }) => form.asOf.startsWith(`${form.year}-`));

export const bulletin = defineWorkflow('coordination.bulletin', {
  title: '通报',
  english: 'Bulletin',
  docket: '协通',
  serves: [],
  basis: ['川渝司法行政合作框架协议'],

  units: { origin: ['liaison-office'], counterpart: ['liaison-office'] },
  roles: {
    origin: { 'liaison-officer': '联络员', 'liaison-leader': '联络办负责人' },
    counterpart: { 'peer-liaison-officer': '对方联络员', 'peer-liaison-leader': '对方联络办负责人' },
  },

  // prettier-ignore
  states: {
    reviewing:  { title: '待对方审签', turn: 'counterpart', due: workingDays(5) },
    revising:   { title: '待修改',     turn: 'origin',      due: workingDays(5) },
    issued:     { title: '已印发',     turn: 'origin', public: true },
    superseded: { title: '已由后一期替代', public: true },
    withdrawn:  { title: '已撤回' },
  },

  // prettier-ignore
  steps: {
    submit:    { title: '拟发', opens: 'reviewing', by: 'liaison-officer', form: Bulletin, rules: [notAhead, ofTheYear], signedBy: 'liaison-leader' },
    remark:    { title: '提出修改意见', from: 'reviewing', to: 'revising',  by: 'peer-liaison-officer', form: Remarks },
    revise:    { title: '修改后再送',   from: 'revising',  to: 'reviewing', by: 'liaison-officer', form: Bulletin, rules: [notAhead, ofTheYear], signedBy: 'liaison-leader' },
    issue:     { title: '同意印发',     from: 'reviewing', to: 'issued',    by: 'peer-liaison-officer', signedBy: 'peer-liaison-leader' },
    supersede: { title: '由后一期替代', from: 'issued',    to: 'superseded', by: 'liaison-officer', form: Successor },
    withdraw:  { title: '撤回',         from: 'revising',  to: 'withdrawn', by: 'liaison-officer', form: Reason },
  },
});
