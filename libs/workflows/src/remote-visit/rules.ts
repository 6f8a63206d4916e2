import { advice, dateOf, instantAt, rule, yields, type Facts } from '@chuanyu/engine';
import { Absence, applicationOf, Choice, Held, IdentityCheck, Search, Slot, Suggestion } from './forms';
import type { Place } from './place';
import { isOnHalfHour, isOpen, registersOf, Room, startsFrom } from './registers';

/** The half-hours at which a room is open, from an instant on. */
function* openFrom({ find }: Pick<Facts, 'find'>, name: string, from: string): Generator<Slot> {
  const room = find(Room, name);
  if (room) for (const start of startsFrom(room, from)) yield { room: name, start };
}
/** Offered where the slot is taken. */
export const openFromThere = (facts: Facts<Slot>): Iterable<Slot> => openFrom(facts, facts.form.room, facts.form.start);
const firstFree = (facts: Facts<Search>): readonly Slot[] =>
  facts.free(Slot, openFrom(facts, facts.form.room, instantAt(facts.form.from, '00:00')));

export const suggestion = yields(Suggestion, (facts: Facts<Search>) => ({ slots: [...firstFree(facts)] }));

/** Each rule is named like the sentence that an officer reads. */
export const rulesOf = (place: Place) => {
  const Application = applicationOf(place);
  const { Inmate, visitsAMonth, kept } = registersOf(place);
  const { person } = place.words;

  const somebodyComes = rule(Application, '至少写明一位会见人', ({ form }) => form.visitors.length > 0);
  const saysWhen = rule(Application, '至少写明一个期望的时间', ({ form }) => form.times.length > 0);
  const notYetPast = rule(Application, '期望的时间不得早于今日', ({ form, today }) =>
    form.times.every(({ start }) => dateOf(start) >= today),
  );

  const isHere = rule(
    Slot,
    `${person}编号不在本单位台账内`,
    ({ last, find }) => !!find(Inmate, last(Application).inmate),
  );
  const areRelatives = rule(Slot, '会见人须均为已核准的亲属', ({ last, find }) => {
    const relatives = find(Inmate, last(Application).inmate)?.relatives ?? [];
    return last(Application).visitors.every(({ name }) => relatives.includes(name));
  });
  const mayBeVisited = rule(
    Slot,
    '该处遇等级不安排会见',
    (facts) => visitsAMonth(facts, facts.last(Application).inmate) > 0,
  );
  const onHalfHour = rule(Slot, '会见须在整点或者半点开始', ({ form }) => isOnHalfHour(form.start));
  const roomIsOpen = rule(Slot, '会见室该时段不开放', ({ form, find }) => isOpen(find(Room, form.room), form.start));
  const notPast = rule(Slot, '会见日期不得早于今日', ({ form, today }) => dateOf(form.start) >= today);
  const aDayAhead = advice(Slot, '会见应当至少提前一日安排', ({ form, today }) => dateOf(form.start) > today);
  const asChosen = advice(
    Slot,
    '与司法所选定的时段不同',
    ({ form, has, last }) => !has(Choice) || (form.room === last(Choice).room && form.start === last(Choice).start),
  );

  const roomIsKnown = rule(Search, '没有这个会见室', ({ form, find }) => !!find(Room, form.room));
  const fromTodayOn = rule(Search, '不得早于今日', ({ form, today }) => form.from >= today);
  const someAreFree = rule(Search, '自该日起一个月内没有空闲时段', (facts) => firstFree(facts).length > 0);
  const isSuggested = rule(Choice, '只能选择所建议的时段', ({ form, last }) =>
    last(Suggestion).slots.some(({ room, start }) => room === form.room && start === form.start),
  );

  const onTheDay = rule(
    IdentityCheck,
    '会见人身份须在会见当日核验',
    ({ last, today }) => today === dateOf(last(Slot).start),
  );
  const haveApplied = rule(IdentityCheck, '到场会见人须为申请所列的会见人', ({ form, last }) =>
    form.present.every((name) => last(Application).visitors.some((visitor) => visitor.name === name)),
  );
  const wasChecked = rule(Held, '会见人身份须先由司法所核验', ({ has }) => has(IdentityCheck));
  const onItsDay = rule(
    Held,
    '会见须在约定之日进行',
    ({ form, last }) => dateOf(form.started) === dateOf(last(Slot).start),
  );
  const endsLater = rule(Held, '结束时间须晚于开始时间', ({ form }) => form.ended > form.started);
  const happened = rule(Held, '会见日期不得晚于今日', ({ form, today }) => dateOf(form.ended) <= today);

  const dayHasCome = rule(Absence, '尚未到约定的会见之日', ({ last, today }) => today >= dateOf(last(Slot).start));

  return {
    Application,
    visitsAMonth,
    registers: kept,
    applies: [somebodyComes, saysWhen, notYetPast],
    mayTake: [isHere, areRelatives, mayBeVisited, onHalfHour, roomIsOpen, notPast, aDayAhead, asChosen],
    maySuggest: [roomIsKnown, fromTodayOn, someAreFree],
    isSuggested,
    checksIdentity: [onTheDay, haveApplied],
    dayHasCome,
    wasHeld: [wasChecked, onItsDay, endsLater, happened],
  };
};
