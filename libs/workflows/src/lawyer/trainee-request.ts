import {
  CalendarDate,
  OneOf,
  Optional,
  PersonName,
  ResidentId,
  Shared,
  Text,
  defineWorkflow,
  rule,
  workingDays,
} from '@chuanyu/engine';

class Request {
  @PersonName() @Shared('实习人员', 'identity') name!: string;
  @ResidentId() @Shared('公民身份号码', 'identity') residentId!: string;
  @Text(100) @Optional() @Shared('原实习律师事务所') firm?: string;
  @OneOf('实习期', '集中培训', '面试考核') @Shared('所需记录') kind!: string;
  @Text(500) @Shared('用途') purpose!: string;
}
class Answer {
  @Text(50) @Shared('认证编号') certificate!: string;
  @CalendarDate() @Shared('公示期满日期') publicUntil!: string;
  @Text(500) @Optional() @Shared('说明') note?: string;
}
class Declining {
  @OneOf('查无此记录', '记录未完成', '考核不合格', '其他') @Shared('原因') why!: string;
  @Text(500) @Optional() @Shared('说明') note?: string;
}

const saysWhy = rule(Declining, '其他原因须写明', ({ form }) => form.why !== '其他' || !!form.note);

/** The other way round: the bar association that would recognise a record asks the one that keeps it. */
export const traineeRequest = defineWorkflow('lawyer.trainee-request', {
  title: '实习记录查请',
  english: 'Request for a trainee record',
  docket: '律请',
  serves: ['lawyer-7'],
  basis: ['申请律师执业人员实习管理规则'],

  units: { origin: ['bar-association'], counterpart: ['bar-association'] },
  roles: {
    origin: { 'bar-officer': '律协经办人', 'bar-leader': '律协负责人' },
    counterpart: { 'peer-bar-officer': '对方律协经办人', 'peer-bar-leader': '对方律协负责人' },
  },

  // prettier-ignore
  states: {
    requested: { title: '待答复', turn: 'counterpart', due: workingDays(10) },
    answered:  { title: '已出具' },
    declined:  { title: '未出具' },
    cancelled: { title: '已撤回' },
  },

  // prettier-ignore
  steps: {
    request: { title: '请求出具', opens: 'requested', by: 'bar-officer', form: Request },
    answer:  { title: '答复编号', from: 'requested', to: 'answered',  by: 'peer-bar-officer', form: Answer },
    decline: { title: '不予出具', from: 'requested', to: 'declined',  by: 'peer-bar-officer', form: Declining, rules: [saysWhy] },
    cancel:  { title: '撤回请求', from: 'requested', to: 'cancelled', by: 'bar-officer', byRight: true },
  },
});
