import { verifyExports } from '@chuanyu/exchange';
import { workflows } from '@chuanyu/workflows';
import { granted, type CaseRef } from '../client';
import type { Day } from './day';
import { chongqingBar as theirs, sichuanBar as home, Traineeship } from './traineeship';

const why = { reason: '发现实习期间在外任职，考勤记录不实' };

/** 实习互认: a record is certified, recognised, and withdrawn while the line is cut. */
export const trainee = async (day: Day): Promise<void> => {
  day.chapter('实习记录互认', 'A trainee’s record is recognised, and withdrawn');
  await request(day);
  const made = await certify(day);
  const ref = await recognise(day, made);
  await suspendAndResume(day, made, ref);
  await withdrawWhileCut(day, made, ref);
  await confirm(day, made, ref);
};

const request = async (day: Day): Promise<void> => {
  const { name, residentId, kind } = day.personas.anInternship();
  const [officer, keeper] = await Promise.all([theirs, home].map((party) => day.officer(party.officer)));
  if (!officer || !keeper) return;
  const opened = granted(
    await officer.open('lawyer.trainee-request', {
      to: { province: 'sichuan', unit: home.unit },
      form: { name, residentId, kind, purpose: '本人申请在渝执业' },
    }),
  );
  const ref = { workflow: 'lawyer.trainee-request', id: opened.id };
  await day.until('查请送达', async () => (await keeper.page(ref)).ok);
  granted(await keeper.step(ref, 'decline', { why: '查无此记录' }));
  await day.converge('重庆查请一份记录，四川答复没有 asked for a record, Sichuan has none', ref, [
    theirs.officer,
    home.officer,
  ]);
};

const certify = async (day: Day): Promise<Traineeship> => {
  const officer = await day.officer(home.officer);
  const short = { ...day.personas.anInternship(), from: day.today, until: day.today, publicUntil: day.today };
  const refused = await officer.open('lawyer.trainee-certificate', { form: short });
  day.refused(
    '实习期和公示期都不够的，不能认证 too short an internship is not certified',
    refused,
    'rule-refused',
    '不少于一年',
  );
  const made = await Traineeship.publicise(day);
  const early = await made.draft(theirs);
  day.refused('公示未满，不能申请互认 nothing is recognised during publicity', early, 'rule-refused', '公示期满');
  const page = await made.passesPublicity();
  day.check(
    `公示期满无异议，自动生效：${page.number ?? ''} certified when its publicity has passed`,
    page.number !== null,
  );
  return made;
};

const recognise = async (day: Day, made: Traineeship): Promise<CaseRef> => {
  const ref = await made.send(theirs);
  const there = await made.page(theirs, ref);
  const record = there.forms.find(({ form }) => form === 'Record')?.fields ?? [];
  const certificate = await made.page(home, made.certificate);
  day.check(
    '重庆收到认证所载内容，不必重填 Chongqing reads what the certificate says',
    there.timeline.length === 1 && record.some(({ value }) => value === certificate.number),
    record,
  );
  await made.recognise(theirs, ref);
  const members = (await made.page(home, made.certificate)).members;
  day.equal(
    '认证的页面列出依据它的办件 the certificate lists who relied on it',
    members.map(({ case: id, state }) => [id, state.name]),
    [[ref.id, 'recognised']],
  );
  return ref;
};

const suspendAndResume = async (day: Day, made: Traineeship, ref: CaseRef): Promise<void> => {
  const officer = await day.officer(home.officer);
  const alone = await officer.step(ref, 'suspend', why);
  day.refused('互认不单独暂停，随认证办理 a recognition follows its certificate', alone, 'not-possible', '随上级办件');
  await made.take(home, made.certificate, 'suspend', why);
  await day.comes('认证暂停，重庆随即得知并须确认 suspended, and Chongqing must confirm', async () =>
    made.reaches(theirs, ref, 'suspended'),
  );
  await made.take(theirs, ref, 'confirm', { on: day.today, measures: '暂停其执业申请' });
  await made.take(home, made.certificate, 'resume', { reason: '已补正考勤记录' });
  await made.reaches(theirs, ref, 'resumed');
  await made.take(theirs, ref, 'confirm', { on: day.today, measures: '恢复其执业申请' });
  await made.reaches(home, ref, 'recognised');
};

const withdrawWhileCut = async (day: Day, made: Traineeship, ref: CaseRef): Promise<void> => {
  day.equal('线路已断 the border is cut', granted(await day.dev.cut()).border, 'cut');
  try {
    await made.take(home, made.certificate, 'suspend', why);
    const page = await made.take(home, made.certificate, 'withdraw', why);
    day.equal('四川撤回，本地即时生效 withdrawn, in force at home at once', page.state.title, '已撤回');
    day.equal(
      '并看得到重庆还不知道什么 and it shows what Chongqing cannot know yet',
      page.members.map(({ state, pending }) => [state.name, pending.map(({ title }) => title)]),
      [['recognised', ['暂停', '撤回']]],
    );
    day.equal(
      '重庆仍是已互认 in Chongqing it is still recognised',
      (await made.page(theirs, ref)).state.title,
      '已互认',
    );
    day.refused(
      '撤回后不能再申请互认 a withdrawn record is not sent any more',
      await made.draft(theirs),
      'not-possible',
    );
  } finally {
    granted(await day.dev.heal());
  }
};

const confirm = async (day: Day, made: Traineeship, ref: CaseRef): Promise<void> => {
  const there = await made.reaches(theirs, ref, 'withdrawn');
  day.check(
    `线路接通，重庆按次序得知，须在 ${there.state.due ?? '？'} 前确认 healed: in order, and due for confirmation`,
    there.state.due !== null &&
      there.timeline
        .slice(-2)
        .map(({ step }) => step)
        .join() === 'suspend,withdraw',
  );
  const peer = await day.officer(theirs.officer);
  await day.comes('列入重庆律协的待办 it is on Chongqing’s list of what to do', async () =>
    granted(await peer.list('to-do')).items.some(({ id }) => id === ref.id),
  );
  await made.take(theirs, ref, 'confirm', { on: day.today, measures: '已撤销据此作出的许可申请' });
  await day.comes('依据过它的单位均已确认 everyone who relied on it has confirmed', async () => {
    const relied = await made.members('recognise');
    return relied.length === 1 && relied.every(({ took }) => took.at(-1)?.step === 'confirm');
  });
  const files = await Promise.all(
    [home, theirs].map(async ({ officer }) => ({
      name: officer,
      text: granted(await (await day.officer(officer)).export(ref)),
    })),
  );
  const verdict = await verifyExports(files, { workflows });
  day.check(`${verdict.events} 条记录离线验证无误 verified offline`, verdict.sound, verdict.bad);
};
