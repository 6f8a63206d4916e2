import {
  Optional,
  Private,
  Shared,
  Text,
  defineWorkflow,
  hours,
  rule,
  yields,
  type CaseDocument,
  type Workflow,
} from '@chuanyu/engine';

/** A case with others under it, for the simulation: they follow it by right, and are opened only while it runs. */
export class Frame {
  @Text(100) @Private('事由') subject!: string;
}
export class Turn {
  @Text(500) @Shared('理由') reason!: string;
}
export class Part {
  @Text(100) @Shared('事由') subject!: string;
  @Text(200) @Optional() @Private('内部意见') opinion?: string;
}
class Of {
  @Text(100) @Shared('上级事由') of!: string;
}
export class Remark {
  @Text(100) @Shared('备注') text!: string;
}

export const umbrella: Workflow = defineWorkflow('prison.umbrella', {
  title: '总事项',
  english: 'Umbrella',
  docket: '总',
  serves: [],
  basis: [],
  roles: { origin: { 'o-officer': '发起经办', 'o-leader': '发起负责人' } },
  // prettier-ignore
  states: {
    running: { title: '进行中', turn: 'origin' },
    halted:  { title: '已暂停', turn: 'origin' },
    revoked: { title: '已撤回' },
  },
  // prettier-ignore
  steps: {
    begin:   { title: '设立', opens: 'running', by: 'o-officer', form: Frame },
    halt:    { title: '暂停', from: 'running', to: 'halted',  by: 'o-officer', form: Turn },
    proceed: { title: '恢复', from: 'halted',  to: 'running', by: 'o-officer', form: Turn },
    revoke:  { title: '撤回', from: ['running', 'halted'], to: 'revoked', by: 'o-officer', form: Turn, signedBy: 'o-leader' },
  },
});

const runs = rule(Part, '总事项须在进行中', ({ parent }) => parent.state === 'running');

export const part: Workflow = defineWorkflow('prison.part', {
  title: '分事项',
  english: 'Part',
  docket: '分',
  serves: [],
  basis: [],
  under: umbrella.id,
  roles: {
    origin: { 'o-officer': '发起经办', 'o-leader': '发起负责人' },
    counterpart: { 'c-officer': '协作经办', 'c-leader': '协作负责人' },
  },
  // prettier-ignore
  states: {
    offered: { title: '待答复', turn: 'counterpart', due: hours(6), late: 'asked' },
    asked:   { title: '待说明', turn: 'origin', due: hours(20) },
    taken:   { title: '已采纳', turn: 'counterpart' },
    halted:  { title: '已暂停', turn: 'counterpart' },
    stopped: { title: '撤回待确认', turn: 'counterpart', due: hours(3), late: 'gone' },
    gone:    { title: '已终止' },
    dropped: { title: '对方已放弃' },
  },
  // prettier-ignore
  steps: {
    offer:   { title: '提出', opens: 'offered', by: 'o-officer', form: Part, rules: [runs], signedBy: 'o-leader', yields: yields(Of, ({ parent }) => ({ of: parent.last(Frame).subject })) },
    agree:   { title: '采纳', from: ['offered', 'asked'], to: 'taken', by: 'c-officer' },
    query:   { title: '请说明', from: ['offered', 'taken'], to: 'asked', by: 'c-officer', form: Remark },
    explain: { title: '说明', from: 'asked', to: 'offered', by: 'o-officer', form: Remark },
    remark:  { title: '备注', from: ['offered', 'asked', 'taken', 'halted', 'stopped'], stays: true, by: ['o-officer', 'c-officer'], form: Remark },
    confirm: { title: '确认', from: 'stopped', to: 'gone', by: 'c-officer' },
    drop:    { title: '放弃', from: ['offered', 'taken', 'halted'], to: 'dropped', by: 'c-officer', form: Turn, byRight: true },
    halt:    { title: '暂停', to: { offered: 'halted', asked: 'halted', taken: 'halted' }, by: 'o-officer', form: Turn, byRight: true, follows: 'halt' },
    proceed: { title: '恢复', to: { halted: 'offered' }, by: 'o-officer', form: Turn, byRight: true, follows: 'proceed' },
    revoke:  { title: '撤回', to: { offered: 'stopped', asked: 'stopped', taken: 'stopped', halted: 'stopped' }, by: 'o-officer', form: Turn, byRight: true, follows: 'revoke' },
  },
});

/** Where a member stands must be what its parent says: halted with it, ended with it, and running only while it runs. */
export const memberFaults = (documents: readonly CaseDocument[]): string[] =>
  documents.flatMap((member) => {
    const parent = documents.find(({ id }) => id === member.opening?.under);
    if (member.workflow !== part.id || member.side !== 'origin' || !member.opening) return [];
    if (!parent) return [`${member.id} is under nothing`];
    const state = member.head.resting?.state ?? member.head.state;
    const wrong = (what: string) => [`${member.id} is ${String(state)}, ${what} since ${parent.head.since}`];
    if (member.head.turn === null) return [];
    if (parent.head.state === 'running')
      return ['halted', 'stopped'].includes(state ?? '') ? wrong('its parent runs') : [];
    if (parent.head.state === 'halted') return state === 'halted' ? [] : wrong('its parent is halted');
    return state === 'stopped' ? [] : wrong('its parent was revoked');
  });
