import { after, dateOf, defineWorkflow, hours, workingDays, type Workflow } from '@chuanyu/engine';
import { Absence, Choice, Held, IdentityCheck, Reason, Search, Slot } from './forms';
import type { Place } from './place';
import { openFromThere, rulesOf, suggestion } from './rules';

/** One room, one visit; so many visits a month. One function serves prisons and drug rehabilitation. */
export const remoteVisit = (id: string, place: Place): Workflow => {
  const { title, docket, serves, basis, kind, words } = place;
  const { Application, registers, visitsAMonth, ...rules } = rulesOf(place);

  return defineWorkflow(id, {
    title,
    english: 'Remote visit',
    docket,
    serves,
    basis,

    units: { origin: ['judicial-office'], counterpart: [kind] },
    roles: {
      origin: { 'judicial-officer': '司法所工作人员' },
      counterpart: { 'visit-officer': words.officer, 'visit-leader': words.leader },
    },
    sentTo: ({ last }) => last(Application).place,

    registers,
    claims: [
      {
        title: '该时段已有会见',
        side: 'counterpart',
        during: ['offered', 'booked'],
        keys: ({ unit, last }) => [`${unit} ${last(Slot).room} ${last(Slot).start}`],
      },
      {
        title: '本月会见次数已满',
        side: 'counterpart',
        during: ['offered', 'booked', 'closed', 'missed'],
        keys: (facts) => {
          const { inmate } = facts.last(Application);
          const month = dateOf(facts.last(Slot).start).slice(0, 7);
          return Array.from(
            { length: visitsAMonth(facts, inmate) },
            (_, n) => `${facts.unit} ${inmate} ${month} ${n + 1}`,
          );
        },
      },
    ],

    // prettier-ignore
    states: {
      applied:   { title: '待审批',     turn: 'counterpart', due: workingDays(5) },
      suggested: { title: '待选择时段', turn: 'origin',      due: hours(48), late: 'lapsed' },
      offered:   { title: '待确认',     turn: 'origin',      due: hours(48), late: 'lapsed' },
      booked:    { title: '待会见',     turn: 'counterpart', due: after((f) => f.last(Slot).start, hours(1)) },
      closed:    { title: '已会见', public: true },
      missed:    { title: '未能会见' },
      refused:   { title: '不予批准' },
      cancelled: { title: '已取消' },
      lapsed:    { title: '逾期未确认' },
    },

    // prettier-ignore
    steps: {
      apply:         { title: '申请',     opens: 'applied', by: 'judicial-officer', form: Application, rules: rules.applies },
      approve:       { title: '批准',     from: 'applied', to: 'offered', by: 'visit-officer', form: Slot, rules: rules.mayTake, instead: openFromThere, signedBy: 'visit-leader' },
      suggest:       { title: '另荐时段', from: 'applied', to: 'suggested', by: 'visit-officer', form: Search, rules: rules.maySuggest, yields: suggestion },
      choose:        { title: '选定时段', from: 'suggested', to: 'applied', by: 'judicial-officer', form: Choice, rules: [rules.isSuggested] },
      refuse:        { title: '不予批准', from: 'applied', to: 'refused', by: 'visit-officer', form: Reason },
      confirm:       { title: '确认',     from: 'offered', to: 'booked', by: 'judicial-officer' },
      checkIdentity: { title: '核验身份', from: 'booked', stays: true, by: 'judicial-officer', form: IdentityCheck, rules: rules.checksIdentity },
      record:        { title: '会见记录', from: 'booked', to: 'closed', by: 'visit-officer', form: Held, rules: rules.wasHeld },
      miss:          { title: '未能会见', from: 'booked', to: 'missed', by: 'visit-officer', form: Absence, rules: [rules.dayHasCome] },
      cancel:        { title: '取消',     from: ['applied', 'suggested', 'offered', 'booked'], to: 'cancelled', by: 'judicial-officer', form: Reason },
      callOff:       { title: '因故取消', from: ['offered', 'booked'], to: 'cancelled', by: 'visit-officer', form: Reason, signedBy: 'visit-leader' },
    },
  });
};
