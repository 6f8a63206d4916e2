import {
  OneOf,
  Optional,
  Private,
  Shared,
  Text,
  after,
  back,
  defineWorkflow,
  days,
  hours,
  workingDays,
  type Workflow,
} from '@chuanyu/engine';

/**
 * A workflow made to be difficult, for the simulation: claims with few keys on both sides, terms of hours, states that
 * fall late into one another, `back`, `stays`, steps of both sides, and rights that may be used from every open state.
 */
export class Offer {
  @Text(100) @Shared('事由') subject!: string;
  @OneOf('甲', '乙') @Shared('台位') desk!: string;
  @Text(200) @Optional() @Private('内部意见') opinion?: string;
}
export class Answer {
  @Text(100) @Shared('答复') answer!: string;
  @Text(200) @Optional() @Private('内部意见') opinion?: string;
}
export class Booking {
  @OneOf('一室', '二室') @Shared('优先房间') room!: string;
}
export class Comment {
  @Text(4000) @Shared('意见', 'risk') text!: string;
  @Text(200) @Optional() @Private('内部意见') opinion?: string;
}
export class Mark {
  @Text(100) @Shared('标注') mark!: string;
  @Text(200) @Optional() @Private('内部意见') opinion?: string;
}
export class Why {
  @Text(500) @Shared('理由') reason!: string;
}

type Name = 'offered' | 'stale' | 'working' | 'slotted' | 'booked' | 'paused';
const open: readonly Name[] = ['offered', 'stale', 'working', 'slotted', 'booked', 'paused'];

/** The second version leads elsewhere from the same steps: a case that were not pinned would come apart. */
const made = (version: 1 | 2): Workflow =>
  defineWorkflow('prison.contest', {
    title: '争用事项',
    english: 'Contest',
    version,
    docket: '争',
    serves: [],
    basis: [],
    roles: {
      origin: { 'o-officer': '发起经办', 'o-leader': '发起负责人' },
      counterpart: { 'c-officer': '协作经办', 'c-leader': '协作负责人' },
    },
    claims: [
      {
        title: '房间已被占用',
        side: 'counterpart',
        during: ['slotted', 'booked'],
        keys: ({ last, has }) => (has(Booking) ? [last(Booking).room, '二室'] : ['一室']),
      },
      { title: '台位已被占用', side: 'origin', during: ['booked', 'stale'], keys: ({ last }) => [last(Offer).desk] },
    ],
    // prettier-ignore
    states: {
      offered:   { title: '待答复', turn: 'counterpart', due: hours(4), late: 'stale' },
      stale:     { title: '逾期未复', turn: 'origin', due: hours(2), late: 'abandoned' },
      working:   { title: '办理中', turn: 'origin', due: days(2) },
      slotted:   { title: '已排期', turn: 'counterpart', due: after('delivery', hours(6)), late: 'working' },
      booked:    { title: '已预定', turn: 'origin', due: workingDays(1), late: 'slotted' },
      paused:    { title: '暂停', turn: 'counterpart', due: hours(30), late: 'working' },
      done:      { title: '已办结' },
      abandoned: { title: '已放弃' },
      cancelled: { title: '已撤销' },
    },
    // prettier-ignore
    steps: {
      offer:   { title: '提出',     opens: 'offered', by: 'o-officer', form: Offer, signedBy: 'o-leader' },
      agree:   { title: '同意',     from: ['offered', 'stale'], to: version === 1 ? 'working' : 'slotted', by: 'c-officer', form: Answer },
      reoffer: { title: '重新提出', from: ['offered', 'stale', 'working', 'paused'], to: 'offered', by: 'o-officer', form: Offer, signedBy: 'o-leader' },
      book:    { title: '排期',     from: ['offered', 'working'], to: 'slotted', by: ['o-officer', 'c-officer'], form: Booking },
      confirm: { title: '预定',     from: 'slotted', to: 'booked', by: 'c-officer' },
      move:    { title: '改期',     from: 'booked', to: 'slotted', by: ['o-officer', 'c-officer'], form: Booking },
      comment: { title: '意见',     from: open, stays: true, by: ['o-officer', 'c-officer'], form: Comment },
      resume:  { title: '恢复',     from: 'paused', to: back, by: ['o-officer', 'c-officer'] },
      finish:  { title: '办结',     from: ['booked', 'working'], to: 'done', by: 'o-officer', signedBy: 'o-leader' },
      cancel:  { title: '撤销',     from: open, to: 'cancelled', by: 'o-officer', form: Why, byRight: true },
      pause:   { title: '暂停',     from: ['offered', 'working', 'slotted', 'booked'], to: 'paused', by: 'c-officer', byRight: true },
      mark:    { title: '标注',     from: open, stays: true, by: ['o-officer', 'c-officer'], form: Mark, byRight: true },
    },
  });

export const contest = made(1);
export const contestAfterwards = made(2);
