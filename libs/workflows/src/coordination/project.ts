// 重点推进项目: what a project is (kind, due date, units) changes by both sides only; how far it has come, either side says.
import {
  Attachment,
  type Attached,
  CalendarDate,
  ListOf,
  OneOf,
  Optional,
  Public,
  Shared,
  Text,
  UnitCode,
  Whole,
  defineWorkflow,
  rule,
  workingDays,
  yields,
  type Facts,
} from '@chuanyu/engine';
import { cooperationItems } from '@chuanyu/reference';
import { Partner, Standing, allStages, firstStage, kinds, stages } from './standing';

const items = cooperationItems.map(({ item }) => item);

export class Project {
  @OneOf(...items) @Public('清单编号') item!: string;
  @Whole(2020, 2100) @Public('清单年度') list!: number;
  @Text(200) @Public('项目') title!: string;
  @UnitCode() @Shared('发起方牵头单位') lead!: string;
  @UnitCode() @Shared('协作方牵头单位') peerLead!: string;
  @ListOf(Partner, 20) @Optional() @Shared('参与单位') partners?: Partner[];
  @Text(60) @Optional() @Shared('所依据的协议条款') clause?: string;
}
export class Change {
  @OneOf('定类', '转类', '调整', '延期') @Shared('事由') what!: string;
  @Text(1000) @Shared('理由') reason!: string;
  @OneOf(...kinds) @Optional() @Shared('类别') kind?: string;
  @CalendarDate() @Optional() @Shared('完成期限') dueOn?: string;
  @Text(200) @Optional() @Shared('项目') title?: string;
  @UnitCode() @Optional() @Shared('发起方牵头单位') lead?: string;
  @UnitCode() @Optional() @Shared('协作方牵头单位') peerLead?: string;
  @ListOf(Partner, 20) @Optional() @Shared('参与单位') partners?: Partner[];
  @Text(60) @Optional() @Shared('所依据的协议条款') clause?: string;
}
class Progress {
  @OneOf(...allStages) @Shared('阶段') stage!: string;
  @Text(2000) @Shared('进展情况') account!: string;
  @Attachment() @Optional() @Shared('佐证材料') evidence?: Attached;
}
class Closing {
  @OneOf('完成', '终止') @Shared('销号方式') how!: string;
  @Text(2000) @Shared('成效或者理由') account!: string;
  @Attachment() @Optional() @Shared('佐证材料') evidence?: Attached;
}
class Reason {
  @Text(500) @Shared('理由') reason!: string;
}
const registered = ({ form: { item: _, list: __, ...named } }: Facts<Project>): Standing => ({
  kind: '未定类',
  stage: firstStage('未定类'),
  ...named,
});
const now = ({ last }: Facts): Pick<Standing, keyof Standing> => last(Standing);
const advanced = (facts: Facts<Progress>): Standing => ({ ...now(facts), stage: facts.form.stage });
/** A new kind begins with its first stage; what the change does not name stays. */
const changed = (facts: Facts): Standing => {
  const { what: _, reason: __, ...named } = facts.last(Change);
  const before = now(facts);
  return { ...before, ...named, stage: named.kind === undefined ? before.stage : firstStage(named.kind) };
};

const fieldsIn = (form: Change) => Object.keys(form).length - 2;
const kindSaid = rule(Change, '定类和转类须写明类别，其他事由不得改类别', ({ form }) =>
  ['定类', '转类'].includes(form.what) ? form.kind !== undefined : form.kind === undefined,
);
const kindMoves = rule(Change, '未定类的项目用定类，已定类的用转类，且不得转为原类别', ({ form, last }) => {
  const { kind } = last(Standing);
  return form.kind === undefined || (form.kind !== kind && (form.what === '定类') === (kind === '未定类'));
});
const postpones = rule(Change, '延期只改完成期限，且须晚于现在的期限', ({ form, last }) => {
  const later = (form.dueOn ?? '') > (last(Standing).dueOn ?? '');
  return form.what !== '延期' || (fieldsIn(form) === 1 && later);
});
const adjusts = rule(Change, '调整须写明所调整的内容', ({ form }) => form.what !== '调整' || fieldsIn(form) > 0);
const notPast = rule(Change, '完成期限不得早于今日', ({ form, today }) => (form.dueOn ?? today) >= today);
const inOrder = rule(Progress, '阶段须逐个推进', ({ form, last }) => {
  const { kind, stage } = last(Standing);
  return stages[kind]?.[stages[kind].indexOf(stage) + 1] === form.stage;
});
const decided = rule(Closing, '未定类的项目只能终止，不能按完成销号', ({ form, last }) => {
  return form.how === '终止' || last(Standing).kind !== '未定类';
});
const changeRules = [kindSaid, kindMoves, postpones, adjusts, notPast];

