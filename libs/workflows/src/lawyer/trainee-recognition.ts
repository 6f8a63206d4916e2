// One case for each province that is asked to recognise a certificate, under the certificate.
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
  yields,
} from '@chuanyu/engine';
import { Certificate, Why } from './trainee-certificate';

class Sending {
  @Text(500) @Optional() @Shared('说明') note?: string;
}
/** What the certificate says, as it stood when it was sent. */
class Record {
  @Text(50) @Shared('认证编号') number!: string;
  @PersonName() @Shared('实习人员', 'identity') name!: string;
  @ResidentId() @Shared('公民身份号码', 'identity') residentId!: string;
  @Text(100) @Shared('实习律师事务所') firm!: string;
  @OneOf('实习期', '集中培训', '面试考核') @Shared('记录种类') kind!: string;
  @CalendarDate() @Shared('起始日期') from!: string;
  @CalendarDate() @Shared('完成日期') until!: string;
  @OneOf('合格', '不合格') @Shared('结果') result!: string;
  @CalendarDate() @Shared('公示期满日期') publicUntil!: string;
}
class Recognition {
  @CalendarDate() @Shared('互认生效日期') on!: string;
  @Text(500) @Optional() @Shared('适用范围') scope?: string;
}
class Refusing {
  @Text(500) @Shared('不予互认的理由') reason!: string;
}
class Review {
  @Text(1000) @Shared('复核理由') grounds!: string;
}
class Effect {
  @CalendarDate() @Shared('生效日期') on!: string;
  @Text(1000) @Shared('已采取的措施') measures!: string;
}

const isValid = rule(
  Sending,
  '只有公示期满、未被暂停或撤回的认证可以申请互认',
  ({ parent }) => parent.state === 'certified',
);
const passed = rule(Sending, '结果不合格的记录无须互认', ({ parent }) => parent.last(Certificate).result === '合格');
const once = rule(Review, '同一认证的不予互认只能申请复核一次', ({ has }) => !has(Review));
const stillValid = rule(Review, '认证已暂停，恢复后方可申请复核', ({ parent }) => parent.state === 'certified');
const happened = rule(Effect, '生效日期不得晚于今日', ({ form, today }) => form.on <= today);

const record = yields(Record, ({ parent }) => {
  const { name, residentId, firm, kind, from, until, result, publicUntil } = parent.last(Certificate);
  return { number: parent.number, name, residentId, firm, kind, from, until, result, publicUntil };
});

export const traineeRecognition = defineWorkflow('lawyer.trainee-recognition', {
  title: '实习互认',
  english: 'Trainee recognition',
  docket: '律互',
  serves: ['lawyer-7'],
  basis: ['申请律师执业人员实习管理规则'],
  under: 'lawyer.trainee-certificate',

  units: { origin: ['bar-association'], counterpart: ['bar-association'] },
  roles: {
    origin: { 'bar-officer': '律协经办人', 'bar-leader': '律协负责人' },
    counterpart: { 'peer-bar-officer': '对方律协经办人', 'peer-bar-leader': '对方律协负责人' },
  },

  // prettier-ignore
  states: {
    sent:       { title: '待互认',     turn: 'counterpart', due: workingDays(10) },
    recognised: { title: '已互认',     turn: 'counterpart' },
    refused:    { title: '不予互认，可复核', turn: 'origin', due: workingDays(10), late: 'declined' },
    reviewing:  { title: '复核中',     turn: 'counterpart', due: workingDays(10) },
    deferred:   { title: '暂缓审查',   turn: 'counterpart' },
    suspended:  { title: '暂停待确认', turn: 'counterpart', due: workingDays(3) },
    paused:     { title: '互认已暂停', turn: 'counterpart' },
    resumed:    { title: '恢复待确认', turn: 'counterpart', due: workingDays(3) },
    withdrawn:  { title: '撤回待确认', turn: 'counterpart', due: workingDays(3) },
    ended:      { title: '互认已终止' },
    voided:     { title: '认证撤回，申请失效' },
    declined:   { title: '不予互认' },
    revoked:    { title: '对方已撤销互认' },
  },

  // prettier-ignore
  steps: {
    send:      { title: '申请互认', opens: 'sent', by: 'bar-officer', form: Sending, rules: [isValid, passed], signedBy: 'bar-leader', yields: record },
    recognise: { title: '互认',     from: ['sent', 'reviewing'], to: 'recognised', by: 'peer-bar-officer', form: Recognition, signedBy: 'peer-bar-leader' },
    refuse:    { title: '不予互认', from: 'sent',      to: 'refused',   by: 'peer-bar-officer', form: Refusing, signedBy: 'peer-bar-leader' },
    review:    { title: '申请复核', from: 'refused',   to: 'reviewing', by: 'bar-officer', form: Review, rules: [once, stillValid] },
    uphold:    { title: '维持不予互认', from: 'reviewing', to: 'declined', by: 'peer-bar-officer', form: Refusing, signedBy: 'peer-bar-leader' },
    suspend:   { title: '暂停',     to: { sent: 'deferred', reviewing: 'deferred', recognised: 'suspended', resumed: 'suspended' }, by: 'bar-officer', form: Why, signedBy: 'bar-leader', byRight: true, follows: 'suspend' },
    resume:    { title: '恢复',     to: { deferred: 'sent', suspended: 'resumed', paused: 'resumed' }, by: 'bar-officer', form: Why, signedBy: 'bar-leader', byRight: true, follows: 'resume' },
    withdraw:  { title: '撤回',     to: { sent: 'voided', reviewing: 'voided', refused: 'voided', deferred: 'voided', recognised: 'withdrawn', suspended: 'withdrawn', paused: 'withdrawn', resumed: 'withdrawn' }, by: 'bar-officer', form: Why, signedBy: 'bar-leader', byRight: true, follows: 'withdraw' },
    confirm:   { title: '确认生效', to: { suspended: 'paused', resumed: 'recognised', withdrawn: 'ended' }, by: 'peer-bar-officer', form: Effect, rules: [happened] },
    revoke:    { title: '撤销互认', from: ['recognised', 'suspended', 'paused', 'resumed'], to: 'revoked', by: 'peer-bar-officer', form: Refusing, signedBy: 'peer-bar-leader', byRight: true },
  },
});
