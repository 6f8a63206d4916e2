// Domestic: the record itself, at the bar association that keeps it. What crosses is its recognition, a case under this one.
import {
  CalendarDate,
  OneOf,
  Optional,
  PersonName,
  Private,
  ResidentId,
  Shared,
  Text,
  addDays,
  addMonths,
  after,
  days,
  daysBetween,
  defineWorkflow,
  rule,
  workingDays,
  yields,
} from '@chuanyu/engine';

export class Certificate {
  @PersonName() @Private('实习人员', 'identity') name!: string;
  @ResidentId() @Private('公民身份号码', 'identity') residentId!: string;
  @Text(100) @Private('实习律师事务所') firm!: string;
  @OneOf('实习期', '集中培训', '面试考核') @Private('记录种类') kind!: string;
  @CalendarDate() @Private('起始日期') from!: string;
  @CalendarDate() @Private('完成日期') until!: string;
  @OneOf('合格', '不合格') @Private('结果') result!: string;
  @CalendarDate() @Private('公示期满日期') publicUntil!: string;
  @Text(2000) @Optional() @Private('考核记录') notes?: string;
}
/** Beside the number it lets anybody check the certificate; whoever has only the number learns nothing. */
export class CheckCode {
  @Text(13) @Private('查验码') code!: string;
}
class Objection {
  @PersonName() @Optional() @Private('异议人', 'identity') by?: string;
  @Text(2000) @Private('异议内容') grounds!: string;
}
class Finding {
  @Text(2000) @Private('核查结论') finding!: string;
}
/** Read by everyone who relied on the certificate, in the steps of their cases that follow these. */
export class Why {
  @Text(500) @Shared('理由') reason!: string;
}

const inOrder = rule(Certificate, '完成日期不得早于起始日期', ({ form }) => form.until >= form.from);
const isOver = rule(Certificate, '完成日期不得晚于今日', ({ form, today }) => form.until <= today);
const lasts = (kind: string, atLeast: number) => (form: Certificate) =>
  form.kind !== kind || form.until >= addDays(addMonths(form.from, atLeast), -1);
const aYear = rule(Certificate, '实习期不少于一年', ({ form }) => lasts('实习期', 12)(form));
const aMonth = rule(Certificate, '集中培训不少于一个月', ({ form }) => lasts('集中培训', 1)(form));
const inOneDay = rule(
  Certificate,
  '面试考核在一日内完成',
  ({ form }) => form.kind !== '面试考核' || form.until === form.from,
);
const isHeld = rule(Certificate, '公示期不少于五日', ({ form, today }) => daysBetween(today, form.publicUntil) >= 5);

export const traineeCertificate = defineWorkflow('lawyer.trainee-certificate', {
  title: '实习记录认证',
  english: 'Trainee certificate',
  docket: '律实证',
  serves: ['lawyer-7'],
  basis: ['申请律师执业人员实习管理规则'],

  units: { origin: ['bar-association'] },
  roles: { origin: { 'bar-officer': '律协经办人', 'bar-leader': '律协负责人' } },

  // prettier-ignore
  states: {
    publicised: { title: '公示中',     turn: 'origin', due: after((f) => f.last(Certificate).publicUntil, days(0)), late: 'certified' },
    objected:   { title: '异议核查中', turn: 'origin', due: workingDays(10) },
    certified:  { title: '有效',       turn: 'origin' },
    suspended:  { title: '暂停',       turn: 'origin' },
    withdrawn:  { title: '已撤回' },
    rejected:   { title: '未予认证' },
  },

  // prettier-ignore
  steps: {
    publicise: { title: '公示',       opens: 'publicised', by: 'bar-officer', form: Certificate, rules: [inOrder, isOver, aYear, aMonth, inOneDay, isHeld], signedBy: 'bar-leader', yields: yields(CheckCode, ({ code }) => ({ code: code() })) },
    object:    { title: '登记异议',   from: 'publicised', to: 'objected',   by: 'bar-officer', form: Objection },
    dismiss:   { title: '异议不成立', from: 'objected',   to: 'publicised', by: 'bar-officer', form: Finding, signedBy: 'bar-leader' },
    uphold:    { title: '异议成立',   from: 'objected',   to: 'rejected',   by: 'bar-officer', form: Finding, signedBy: 'bar-leader' },
    suspend:   { title: '暂停',       from: 'certified',  to: 'suspended',  by: 'bar-officer', form: Why, signedBy: 'bar-leader' },
    resume:    { title: '恢复',       from: 'suspended',  to: 'certified',  by: 'bar-officer', form: Why, signedBy: 'bar-leader' },
    withdraw:  { title: '撤回',       from: ['certified', 'suspended'], to: 'withdrawn', by: 'bar-officer', form: Why, signedBy: 'bar-leader' },
  },
});
