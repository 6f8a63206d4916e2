import { addDays } from '@chuanyu/reference';
import { granted } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, yubei } from './handover';

/** 断网: the border is cut, both sides go on, and everything converges when it heals. */
export const borderCut = async (day: Day): Promise<void> => {
  const { personas } = day;
  const zhou = await day.officer(prison.officer);
  const chen = await day.officer(prison.leader);
  const zhang = await day.officer(yubei.officer);

  day.chapter('十、省际线路中断', 'The border is cut');
  const form = personas.aPrisonerNearRelease(21);
  const [planning, amending, cancelling] = await Promise.all([
    Handover.notify(day, personas.aPrisonerNearRelease(20)),
    Handover.notify(day, form),
    Handover.notify(day, personas.aPrisonerNearRelease(22)),
  ]);
  day.cases.set('cut-planning', planning.ref).set('cut-amending', amending.ref).set('cut-cancelling', cancelling.ref);
  await planning.verify();
  day.equal('线路已断 the border is cut', granted(await day.dev.cut()).border, 'cut');
  try {
    await planning.take(prison, 'plan', personas.aPlan());
    await day.comes('四川照常办理，已签名待发 Sichuan goes on: signed, and waiting to cross', async () => {
      const receipts = granted(await zhou.page(planning.ref)).timeline.at(-1)?.receipts;
      return receipts?.accepted !== undefined && receipts.delivered === undefined;
    });
    day.equal('重庆还不知道 Chongqing does not know yet', (await planning.at(yubei)).state.name, 'verified');
    granted(await zhang.step(amending.ref, 'verify', personas.aVerification()));
    day.equal('重庆照常核实 Chongqing goes on too', (await amending.at(yubei)).state.name, 'verified');
    granted(await zhou.step(amending.ref, 'amend', { ...form, releaseDate: addDays(day.today, 15) }));
    await amending.sign(prison);
    day.equal(
      '四川的提请先记着 Sichuan’s ask is noted',
      granted(await chen.page(amending.ref)).asks[0]?.status,
      'open',
    );
    granted(await zhou.step(cancelling.ref, 'cancel', { reason: '暂予监外执行' }));
    const atHome = granted(await zhou.page(cancelling.ref));
    day.check(
      '依职权撤销在四川当即生效 a cancellation by right is in force in Sichuan at once',
      atHome.asks[0]?.status === 'open' && atHome.possible.every(({ how }) => how === null),
    );
    const after = await zhou.step(cancelling.ref, 'amend', form);
    day.refused('撤销后不能再变更 nothing more is done with it', after, 'not-possible', '已依职权办理「撤销」');
    granted(await zhang.step(cancelling.ref, 'verify', personas.aVerification()));
    day.equal(
      '重庆不知情，仍在核实 Chongqing, not knowing, verifies it',
      (await cancelling.at(yubei)).state.name,
      'verified',
    );
  } finally {
    day.equal('线路恢复 the border heals', granted(await day.dev.heal()).border, 'open');
  }
  await planning.reaches('planned');
  day.check('评估到了重庆 the plan has come to Chongqing', (await planning.at(yubei)).state.ours);
  await day.comes(
    '其间的提请因办理权已转来而失效，可直接变更 the ask is void: the turn has come back, and he may amend himself',
    async () => {
      const page = granted(await zhou.page(amending.ref));
      return (
        page.asks[0]?.status === 'void' && page.possible.some(({ step, how }) => step === 'amend' && how === 'take')
      );
    },
  );
  await cancelling.reaches('cancelled');
  const ended = await cancelling.at(yubei);
  day.equal(
    '撤销自行入链，先后分明 the right stands in the chain by itself, behind what came before',
    ended.timeline.map(({ step }) => step),
    ['notify', 'verify', 'cancel'],
  );
  await day.converge('三件两地历史全同 all three are alike on both sides', amending.ref, [
    prison.officer,
    yubei.officer,
  ]);
};
