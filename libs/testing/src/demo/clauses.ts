import { addDays } from '@chuanyu/reference';
import { granted, type CaseRef } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, yubei } from './handover';

/** 协议条款: nothing is shared without one; either liaison office may suspend it by right. */
export const clauses = async (day: Day): Promise<void> => {
  const { personas } = day;
  const zhou = await day.officer(prison.officer);
  const zhang = await day.officer(yubei.officer);
  const deng = await day.officer('cq.dengkai');
  const lin = await day.officer('sc.linfeng');

  day.chapter('十二、协议条款中止与恢复', 'A clause of the agreement is suspended, and resumed');
  const inForce = granted(
    await lin.list('cases', { workflow: 'coordination.agreement', state: 'in-force', peer: 'chongqing' }),
  );
  const agreement: CaseRef = { workflow: 'coordination.agreement', id: inForce.items[0]?.id ?? '' };
  const signed = granted(await lin.page(agreement));
  day.check(
    '两地有生效的协议，条款写明可共享的数据 an agreement is in force; its clauses say which data may flow',
    signed.state.name === 'in-force',
  );
  const form = personas.aPrisonerNearRelease(18);
  const [answered, refused] = await Promise.all([
    Handover.notify(day, form),
    Handover.notify(day, personas.aPrisonerNearRelease(19)),
  ]);
  day.cases.set('clause-answered', answered.ref).set('clause-refused', refused.ref);

  let late: Handover | undefined;
  granted(await day.dev.cut());
  try {
    granted(await zhou.step(answered.ref, 'amend', { ...form, releaseDate: addDays(day.today, 12) }));
    await answered.sign(prison);
    granted(await deng.step(agreement, 'suspend', { clause: '1', reason: '核查数据使用情况' }));
    day.tell(
      '线路又断。四川先提请变更；重庆联络办随后依职权中止条款，在重庆当即生效。',
      'The border is cut again. Sichuan asks for an amendment; then Chongqing’s liaison office suspends the clause by right, in force there at once.',
    );
    const blocked = await day.comes('重庆办不了要共享的操作 Chongqing can take no step that would share', async () => {
      const reply = await zhang.step(refused.ref, 'verify', personas.aVerification());
      return !reply.ok && reply;
    });
    if (blocked)
      day.refused(
        '拒绝时写明是哪一条 the refusal names the clause',
        blocked,
        'no-clause',
        '条款「刑满释放人员衔接」已中止',
      );
    late = await Handover.notify(day, personas.aPrisonerNearRelease(17), { arrives: false });
    day.cases.set('clause-late', late.ref);
    day.tell('四川尚不知情，又签发一件通报。', 'Sichuan does not know yet, and signs another notice.');
  } finally {
    granted(await day.dev.heal());
  }
  try {
    await heldUntilResumed(day, { answered, late });
    const known = await day.comes(
      '中止的消息到了四川，四川同样办不了 Sichuan knows of it now, and is refused too',
      async () => {
        const reply = await zhou.open('prison.release-handover', {
          to: { province: yubei.province, unit: yubei.unit },
          form: personas.aPrisonerNearRelease(40),
        });
        if (!reply.ok) return reply;
        const draft = reply.body.drafts[0]?.id ?? '';
        const chen = await day.officer(prison.leader);
        await day.until('to sign', async () =>
          granted(await chen.toSign()).items.some((item) => item.draft.id === draft),
        );
        const signing = await chen.sign(draft);
        granted(await chen.returnDraft(draft, '条款中止，暂缓'));
        return !signing.ok && signing;
      },
    );
    if (known)
      day.refused('签发时被拒绝，写明条款 refused at signing, naming the clause', known, 'no-clause', '已中止');
  } finally {
    granted(await deng.step(agreement, 'resume', { clause: '1', reason: '核查完毕' }));
  }
  day.tell('重庆联络办恢复条款。', 'The liaison office resumes the clause.');
  await day.converge('暂存的答复发出，两地一致 what was held goes on; alike on both sides', answered.ref, [
    prison.officer,
    yubei.officer,
  ]);
  await late.reaches('notified');
  day.check('暂存的通报到了重庆 the notice that was held is in Chongqing', (await late.at(yubei)).state.ours);
  await day.converge('协议的记录两地一致 the agreement’s record is alike too', agreement, ['sc.linfeng', 'cq.dengkai']);
  const resumed = await day.comes('恢复后照常办理 and work goes on', async () => {
    const reply = await zhang.step(refused.ref, 'verify', personas.aVerification());
    return reply.ok && reply;
  });
  if (resumed) await refused.reaches('verified');
};

const heldUntilResumed = async (
  day: Day,
  { answered, late }: { readonly answered: Handover; readonly late: Handover },
): Promise<void> => {
  const held = (page: Awaited<ReturnType<Handover['at']>>) => page.timeline.at(-1)?.receipts.negative;
  await day.comes(
    '重庆已答复提请，但答复暂存，案上可见原因 Chongqing has answered the ask; the answer is held, and the case says why',
    async () => {
      const negative = held(await answered.at(yubei));
      return negative?.code === 'held' && negative.detail.includes('已中止');
    },
  );
  day.equal('四川还没收到答复 the answer is not in Sichuan', (await answered.at(prison)).asks[0]?.status, 'open');
  await day.comes(
    '四川的通报在重庆边界暂存，四川看得到 the notice is held at Chongqing’s border, and Sichuan sees it',
    async () => {
      const negative = held(await late.at(prison));
      return negative?.code === 'held' && negative.detail.includes('已中止');
    },
  );
  day.refused(
    '重庆还查不到那件通报 Chongqing does not find that notice yet',
    await (await day.officer(yubei.officer)).page(late.ref),
    'not-found',
  );
};
