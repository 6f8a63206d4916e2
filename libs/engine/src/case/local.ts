import { otherSide, Refusal, uuidOf } from '@chuanyu/contracts';
import type { Context, Who, Work } from './context';
import { isOpen, ownUnit, type Urge } from './document';

/** What concerns only one province: it never crosses. The officers named are checked by the service, which knows them. */
export const assign = (
  work: Work,
  context: Context,
  who: Who,
  to: { readonly officer: string; readonly deputies: readonly string[] },
): void => {
  const { case: document } = work;
  const act = document.charge.officer === null ? 'assign' : 'hand-over';
  document.charge = { officer: to.officer, deputies: [...to.deputies] };
  document.local.push({ at: context.now, officer: who.officer, act, detail: to.officer });
};
export const circulate = (work: Work, context: Context, who: Who, readers: readonly string[]): void => {
  const { case: document } = work;
  document.circulated = [...new Set([...document.circulated, ...readers])];
  document.local.push({ at: context.now, officer: who.officer, act: 'circulate', detail: readers.join('、') });
};
export const seal = (work: Work, context: Context, who: Who, sealed: boolean): void => {
  const { case: document } = work;
  document.sealed = sealed;
  document.local.push({ at: context.now, officer: who.officer, act: sealed ? 'seal' : 'unseal', detail: '' });
};

/** 催办: a notice to the side that has the turn, outside the chain; a second one in the same tenure is for the leader (督办). */
export const urge = (work: Work, context: Context, note: string, key: string): Urge => {
  const { case: document } = work;
  const id = uuidOf(`${document.id} urge ${key}`);
  const again = document.urges.find((each) => each.id === id);
  if (again) return again;
  if (
    document.status !== 'live' ||
    !isOpen(document) ||
    document.head.turn === document.side ||
    document.peer === null
  ) {
    throw new Refusal('not-possible', '现由本方办理或已办结，无需催办', {}, 'Only the side without the turn urges');
  }
  const nth = document.urges.filter((each) => each.by === document.side && each.time >= document.head.since).length + 1;
  const made: Urge = { id, by: document.side, unit: ownUnit(document), time: context.now, note, nth };
  document.urges.push(made);
  work.send.push({
    kind: 'urge',
    to: document.peer,
    epoch: context.epoch,
    domain: document.domain,
    case: document.id,
    urge: { id, unit: made.unit, time: made.time, note, nth },
  });
  return made;
};
export const noteUrge = (work: Work, urged: Omit<Urge, 'by'>): void => {
  const { case: document } = work;
  if (!document.urges.some((each) => each.id === urged.id))
    document.urges.push({ ...urged, by: otherSide(document.side) });
};
