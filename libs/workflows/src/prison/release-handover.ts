import {
  Attachment,
  CalendarDate,
  Division,
  OneOf,
  Optional,
  PersonName,
  Private,
  Public,
  ResidentId,
  Restricted,
  Shared,
  SomeOf,
  Telephone,
  Text,
  YesNo,
  advice,
  after,
  days,
  daysBetween,
  defineWorkflow,
  rule,
  workingDays,
  years,
  type Attached,
} from '@chuanyu/engine';

class Notice {
  @PersonName() @Shared('姓名', 'identity') name!: string;
  @ResidentId() @Shared('公民身份号码', 'identity') residentId!: string;
  @Text(100) @Shared('罪名', 'conviction') offence!: string;
  @Text(100) @Shared('刑期', 'conviction') sentence!: string;
  @CalendarDate() @Shared('释放日期') releaseDate!: string;
  @Division() @Shared('户籍地', 'contact') household!: string;
  @Text(200) @Shared('户籍详细地址', 'contact') address!: string;
  @PersonName() @Optional() @Restricted('家庭联系人', 'family') familyContact?: string;
  @Telephone() @Optional() @Restricted('家庭联系电话', 'contact') familyTelephone?: string;
  @YesNo() @Shared('重点帮教对象', 'risk') keyPerson!: boolean;
  @OneOf('低', '中', '高') @Shared('危险性评估', 'risk') risk!: string;
  @Text(4000) @Optional() @Private('狱内研判') assessment?: string;
}
class Verification {
  @OneOf('属实', '部分属实', '无法核实') @Shared('核实结果') result!: string;
  @Text(500) @Optional() @Shared('无法核实的原因') why?: string;
  @YesNo() @Shared('家庭接纳', 'family') familyWilling!: boolean;
  @OneOf('有固定住所', '租住', '无住所') @Shared('住所') housing!: string;
  @SomeOf('就业', '就学', '社会救助', '心理辅导', '技能培训') @Optional() @Shared('帮扶需求') needs?: string[];
  @Text(2000) @Optional() @Private('走访记录') notes?: string;
}
class Plan {
  @Text(4000) @Shared('综合评估意见', 'risk') opinion!: string;
  @Text(2000) @Shared('帮教建议', 'risk') advice!: string;
  @Attachment() @Optional() @Shared('评估表', 'risk') report?: Attached;
}
class Acceptance {
  @Text(100) @Shared('安置帮教单位') office!: string;
  @PersonName() @Shared('帮教联络人', 'identity') liaison!: string;
  @PersonName() @Optional() @Shared('接回人', 'identity') pickUp?: string;
}
class Release {
  @Text(50) @Shared('释放证明书号', 'conviction') certificate!: string;
  @CalendarDate() @Public('实际释放日期') on!: string;
  @PersonName() @Optional() @Shared('交接人', 'identity') handedTo?: string;
  @CalendarDate() @Shared('限期报到日期') reportBy!: string;
}
class ReportIn {
  @CalendarDate() @Public('报到日期') on!: string;
}
class FollowUp {
  @CalendarDate() @Shared('帮教日期') on!: string;
  @Text(2000) @Private('情况') note!: string;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}

const aMonthAhead = advice(
  Notice,
  '应当在释放三十日前通报；逾期通报须写明理由',
  ({ form, today }) => daysBetween(today, form.releaseDate) >= 30,
);
const notPast = rule(Notice, '释放日期不得早于今日', ({ form, today }) => form.releaseDate >= today);
const saysWhy = rule(Verification, '无法核实的，须写明原因', ({ form }) => form.result !== '无法核实' || !!form.why);
const keyPersonMet = rule(
  Acceptance,
  '重点帮教对象必接必送，须指定接回人',
  ({ form, last }) => !last(Notice).keyPerson || !!form.pickUp,
);
const asNotified = rule(
  Release,
  '实际释放日期与通报不一致的，应当先变更通报',
  ({ form, last }) => form.on === last(Notice).releaseDate,
);
const handedOver = rule(
  Release,
  '重点帮教对象须当面交接，写明交接人',
  ({ form, last }) => !last(Notice).keyPerson || !!form.handedTo,
);
const happened = rule(Release, '实际释放日期不得晚于今日', ({ form, today }) => form.on <= today);
const timeToReport = rule(Release, '限期报到日期不得早于释放日期', ({ form }) => form.reportBy >= form.on);
const notAhead = rule(ReportIn, '报到日期不得晚于今日', ({ form, today }) => form.on <= today);
const afterRelease = rule(ReportIn, '报到日期不得早于释放日期', ({ form, last }) => form.on >= last(Release).on);
const inThePast = rule(FollowUp, '帮教日期不得晚于今日', ({ form, today }) => form.on <= today);

