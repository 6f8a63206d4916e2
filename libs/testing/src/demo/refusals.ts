import { randomUUID } from 'node:crypto';
import { granted, request } from '../client';
import type { Day } from './day';
import { chengduPrison as prison, Handover, yubei } from './handover';

/** 不能办的: each refusal says why, in words for a stranger, and what can be done instead. */
export const refusals = async (day: Day): Promise<void> => {
  const { personas } = day;
  const zhou = await day.officer(prison.officer);
  const zhang = await day.officer(yubei.officer);

  day.chapter('九、不能办的', 'What is refused, and what the person reads');
  const handover = await Handover.notify(day, personas.aPrisonerNearRelease(15));
  const { ref } = handover;
  day.cases.set('refusals', ref);
  await handover.verify();
  const before = await handover.at(prison);
  const plan = personas.aPlan();

  day.refused(
    '环节不对 in the wrong state',
    await zhou.step(ref, 'release', personas.aRelease(day.today, day.today)),
    'not-possible',
    '待释放',
  );
  day.refused(
    '角色不对 in the wrong role',
    await (await day.officer(prison.leader)).step(ref, 'plan', plan),
    'not-allowed',
    '狱政民警',
  );
  day.refused(
    '由对方办理的 a step of the other side',
    await zhang.step(ref, 'plan', plan),
    'not-possible',
    '由对方办理',
  );
  day.refused(
    '表单不全，又有多余的项 a form with a gap and an extra',
    await zhou.step(ref, 'plan', { opinion: '', more: 1 }),
    'bad-form',
  );
  const badPerson = {
    ...personas.aPrisonerNearRelease(40),
    residentId: '510107199003077217',
    releaseDate: '2026-02-30',
  };
  const to = { province: yubei.province, unit: yubei.unit };
  day.refused(
    '身份号码校验码不符，日期不存在 a wrong check digit and no such date',
    await zhou.open('prison.release-handover', { to, form: badPerson }),
    'bad-form',
    '校验码',
  );
  day.refused(
    '释放日期已过 a release in the past',
    await zhou.open('prison.release-handover', { to, form: personas.aPrisonerNearRelease(-1) }),
    'rule-refused',
    '不得早于今日',
  );
  const wrongUnit = { province: 'chongqing', unit: 'sc-wuhou-resettlement' };
  const misdirected = await zhou.open('prison.release-handover', {
    to: wrongUnit,
    form: personas.aPrisonerNearRelease(40),
  });
  day.refused('受理单位不在对方省（市） a unit of the own province', misdirected, 'bad-form', '受理单位');
  const prisonThere = { province: 'chongqing', unit: 'cq-yuzhou-prison' };
  day.refused(
    '受理单位不办理此事项 a unit that does not take such cases',
    await zhou.open('prison.release-handover', { to: prisonThere, form: personas.aPrisonerNearRelease(40) }),
    'bad-form',
    '不办理',
  );

  const key = randomUUID();
  const first = granted(await zhou.step(ref, 'plan', plan, { key, version: before.version }));
  const again = granted(await zhou.step(ref, 'plan', plan, { key, version: before.version }));
  day.equal(
    '同一键重发得到同样的结果，不重复办理 the same key again does nothing twice',
    again.timeline.length,
    first.timeline.length,
  );
  day.refused(
    '同一键换了内容 the key with another body',
    await zhou.step(ref, 'plan', { ...plan, advice: '改' }, { key }),
    'key-reused',
  );
  const stale = { version: before.version };
  day.refused(
    '版本已旧 a stale version',
    await zhou.step(ref, 'cancel', { reason: '误报' }, stale),
    'stale-version',
    '已有变化',
  );

  day.refused(
    '别的监狱的民警 an officer of another prison',
    await (await day.officer('sc.hejing')).page(ref),
    'not-found',
  );
  day.refused('没有这个办件 an unknown case', await zhou.page({ ...ref, id: randomUUID() }), 'not-found');
  day.refused('没有这个操作 an unknown step', await zhou.step(ref, 'pardon', {}), 'not-found', '没有此操作');
  day.refused(
    '重庆的经办人在四川登录 an officer of the other province signs in',
    await signInAt(day, 'sichuan', yubei.officer),
    'sign-in-refused',
  );
  day.refused(
    '重庆的凭证用在四川 a token of the other province',
    await zhang.elsewhere(day.url('sichuan')).page(ref),
    'not-signed-in',
  );
  day.refused('未登录 not signed in', await request(day.url('sichuan'), 'GET', '/api/to-do'), 'not-signed-in');
  const keyless = await zhou.postWithoutKey(`/api/prison/release-handover/${ref.id}/cancel`, {
    form: { reason: '误报' },
  });
  day.refused('没带幂等键 without an idempotency key', keyless, 'bad-request', 'Idempotency-Key');
  const english = await zhou.get(`/api/prison/release-handover/${randomUUID()}`, { 'Accept-Language': 'en' });
  day.check(
    '说英语的人读到英语 who reads English is answered in English',
    !english.ok && english.problem.detail === 'No such case',
    english.ok ? '' : english.problem,
  );
  await handover.reaches('planned');
  day.equal(
    '所有被拒绝的都没有留下痕迹 nothing refused has changed the case',
    (await handover.at(prison)).timeline.map(({ step }) => step),
    ['notify', 'verify', 'plan'],
  );
};

/** Signs in at a province's gateway; the answer, not the officer. */
const signInAt = (day: Day, province: string, officer: string) =>
  request(day.url(province), 'POST', '/api/sign-in', { body: { officer, password: day.options.password } });
