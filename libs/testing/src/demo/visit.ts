import { addDays, instantAt } from '@chuanyu/reference';
import { granted, type CaseRef, type OfficerClient, type Reply } from '../client';
import type { CasePage } from '@chuanyu/service';
import type { Day } from './day';

const workflow = 'prison.remote-visit';
const prison = 'sc-chengdu-prison';
const [officer, leader] = ['sc.wangping', 'sc.zhengkai'] as const;
const [longxi, guanyinqiao] = ['cq.luwei', 'cq.heqian'] as const;
/** Who may export a visit, on each side. */
export const visitReaders = [
  [officer, longxi],
  [officer, guanyinqiao],
] as const;

/** What the chapter's steps share: the people and the room, made anew for each day that is told. */
interface Scene {
  readonly day: Day;
  readonly wang: OfficerClient;
  readonly zheng: OfficerClient;
  readonly room: string;
  readonly people: readonly { readonly number: string; readonly relative: string }[];
  /** The half-hour that everybody wants. */
  readonly start: string;
}

/** 远程视频会见: registers, two offices that want one half-hour, and the visit itself. */
export const visit = async (day: Day): Promise<void> => {
  const [wang, zheng] = [await day.officer(officer), await day.officer(leader)];
  const mark = `${day.today.replaceAll('-', '').slice(2)}${String(day.options.seed % 10_000).padStart(4, '0')}`;
  const scene: Scene = {
    day,
    wang,
    zheng,
    room: `视频会见室${mark}`,
    people: [1, 2].map((n) => ({ number: day.personas.noted(`51${mark}${n}`), relative: day.personas.aName() })),
    start: instantAt(addDays(day.today, 2), '09:30'),
  };
  await registers(scene);
  const [first, second] = await twoOffices(scene);
  if (!first || !second) return;
  await another(scene, second);
  await held(scene, first);
};

const registers = async ({ day, wang, room, people }: Scene): Promise<void> => {
  day.chapter('远程视频会见：台账', 'Remote visits: the registers that the prison keeps');
  const names = people.map(() => day.personas.aName());
  const sheet = (level: string) =>
    ['罪犯编号,姓名,处遇等级,已核准亲属']
      .concat(people.map(({ number, relative }, n) => `${number},${names[n] ?? ''},${level},${relative}`))
      .join('\n');
  const wrong = granted(await wang.importRegister('prison', 'inmates', sheet('特管'), true));
  day.equal(
    '试导入指出哪一行、哪一列、应当怎样 a dry run names row, column and what is allowed',
    wrong.errors.map(({ row, column, detail }) => [row, column, detail]),
    [2, 3].map((row) => [row, '处遇等级', '应为其中之一：宽管、考察、普管、严管']),
  );
  day.refused(
    '有错就一行也不导入 with a fault nothing is imported',
    await wang.importRegister('prison', 'inmates', sheet('特管')),
    'bad-form',
    '一行也没有导入',
  );
  const taken = granted(await wang.importRegister('prison', 'inmates', sheet('普管')));
  day.equal('改好后全部导入 mended, all of it is', [taken.added, taken.changed], [2, 0]);
  const again = granted(await wang.importRegister('prison', 'inmates', sheet('普管')));
  day.equal('同一文件再导入没有变化 the same file again changes nothing', [again.added, again.unchanged], [0, 2]);
  const hours = `会见室,开放日,开始时间,结束时间\n${room},周一、周二、周三、周四、周五、周六、周日,9:00,11:00\n`;
  granted(await wang.importRegister('prison', 'rooms', hours));
  const zhou = await day.officer('sc.zhouwei');
  day.refused(
    '不管会见的民警不能查阅 who has nothing to do with visits may not look',
    await zhou.get('/api/prison/registers/inmates'),
    'not-allowed',
  );
};

const apply = async ({ day, people, start }: Scene, who: string, of: number): Promise<CaseRef> => {
  const office = await day.officer(who);
  const bytes = Buffer.from(`%PDF-1.7\n${day.options.seed} ${of}`);
  const evidence = granted(await office.upload('prison', '关系证明.pdf', bytes, 'application/pdf'));
  const { number, relative } = people[of] ?? { number: '', relative: '' };
  const form = {
    place: prison,
    inmate: number,
    visitors: [{ name: relative, relation: '配偶' }],
    evidence,
    times: [{ start }],
  };
  const opened = granted(await office.open(workflow, { to: { province: 'sichuan', unit: prison }, form }));
  return { workflow, id: opened.id };
};
/** The prison drafts the approval into a slot; answers how the leader signs it. */
const drafted = async ({ wang, zheng }: Scene, at: CaseRef, slot: object): Promise<() => Promise<Reply<CasePage>>> => {
  const page = granted(await wang.step(at, 'approve', slot));
  const draft = page.drafts[0]?.id ?? '';
  return () => zheng.post<CasePage>(`/api/prison/remote-visit/${at.id}/drafts/${draft}/sign`, {});
};
const reaches = (day: Day, who: string, at: CaseRef, state: string): Promise<CasePage> =>
  day.until(`${state} at ${who}`, async () => {
    const page = await (await day.officer(who)).page(at);
    return page.ok && page.body.state.name === state && page.body;
  });

