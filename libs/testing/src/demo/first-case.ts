import { addDays, startOf } from '@chuanyu/reference';
import { granted } from '../client';
import type { CasePage } from '@chuanyu/service';
import type { Day } from './day';
import { chengduPrison as prison, Handover, late, yubei } from './handover';

/** 一件办到底: one case from its draft to the follow-up after release. */
export const firstCase = async (day: Day): Promise<void> => {
  const { personas } = day;
  const zhou = await day.officer(prison.officer);
  const chen = await day.officer(prison.leader);
  const zhang = await day.officer(yubei.officer);

  day.chapter('一、通报', 'A prison tells of a release');
  const person = personas.aKeyPerson(2);
  day.tell(
    `成都监狱周伟拟稿：重点帮教对象两天后释放，户籍在重庆渝北。`,
    'Zhou Wei of Chengdu prison drafts a notice: a key person is released in two days, registered in Yubei, Chongqing.',
  );
  const opening = { to: { province: yubei.province, unit: yubei.unit }, form: person };
  const advised = await zhou.open('prison.release-handover', opening);
  day.refused('逾期通报先被提示 a late notice needs its reason', advised, 'advice-unanswered', '三十日前');
  const opened = await zhou.open('prison.release-handover', { ...opening, ...late('减刑裁定今日送达') });
  day.equal('写明理由后成为待签发的稿 with its reason it becomes a draft (202)', opened.status, 202);
  const handover = new Handover(day, { workflow: 'prison.release-handover', id: granted(opened).id }, prison, yubei);
  const { ref } = handover;
  day.cases.set('first', ref);
  day.equal('未签发的稿没有编号 a draft has no number yet', granted(opened).number, null);
  const hidden = await zhang.page(ref);
  day.refused('未签发前对方查不到 the other side cannot find it before it is signed', hidden, 'not-found');

  day.chapter('二、签发', 'The leader returns it once, then signs');
  const draft = granted(opened).drafts[0]?.id ?? '';
  const line = await day.comes('陈国强在待审中看到此稿 the leader finds it to sign', async () =>
    granted(await chen.toSign()).items.find((item) => item.draft.id === draft),
  );
  day.check(
    '列表只显示打码的姓名 the list masks the name',
    line?.subject === `${[...person.name][0] ?? ''}**`,
    line?.subject,
  );
  const self = await zhou.sign(draft);
  day.refused('拟稿人不能签发自己的稿 the drafter cannot sign it', self, 'not-allowed', '监狱分管领导');
  const returned = granted(await chen.returnDraft(draft, '请核对户籍门牌号'));
  day.equal('退回并写明理由 returned with a reason', returned.drafts[0]?.returns[0]?.reason, '请核对户籍门牌号');
  await day.comes('退稿回到周伟的待办 it is back among his to-do', async () =>
    granted(await zhou.list('to-do')).items.find((item) => item.id === ref.id),
  );
  const corrected = { ...person, address: personas.anAddress() };
  const redrafted = await zhou.step(ref, 'notify', corrected, late('减刑裁定今日送达'));
  day.equal(
    '周伟改好后重新送审，仍是同一件 he mends it and sends it again: the same case',
    granted(redrafted).drafts.length,
    1,
  );
  const signed = await handover.sign(prison);
  day.check(
    '签发后有了编号 signed, it has its number',
    /^川监衔〔\d{4}〕\d+号$/.test(signed.number ?? ''),
    signed.number,
  );
  day.equal('由谁签发写在记录里 the record says which role signed', signed.timeline[0]?.signed, '监狱分管领导');

  day.chapter('三、签收与核实', 'Chongqing takes it in and verifies');
  const waiting = await day.comes('渝北安帮办的待签收里出现此件 it waits to be taken in', async () =>
    granted(await zhang.list('to-take-in')).items.find((item) => item.id === ref.id),
  );
  day.equal('编号两地相同 the number is the same on both sides', waiting?.number, signed.number);
  const taken = granted(await zhang.takeIn(ref));
  day.check('签收后不再待签收 taken in', !taken.toTakeIn);
  await day.comes('四种回执都到了四川 all four receipts are in Sichuan', async () => {
    const { receipts } = granted(await zhou.page(ref)).timeline[0] ?? {};
    return receipts?.accepted && receipts.relayed && receipts.delivered && receipts.opened;
  });
  day.equal(
    '狱内研判没有出省 the assessment stayed at home',
    granted(await zhang.page(ref)).timeline[0]?.fields.some(({ name }) => name === 'assessment'),
    false,
  );
  const assigned = granted(await zhang.assign(ref, yubei.officer, ['cq.lihaiyan']));
  day.equal('指定张敏承办 Zhang Min is in charge', assigned.charge.officer?.name, '张敏');
  day.equal('承办人不出省 who is in charge stays in Chongqing', granted(await zhou.page(ref)).charge.officer, null);
  await day.comes('进入张敏的待办 it is among her to-do', async () =>
    granted(await zhang.list('to-do')).items.find((item) => item.id === ref.id),
  );
  const unsaid = { ...personas.aVerification({ result: '无法核实' }) };
  day.refused(
    '无法核实须写明原因 not verifiable needs its reason',
    await zhang.step(ref, 'verify', unsaid),
    'rule-refused',
    '无法核实的，须写明原因',
  );
  await handover.verify();
  day.check(
    '核实结果到了四川，轮到监狱评估 verified, and the prison has the turn',
    (await handover.at(prison)).state.ours,
  );
  await handover.plan();
  day.check('评估建议到了重庆 the plan is in Chongqing', (await handover.at(yubei)).state.ours);

  day.chapter('四、接收：必接必送', 'A key person must be picked up');
  const nobody = await zhang.step(ref, 'accept', personas.anAcceptance());
  day.refused(
    '没有接回人不能同意接收 no pick-up, no acceptance',
    nobody,
    'rule-refused',
    '重点帮教对象必接必送，须指定接回人',
  );
  const pickUp = personas.aName();
  await handover.accept(pickUp);
  const accepted = await handover.at(prison);
  const entry = accepted.timeline.find(({ step }) => step === 'accept');
  day.check('四川看到接回人 Sichuan sees who picks up', entry?.fields.some(({ value }) => value === pickUp) === true);
  day.equal('安帮办负责人签发 signed by the office’s leader', entry?.signed, '安帮办负责人');

  day.chapter('五、释放、报到、帮教', 'Released, reported in, followed up');
  await day.advance(Date.parse(startOf(person.releaseDate)) - Date.parse(day.now) + 10 * 3_600_000);
  day.tell(`两天后，${day.today}。`, `Two days later, ${day.today}.`);
  const certificate = personas.aRelease(person.releaseDate, addDays(person.releaseDate, 7));
  const unhanded = await zhou.step(ref, 'release', certificate);
  day.refused('重点对象须当面交接 a key person is handed over in person', unhanded, 'rule-refused', '须当面交接');
  await handover.take(prison, 'release', { ...certificate, handedTo: pickUp });
  await handover.reaches('released');
  day.check('已释放，待报到 released, to report in', (await handover.at(yubei)).state.name === 'released');
  await handover.take(yubei, 'receive', { on: day.today });
  await handover.reaches('received');
  day.check('已报到，帮教中 reported in, being helped', (await handover.at(prison)).state.title === '帮教中');
  const followUp = personas.aFollowUp();
  await handover.take(yubei, 'follow-up', followUp);
  await handover.reaches('received');
  const delivered = (page: CasePage): number =>
    page.timeline.filter(({ receipts }) => receipts.delivered !== undefined).length;
  await day.until('every step delivered', async () => {
    const pages = await Promise.all([handover.at(yubei), handover.at(prison)]);
    return pages.reduce((sum, page) => sum + delivered(page), 0) === pages[0].timeline.length;
  });
  const [here, there] = await Promise.all([handover.at(yubei), handover.at(prison)]);
  const text = (page: object): string => JSON.stringify(page);
  day.check(
    '帮教记录内容留在重庆 what was written stays in Chongqing',
    text(here).includes(followUp.note) && !text(there).includes(followUp.note),
  );
  const date = there.timeline.findLast(({ step }) => step === 'follow-up')?.fields.find(({ name }) => name === 'on');
  day.equal('帮教日期共享给四川 its date is shared', date?.value, followUp.on);
  const steps = there.timeline.map(({ step }) => step);
  day.equal(
    '全程七步两地一致 the same steps on both sides',
    steps,
    here.timeline.map(({ step }) => step),
  );
  day.check(
    '每一步都有对方的送达回执 every step has its delivered receipt',
    [...here.timeline, ...there.timeline].filter(({ receipts }) => receipts.delivered !== undefined).length ===
      steps.length,
    [...here.timeline, ...there.timeline].map(({ step, receipts }) => [step, receipts]),
  );
};