export const releaseHandover = defineWorkflow('prison.release-handover', {
  title: '刑满释放衔接',
  english: 'Release handover',
  docket: '监衔',
  serves: ['prison-3'],
  basis: ['监狱法 第三十七条', '司法部 1999-03-05 通知（综治委〔1999〕5号）'],

  units: { origin: ['prison'], counterpart: ['resettlement-office'] },
  roles: {
    origin: { 'release-officer': '狱政民警', 'prison-leader': '监狱分管领导' },
    counterpart: { 'resettlement-officer': '安置帮教专干', 'resettlement-leader': '安帮办负责人' },
  },

  // prettier-ignore
  states: {
    notified:  { title: '待核实', turn: 'counterpart', due: workingDays(10) },
    verified:  { title: '待评估', turn: 'origin',      due: workingDays(5) },
    planned:   { title: '待接收', turn: 'counterpart', due: workingDays(5) },
    accepted:  { title: '待释放', turn: 'origin',      due: after((f) => f.last(Notice).releaseDate, days(1)) },
    released:  { title: '待报到', turn: 'counterpart', due: after((f) => f.last(Release).reportBy, days(0)), late: 'missing', public: true },
    missing:   { title: '未衔接', turn: 'counterpart', due: workingDays(3) },
    received:  { title: '帮教中', turn: 'counterpart', due: years(5), late: 'completed', public: true },
    completed: { title: '帮教期满', public: true },
    untraced:  { title: '查找未果' },
    cancelled: { title: '已撤销' },
  },

  // prettier-ignore
  steps: {
    notify:   { title: '通报',     opens: 'notified', by: 'release-officer', form: Notice, rules: [notPast, aMonthAhead], signedBy: 'prison-leader' },
    amend:    { title: '变更通报', from: ['notified', 'verified', 'planned', 'accepted'], to: 'notified', by: 'release-officer', form: Notice, rules: [notPast], signedBy: 'prison-leader' },
    verify:   { title: '核实',     from: 'notified', to: 'verified', by: 'resettlement-officer', form: Verification, rules: [saysWhy] },
    plan:     { title: '评估建议', from: 'verified', to: 'planned',  by: 'release-officer', form: Plan },
    accept:   { title: '同意接收', from: 'planned',  to: 'accepted', by: 'resettlement-officer', form: Acceptance, rules: [keyPersonMet], signedBy: 'resettlement-leader' },
    release:  { title: '释放',     from: 'accepted', to: 'released', by: 'release-officer', form: Release, rules: [asNotified, happened, handedOver, timeToReport] },
    receive:  { title: '报到',     from: ['released', 'missing'], to: 'received', by: 'resettlement-officer', form: ReportIn, rules: [notAhead, afterRelease] },
    locate:   { title: '查到下落', from: 'missing',  stays: true,    by: 'resettlement-officer', form: Reason },
    giveUp:   { title: '查找未果', from: 'missing',  to: 'untraced', by: 'resettlement-officer', form: Reason, signedBy: 'resettlement-leader' },
    followUp: { title: '帮教记录', from: 'received', stays: true,    by: 'resettlement-officer', form: FollowUp, rules: [inThePast] },
    cancel:   { title: '撤销',     from: ['notified', 'verified', 'planned', 'accepted'], to: 'cancelled', by: 'release-officer', form: Reason, byRight: true },
  },
});