/** Answers whoever won first. */
const twoOffices = async (scene: Scene): Promise<readonly CaseRef[]> => {
  const { day, room, start } = scene;
  day.chapter('两家司法所要同一时段', 'Two offices want one half-hour');
  const wanted = [await apply(scene, longxi, 0), await apply(scene, guanyinqiao, 1)];
  for (const at of wanted) await reaches(day, officer, at, 'applied');
  const slot = { room, start };
  const signs = [];
  for (const at of wanted) signs.push(await drafted(scene, at, slot));
  day.tell(
    '监狱两件都拟了同一时段；分管领导同时签发。',
    'The prison has drafted the same half-hour for both; the leader signs both at once.',
  );
  const signed = await Promise.all(signs.map((sign) => sign()));
  const [won, lost] = signed[0]?.ok ? [0, 1] : [1, 0];
  day.equal('恰好一件成功 exactly one is taken', signed.map(({ ok }) => ok).filter((ok) => ok).length, 1);
  const refusal = signed[lost];
  if (!refusal) return [];
  const problem = day.refused('另一件被拒绝 the other is refused', refusal, 'claim-taken', '该时段已有会见');
  const next = ['10:00', '10:30'].map((time) => ({ room, start: instantAt(addDays(day.today, 2), time) }));
  day.equal('并告知随后三个空闲时段 and told the next three that are free', problem?.free, [
    ...next,
    { room, start: instantAt(addDays(day.today, 3), '09:00') },
  ]);
  return [wanted[won] ?? { workflow, id: '' }, wanted[lost] ?? { workflow, id: '' }];
};

const another = async (scene: Scene, at: CaseRef): Promise<void> => {
  const { day, wang, zheng, room } = scene;
  const page = granted(await wang.page(at));
  const waiting = page.drafts[0]?.id ?? '';
  granted(await zheng.post(`/api/prison/remote-visit/${at.id}/drafts/${waiting}/return`, { reason: '时段已被占用' }));
  granted(await wang.step(at, 'suggest', { room, from: addDays(day.today, 2) }));
  const who = page.origin?.unit === 'cq-yubei-longxi' ? longxi : guanyinqiao;
  const office = await day.officer(who);
  const suggested = await reaches(day, who, at, 'suggested');
  const slots = suggested.forms.find(({ form }) => form === 'Suggestion')?.fields[0]?.value;
  const free: readonly unknown[] = Array.isArray(slots) ? slots : [];
  day.equal('司法所看到三个可选时段 the office sees three to choose from', free.length, 3);
  const [choice] = free;
  granted(await office.step(at, 'choose', typeof choice === 'object' && choice !== null ? choice : {}));
  await reaches(day, officer, at, 'applied');
  const sign = await drafted(scene, at, typeof choice === 'object' && choice !== null ? choice : {});
  granted(await sign());
  await reaches(day, who, at, 'offered');
  granted(await office.step(at, 'cancel', { reason: '家属临时有事' }));
  await reaches(day, officer, at, 'cancelled');
  day.check('取消后时段和次数都退回 cancelled: half-hour and quota are free again', true);
};

const held = async (scene: Scene, at: CaseRef): Promise<void> => {
  const { day, wang, room, start, people } = scene;
  day.chapter('会见当日', 'The day of the visit');
  const unit = granted(await wang.page(at)).origin?.unit;
  const [who, of] = unit === 'cq-yubei-longxi' ? [longxi, 0] : [guanyinqiao, 1];
  const office = await day.officer(who);
  await reaches(day, who, at, 'offered');
  granted(await office.step(at, 'confirm'));
  await reaches(day, officer, at, 'booked');
  const once = await apply(scene, who, of);
  await reaches(day, officer, once, 'applied');
  const next = { room, start: instantAt(addDays(day.today, 2), '10:30') };
  const full = await wang.step(once, 'approve', next);
  day.refused(
    '普管每月一次，第二次被拒绝 one visit a month: a second is refused',
    full,
    'claim-taken',
    '本月会见次数已满',
  );
  await day.advance(Date.parse(start) - Date.parse(day.now));
  const record = { started: start, ended: new Date(Date.parse(start) + 25 * 60_000).toISOString(), cutOff: false };
  day.refused(
    '未核验身份不能记录 not before identities are checked',
    await wang.step(at, 'record', record),
    'rule-refused',
    '会见人身份须先由司法所核验',
  );
  const present = [people[of]?.relative ?? ''];
  granted(await office.step(at, 'check-identity', { present, document: '居民身份证' }));
  await day.until('identity is checked', async () =>
    granted(await wang.page(at)).forms.some(({ form }) => form === 'IdentityCheck'),
  );
  granted(await wang.step(at, 'record', record));
  await reaches(day, who, at, 'closed');
  await day.converge('会见记录两地相同 the visit is recorded alike on both sides', at, [officer, who]);
  day.cases.set('visit', at);
};
