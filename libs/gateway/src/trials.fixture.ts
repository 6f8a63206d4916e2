import type { CaseRow } from '@chuanyu/contracts';
import {
  CalendarDate,
  defineWorkflow,
  field,
  OneOf,
  Optional,
  PersonName,
  Private,
  Public,
  ResidentId,
  Restricted,
  Shared,
  Text,
  workingDays,
  Workflows,
  yields,
} from '@chuanyu/engine';
import { tokens } from '@chuanyu/reference';

class Notice {
  @PersonName() @Shared('姓名', 'identity') name!: string;
  @ResidentId() @Shared('公民身份号码', 'identity') residentId!: string;
  @Text(100) @Optional() @Restricted('家庭情况', 'family') family?: string;
  @Text(4000) @Optional() @Private('研判') assessment?: string;
}
class Answer {
  @OneOf('属实', '不属实') @Public('核实结果') result!: string;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}
class Matter {
  @Text(100) @Shared('事项') matter!: string;
}

/** Handover between provinces, its opening signed by a leader. */
const handover = defineWorkflow('prison.trial-handover', {
  title: '试办衔接',
  english: 'Trial handover',
  docket: '试衔',
  serves: ['prison-3'],
  basis: ['监狱法 第三十七条'],
  restsOn: 'pairing',
  roles: {
    origin: { 'release-officer': '狱政民警', 'prison-leader': '监狱分管领导' },
    counterpart: { 'resettlement-officer': '安置帮教专干', 'resettlement-leader': '安帮办负责人' },
  },
  states: {
    notified: { title: '待核实', turn: 'counterpart', due: workingDays(10) },
    verified: { title: '待办结', turn: 'origin', due: workingDays(5) },
    done: { title: '已办结', public: true },
    cancelled: { title: '已撤销' },
  },
  steps: {
    notify: {
      title: '通报',
      opens: 'notified',
      by: 'release-officer',
      form: Notice,
      signedBy: 'prison-leader',
    },
    verify: { title: '核实', from: 'notified', to: 'verified', by: 'resettlement-officer', form: Answer },
    finish: { title: '办结', from: 'verified', to: 'done', by: 'release-officer' },
    cancel: {
      title: '撤销',
      from: ['notified', 'verified'],
      to: 'cancelled',
      by: 'release-officer',
      form: Reason,
      byRight: true,
    },
  },
});
/** Within one prison: the turn never leaves. */
const errand = defineWorkflow('prison.trial-errand', {
  title: '试办内务',
  english: 'Trial errand',
  docket: '试务',
  serves: [],
  basis: [],
  roles: { origin: { 'release-officer': '狱政民警', 'prison-leader': '监狱分管领导' } },
  states: {
    begun: { title: '办理中', turn: 'origin', due: workingDays(3) },
    done: { title: '已办结' },
  },
  steps: {
    begin: { title: '交办', opens: 'begun', by: 'release-officer', form: Matter },
    note: { title: '记录', from: 'begun', stays: true, by: 'release-officer', form: Matter },
    finish: { title: '办结', from: 'begun', to: 'done', by: 'release-officer', signedBy: 'prison-leader' },
  },
});
class Result {
  @PersonName() @Private('姓名', 'identity') name!: string;
  @OneOf('合格', '不合格') @Private('结果') result!: string;
  @CalendarDate() @Private('出具日期') on!: string;
}
class CheckCode {
  @Text(13) @Private('查验码') code!: string;
}
/** Printed, and checked by anybody. */
const record = defineWorkflow('prison.trial-record', {
  title: '试办记录认证',
  english: 'Trial record',
  docket: '试证',
  serves: [],
  basis: [],
  roles: { origin: { 'release-officer': '狱政民警', 'prison-leader': '监狱分管领导' } },
  states: {
    certified: { title: '已认证', turn: 'origin' },
    suspended: { title: '已暂停', turn: 'origin' },
    withdrawn: { title: '已撤回' },
  },
  documents: {
    certificate: {
      title: '记录证明',
      during: ['certified'],
      of: ({ last }) => ({ on: last(Result).on, lines: { 姓名: last(Result).name, 结果: last(Result).result } }),
    },
  },
  check: {
    code: field(CheckCode, 'code'),
    says: { certified: '有效', suspended: '已暂停', withdrawn: '已撤回' },
    valid: ['certified'],
    shows: [field(Result, 'result')],
  },
  steps: {
    certify: {
      title: '认证',
      opens: 'certified',
      by: 'release-officer',
      form: Result,
      yields: yields(CheckCode, ({ code }) => ({ code: code() })),
    },
    suspend: { title: '暂停', from: 'certified', to: 'suspended', by: 'release-officer' },
    withdraw: { title: '撤回', from: ['certified', 'suspended'], to: 'withdrawn', by: 'release-officer' },
  },
});
export const trials = new Workflows([handover, errand, record]);

/** Monday, 09:00 in Shanghai. */
export const NOW = '2026-11-23T01:00:00.000Z';
export const aNotice = (changed: object = {}): Record<string, unknown> => ({
  name: '张三',
  residentId: '510107199003077216',
  ...changed,
});
export const TO_YUBEI = { province: 'chongqing', unit: 'cq-yubei-resettlement' };

/** A row as a service would tell it, of a case that is nowhere else. */
export const aRow = (changed: Partial<CaseRow> & Pick<CaseRow, 'id'>): CaseRow => ({
  revision: 1,
  domain: 'prison',
  workflow: 'prison.trial-handover',
  title: '试办衔接',
  number: '渝试衔〔2026〕1号',
  side: 'counterpart',
  peer: 'chongqing',
  state: 'notified',
  stateTitle: '待核实',
  turn: 'counterpart',
  due: '2026-12-04T16:00:00.000Z',
  openedAt: NOW,
  changedAt: NOW,
  unit: 'sc-chengdu-prison',
  peerUnit: 'cq-yuzhou-prison',
  officer: null,
  deputies: [],
  sealed: false,
  toTakeIn: false,
  mine: true,
  closed: false,
  frozen: false,
  drafts: [],
  acted: [],
  subject: '张三',
  tokens: tokens('渝试衔〔2026〕1号 试办衔接 张三'),
  urged: 0,
  overdueReceipts: false,
  ...changed,
});
