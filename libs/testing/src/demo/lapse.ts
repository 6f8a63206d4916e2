import { granted } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, yubei } from './handover';

const MINUTE = 60_000;

/** 未衔接: a due time passes. */
export const lapse = async (day: Day): Promise<void> => {
  const { personas } = day;
  day.chapter('十一、逾期未报到', 'The date to report by passes');
  const form = personas.aPrisonerNearRelease(0);
  const handover = await Handover.notify(day, form);
  const { ref } = handover;
  day.cases.set('lapse', ref);
  await handover.verify();
  await handover.plan();
  await handover.accept();
  await handover.take(prison, 'release', personas.aRelease(form.releaseDate, form.releaseDate));
  const { state } = await handover.reaches('released');
  day.check('报到时限写在案上 the due time stands on the case', state.due !== null && !state.overdue, state);
  await day.advance(Math.max(Date.parse(state.due ?? '') - Date.parse(day.now), 0) + MINUTE);
  day.tell(`时钟拨到 ${day.today}，限期已过。`, `The clock is moved to ${day.today}; the date has passed.`);
  // A side lets a case lapse only when it has itself held the turn for ten minutes.
  await day.advance(11 * MINUTE);
  const missing = await handover.reaches('missing');
  day.equal('转入未衔接（人已自由，不是脱管） the case falls to 未衔接', missing.state.title, '未衔接');
  day.equal('由时间办理，不是哪位经办人 time took the step, no officer', missing.timeline.at(-1)?.by.roleTitle, '到期');
  const zhang = await day.officer(yubei.officer);
  await day.comes('渝北的待办里看得到 it is among Yubei’s to-do', async () =>
    granted(await zhang.list('to-do', { state: 'missing' })).items.some((item) => item.id === ref.id),
  );
  await handover.take(yubei, 'locate', { reason: personas.noted('其表兄称在江北务工') });
  await handover.take(yubei, 'receive', { on: day.today });
  const received = await handover.reaches('received');
  day.equal(
    '查到下落、补报到，两地一致 located, received, alike on both sides',
    received.timeline.slice(-3).map(({ step }) => step),
    ['lapse', 'locate', 'receive'],
  );
};