export const project = defineWorkflow('coordination.project', {
  title: '重点推进项目',
  english: 'Project of the checklist',
  docket: '协项',
  serves: [],
  basis: ['川渝司法行政合作框架协议'],

  units: { origin: ['liaison-office'], counterpart: ['liaison-office'] },
  roles: {
    origin: { 'liaison-officer': '联络员', 'liaison-leader': '联络办负责人' },
    counterpart: { 'peer-liaison-officer': '对方联络员', 'peer-liaison-leader': '对方联络办负责人' },
  },

  // prettier-ignore
  states: {
    proposed:      { title: '待对方确认列入',   turn: 'counterpart', due: workingDays(10) },
    active:        { title: '推进中',           turn: 'origin', public: true },
    peerDecides:   { title: '变更待协作方同意', turn: 'counterpart', due: workingDays(10) },
    originDecides: { title: '变更待发起方同意', turn: 'origin',      due: workingDays(10) },
    peerCloses:    { title: '销号待协作方同意', turn: 'counterpart', due: workingDays(10) },
    originCloses:  { title: '销号待发起方同意', turn: 'origin',      due: workingDays(10) },
    closed:        { title: '已销号', public: true },
    declined:      { title: '未列入' },
  },

  // prettier-ignore
  steps: {
    register: { title: '列入清单', opens: 'proposed', by: 'liaison-officer', form: Project, yields: yields(Standing, registered) },
    confirm:  { title: '确认列入', from: 'proposed', to: 'active',   by: 'peer-liaison-officer' },
    decline:  { title: '不予列入', from: 'proposed', to: 'declined', by: 'peer-liaison-officer', form: Reason },

    advance:  { title: '推进阶段', from: ['active', 'peerDecides', 'originDecides', 'peerCloses', 'originCloses'], stays: true, by: ['liaison-officer', 'peer-liaison-officer'], form: Progress, rules: [inOrder], yields: yields(Standing, advanced) },

    change:      { title: '提出变更', from: 'active', to: 'peerDecides',   by: 'liaison-officer',      form: Change, rules: changeRules, signedBy: 'liaison-leader' },
    changeThere: { title: '提出变更', from: 'active', to: 'originDecides', by: 'peer-liaison-officer', form: Change, rules: changeRules, signedBy: 'peer-liaison-leader' },
    agree:       { title: '同意变更', from: 'peerDecides',   to: 'active', by: 'peer-liaison-officer', yields: yields(Standing, changed) },
    agreeHere:   { title: '同意变更', from: 'originDecides', to: 'active', by: 'liaison-officer',      yields: yields(Standing, changed) },

    close:            { title: '提出销号', from: 'active', to: 'peerCloses',   by: 'liaison-officer',      form: Closing, rules: [decided], signedBy: 'liaison-leader' },
    closeThere:       { title: '提出销号', from: 'active', to: 'originCloses', by: 'peer-liaison-officer', form: Closing, rules: [decided], signedBy: 'peer-liaison-leader' },
    agreeClosing:     { title: '同意销号', from: 'peerCloses',   to: 'closed', by: 'peer-liaison-officer', signedBy: 'peer-liaison-leader' },
    agreeClosingHere: { title: '同意销号', from: 'originCloses', to: 'closed', by: 'liaison-officer',      signedBy: 'liaison-leader' },

    refuse:     { title: '不同意', from: ['peerDecides', 'peerCloses'],     to: 'active', by: 'peer-liaison-officer', form: Reason },
    refuseHere: { title: '不同意', from: ['originDecides', 'originCloses'], to: 'active', by: 'liaison-officer',      form: Reason },
  },
});
