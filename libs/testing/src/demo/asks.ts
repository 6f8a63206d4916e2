import { addDays } from '@chuanyu/reference';
import { granted } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, yubei } from './handover';

/** 提请与依职权: what the side without the turn may do. */
export const asks = async (day: Day): Promise<void> => {
  const { personas } = day;
  const zhou = await day.officer(prison.officer);
  const chen = await day.officer(prison.leader);

  day.chapter('六、提请与依职权', 'What the side without the turn may ask for, and what it may do by right');
  const form = personas.aPrisonerNearRelease(20);
  const handover = await Handover.notify(day, form);
  const { ref } = handover;
  day.cases.set('asks', ref);
  day.tell(
    '又一件通报已到渝北，办理权在重庆；这时裁定再次减刑。',
    'Another notice is in Yubei, which has the turn; now the sentence is shortened again.',
  );
  const releaseDate = addDays(day.today, 9);
  granted(await zhou.step(ref, 'amend', { ...form, releaseDate }));
  const draft = granted(await chen.page(ref)).drafts[0]?.id ?? '';
  await day.until('amend to sign', async () =>
    granted(await chen.toSign()).items.some((item) => item.draft.id === draft),
  );
  const asked = await chen.sign(draft);
  day.check(
    '变更通报成为提请（202） the amendment becomes an ask',
    asked.status === 202 && asked.headers.get('taken-as')?.startsWith('ask ') === true,
  );
  const answered = await day.comes('重庆的系统当即入链答复 Chongqing’s engine answers it in the chain', async () => {
    const page = granted(await zhou.page(ref));
    return page.asks[0]?.status === 'taken' && page;
  });
  day.equal('记录注明是应提请办理 the record says that it was asked for', answered?.timeline.at(-1)?.asked, true);
  const there = await day.converge('两地历史相同 the same history on both sides', ref, [prison.officer, yubei.officer]);
  const date = (await handover.at(yubei)).forms
    .find(({ form: name }) => name === 'Notice')
    ?.fields.find(({ name }) => name === 'releaseDate');
  day.equal('渝北看到新的释放日期 Yubei sees the new date', date?.value, releaseDate);
  day.equal('办理权仍在重庆 the turn is still Chongqing’s', there?.state.turn, 'counterpart');

  const reason = { reason: '裁定撤销，继续服刑' };
  const cancelled = await zhou.step(ref, 'cancel', reason);
  day.check(
    '依职权撤销，无须对方同意 cancelled by right, nobody is asked',
    cancelled.ok && cancelled.body.asks.some((ask) => ask.byRight && ask.step === 'cancel'),
  );
  await handover.reaches('cancelled');
  const ended = await handover.at(yubei);
  day.equal('重庆也已撤销 cancelled in Chongqing too', ended.state.title, '已撤销');
  day.check(
    '办结后双方均无可办操作 nothing is possible any more',
    ended.possible.every(({ how }) => how === null),
  );
  const officer = await day.officer(yubei.officer);
  day.refused(
    '对已撤销的件办理核实 verifying a cancelled case',
    await officer.step(ref, 'verify', personas.aVerification()),
    'not-possible',
    '已办结',
  );
};
