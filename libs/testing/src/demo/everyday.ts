import { granted } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, jiangbei, yubei } from './handover';

/** 退件、改送、转办、补正、延期、催办、更正: what every case has, whatever its workflow. */
export const everyday = async (day: Day): Promise<void> => {
  const { personas } = day;
  const zhou = await day.officer(prison.officer);
  const zhang = await day.officer(yubei.officer);
  const zhao = await day.officer(jiangbei.officer);

  day.chapter('七、退件与转办', 'Sent back, readdressed, passed on');
  const form = personas.aPrisonerNearRelease(25);
  const handover = await Handover.notify(day, form, { counterpart: jiangbei });
  const { ref } = handover;
  day.cases.set('everyday', ref);
  granted(await zhao.takeIn(ref));
  await handover.take(jiangbei, 'send-back', { reason: '户籍地在渝北区' });
  const returned = await handover.reaches('returned');
  day.check(
    '江北退件，轮到监狱改送 sent back, the prison has the turn',
    returned.state.ours && returned.state.title === '已退件',
  );
  await handover.take(prison, 'readdress', { unit: yubei.unit });
  handover.counterpart = yubei;
  const readdressed = await handover.reaches('notified');
  day.equal('改送渝北 readdressed to Yubei', readdressed.counterpart?.unitName, '重庆市渝北区安置帮教工作办公室');
  day.refused('江北从此查不到 Jiangbei no longer finds it', await zhao.page(ref), 'not-found');
  await handover.take(yubei, 'pass-on', { unit: jiangbei.unit, note: '本人常住江北，转江北办理' });
  handover.counterpart = jiangbei;
  const passed = await handover.reaches('notified');
  day.equal(
    '渝北转办江北，四川看得到现由谁办 passed on inside Chongqing, and Sichuan sees to whom',
    passed.counterpart?.unit,
    jiangbei.unit,
  );
  day.refused('转出后渝北查不到 Yubei no longer finds it', await zhang.page(ref), 'not-found');
  day.refused(
    '已签收办理的件不能跨省转办 passing on to the other province',
    await zhao.step(ref, 'pass-on', { unit: prison.unit }),
    'bad-form',
    '该省（市）',
  );

  day.chapter('八、补正、延期、催办、更正', 'Completed, extended, urged, corrected');
  const before = (await handover.at(jiangbei)).state.due;
  await handover.take(jiangbei, 'complete', { point: '请补充家庭联系方式' });
  const completing = await handover.reaches('completing');
  day.check(
    '要求补正，办理权到四川，时限暂停 completion is asked for: the turn changes, the term rests',
    completing.state.ours && completing.state.due === null,
  );
  await handover.take(prison, 'supplement', { answer: personas.noted('其姐住江北区，可联系') });
  const back = await handover.reaches('notified');
  day.check(
    '补正后回到原环节，时限顺延 supplied: back where it was, the term goes on',
    (back.state.due ?? '') >= (before ?? '~'),
    [before, back.state.due],
  );
  const twice = await zhao.step(ref, 'complete', { point: '请补充家庭联系方式' });
  day.refused('同一事项不能再要求补正 one point is asked for once', twice, 'rule-refused', '只能要求补正一次');
  await handover.take(jiangbei, 'extend', { days: 10, reason: '本人外出务工，需函询' });
  const extended = await handover.reaches('notified');
  day.check('延期由负责人签发 extended, signed by the leader', extended.timeline.at(-1)?.signed === '安帮办负责人');
  day.check(
    '新的时限两地一致 the new due time on both sides',
    (extended.state.due ?? '') > (back.state.due ?? '~') &&
      extended.state.due === (await handover.at(jiangbei)).state.due,
  );
  day.refused(
    '一个环节只延期一次 extended once',
    await zhao.step(ref, 'extend', { days: 5, reason: '再延' }),
    'not-possible',
    '已延期一次',
  );

  granted(await zhou.urge(ref, '释放日期临近，请尽快核实'));
  const urged = await day.comes('催办到了江北 the urging is in Jiangbei', async () => {
    const { urges } = granted(await zhao.page(ref));
    return urges.length > 0 && urges;
  });
  day.equal('写明第几次 which time it is', urged?.[0]?.nth, 1);
  await day.comes('列表上标出被催办 the list shows it', async () =>
    granted(await zhao.list('to-do')).items.some((item) => item.id === ref.id && item.urged === 1),
  );
  day.refused('不能催办自己 nobody urges themselves', await zhao.urge(ref, '请快'), 'not-possible', '无需催办');

  const [old] = (await handover.at(prison)).timeline;
  const address = personas.anAddress();
  const { assessment: _, ...sharedForm } = form;
  const correction = {
    step: 'notify',
    sequence: old?.sequence,
    reason: '门牌号录入有误',
    form: { ...sharedForm, address },
  };
  const corrected = await zhou.step(ref, 'correct', correction);
  day.check('更正是依职权的，办理权在对方也可以 a correction is by right, whoever has the turn', corrected.ok);
  await day.comes('更正入链 it stands in the chain', async () => {
    const { timeline } = granted(await zhao.page(ref));
    return timeline.at(-1)?.step === 'correct';
  });
  const page = await handover.at(jiangbei);
  const shown = (sequence: number | undefined) =>
    page.timeline.find((entry) => entry.sequence === sequence)?.fields.find(({ name }) => name === 'address')?.value;
  day.equal(
    '历史里旧址新址都在 the history holds the old and the new',
    [shown(old?.sequence), shown(page.sequence)],
    [form.address, address],
  );
  const now = page.forms.find(({ form: name }) => name === 'Notice')?.fields.find(({ name }) => name === 'address');
  day.equal('现行内容是新址 the present form is the new one', now?.value, address);
  day.refused(
    '不能更正对方的内容 only one’s own is corrected',
    await zhao.step(ref, 'correct', correction),
    'bad-form',
    '本方最近一次',
  );
};
