import type { ChecklistLine, ChecklistPage, ClauseLine, PreparedBulletin } from '@chuanyu/checklist';
import { addDays } from '@chuanyu/reference';
import type { CasePage } from '@chuanyu/service';
import { granted, type CaseRef, type OfficerClient, type Reply } from '../client';
import type { Day } from './day';

/** A liaison office: who drafts, who signs. */
interface Office {
  readonly province: string;
  readonly unit: string;
  readonly officer: string;
  readonly leader: string;
}
export const sichuan: Office = {
  province: 'sichuan',
  unit: 'sc-liaison',
  officer: 'sc.linfeng',
  leader: 'sc.yangxuemei',
};
export const chongqing: Office = {
  province: 'chongqing',
  unit: 'cq-liaison',
  officer: 'cq.dengkai',
  leader: 'cq.pengxin',
};

/** What liaison offices do, over the public API. */
export class Liaison {
  constructor(
    private readonly day: Day,
    readonly office: Office,
    readonly other: Office,
  ) {}
  officer(): Promise<OfficerClient> {
    return this.day.officer(this.office.officer);
  }
  async open(workflow: string, form: object, under?: string): Promise<CaseRef> {
    const officer = await this.officer();
    const to = { province: this.other.province, unit: this.other.unit };
    const page = granted(await officer.open(workflow, { to, form, ...(under === undefined ? {} : { under }) }));
    const ref = { workflow, id: page.id };
    if (page.drafts.length > 0) await this.sign(page);
    return ref;
  }
  /** Takes a step; where it must be signed, the leader signs it. */
  async step(ref: CaseRef, step: string, form?: object): Promise<CasePage> {
    const page = await this.day.until(`${ref.workflow} ${step}`, async () => {
      const reply: Reply<CasePage> = await (await this.officer()).step(ref, step, form);
      if (!reply.ok && !['not-found', 'not-possible'].includes(reply.problem.code)) granted(reply);
      return reply.ok && reply.body;
    });
    const draft = page.drafts.find((each) => each.step === step && each.status === 'sent');
    return draft ? this.sign(page) : page;
  }
  private async sign(page: CasePage): Promise<CasePage> {
    const leader = await this.day.officer(this.office.leader);
    const draft = page.drafts.find(({ status }) => status === 'sent')?.id ?? '';
    await this.day.until('to sign', async () =>
      granted(await leader.toSign()).items.some((item) => item.draft.id === draft),
    );
    return granted(await leader.sign(draft));
  }
  async reaches(ref: CaseRef, state: string): Promise<CasePage> {
    return this.day.until(`${ref.workflow} ${state}`, async () => {
      const reply = await (await this.officer()).page(ref);
      return reply.ok && reply.body.state.name === state && reply.body;
    });
  }
  async checklist(query = ''): Promise<ChecklistPage> {
    return granted(await (await this.officer()).get<ChecklistPage>(`/api/coordination/checklist${query}`));
  }
  async line(item: string): Promise<ChecklistLine | undefined> {
    return (await this.checklist(`?item=${item}`)).items[0];
  }
  async bulletin(): Promise<PreparedBulletin> {
    return granted(await (await this.officer()).post<PreparedBulletin>('/api/coordination/checklist/bulletin', {}));
  }
}

const ITEM = 'drug-rehab-11';

/** 重点推进项目清单: kinds by both, milestones countersigned, obstacles, colours, an agreement renewed, a bulletin issued by both. */
export const checklist = async (day: Day): Promise<void> => {
  const chuan = new Liaison(day, sichuan, chongqing);
  const yu = new Liaison(day, chongqing, sichuan);

  day.chapter('重点推进项目清单', 'The checklist: projects, milestones, obstacles, a bulletin');
  const listed = await day.comes('清单 52 项都已列为项目 all 52 items are projects', async () => {
    const page = await yu.checklist();
    return page.items.length >= 52 && page.withoutProject.length === 0 && page;
  });
  day.equal(
    '每一项两地一致 each is the same in both provinces',
    listed?.items.map(({ item, number, kind }) => [item, number, kind]),
    (await chuan.checklist()).items.map(({ item, number, kind }) => [item, number, kind]),
  );
  const handovers = listed?.items.find(({ item }) => item === 'prison-3')?.counts[0];
  const counted = await day.comes(
    '「刑满释放衔接」的办件两地数字相同 counts from real cases are the same in both',
    async () => {
      const [here, there] = [await chuan.line('prison-3'), await yu.line('prison-3')];
      return JSON.stringify(here?.counts) === JSON.stringify(there?.counts) && here?.counts[0];
    },
  );
  day.tell(`目前累计 ${counted?.inAll ?? handovers?.inAll ?? 0} 件。`, `They are ${counted?.inAll ?? 0} cases in all.`);
  await decideAndAdvance(day, chuan, yu);
  await issueBulletins(day, chuan, yu);
  await renewAgreement(day, chuan, yu);
};

const decideAndAdvance = async (day: Day, chuan: Liaison, yu: Liaison): Promise<void> => {
  const before = await chuan.line(ITEM);
  const project: CaseRef = { workflow: 'coordination.project', id: before?.id ?? '' };
  day.cases.set('project', project);
  const dueOn = addDays(day.today, 60);
  const officer = await chuan.officer();
  day.refused(
    '定类须写明类别 deciding the kind needs the kind',
    await officer.step(project, 'change', { what: '定类', reason: '两地会商' }),
    'rule-refused',
    '须写明类别',
  );
  await chuan.step(project, 'change', { what: '定类', reason: '两地会商同意', kind: '启动类', dueOn });
  day.equal(
    '对方同意前类别不变 until the other side agrees nothing has changed',
    (await chuan.line(ITEM))?.kind,
    '未定类',
  );
  await yu.step(project, 'agree');
  await day.comes('重庆同意后，两地都是启动类·对接 both have it as 启动类 now', async () => {
    const lines = [await chuan.line(ITEM), await yu.line(ITEM)];
    return lines.every((line) => line?.kind === '启动类' && line.stage === '对接' && line.dueOn === dueOn);
  });

  const mine = await chuan.open(
    'coordination.milestone',
    { name: '数据目录编制', dueOn: addDays(day.today, 7), weight: 60 },
    project.id,
  );
  const theirs = await yu.open(
    'coordination.milestone',
    { name: '试点戒毒所接入', dueOn: addDays(day.today, 50), weight: 40 },
    project.id,
  );
  await day.comes(
    '两地各设一个节点；一周内到期的使项目转黄 a milestone due in a week turns the project amber',
    async () => {
      const lines = [await chuan.line(ITEM), await yu.line(ITEM)];
      return lines.every((line) => line?.milestones.planned === 2 && line.colour === 'amber');
    },
  );
  await Promise.all([
    chuan.step(mine, 'report', { account: '目录已编制并试用' }),
    yu.step(theirs, 'report', { account: '西山坪所已接入' }),
  ]);
  day.equal(
    '两地同时报告，未经确认不计进度 reported by both at once; it does not count yet',
    (await chuan.line(ITEM))?.progress,
    0,
  );
  await yu.step(mine, 'countersign');
  await day.comes(
    '重庆确认后进度为 60% countersigned by Chongqing: 60%',
    async () => (await chuan.line(ITEM))?.progress === 60,
  );
  await chuan.step(theirs, 'countersign');
  await day.comes('四川确认后两地都是 100%，颜色回到绿 by Sichuan too: 100%, and green again', async () => {
    const lines = [await chuan.line(ITEM), await yu.line(ITEM)];
    return lines.every((line) => line?.progress === 100 && line.colour === 'green');
  });
  await yu.step(project, 'advance', { stage: '磋商', account: '两地已开始磋商' });
  await day.comes('重庆报告阶段推进（办理权在四川，提请即得）Chongqing advances the stage by asking', async () => {
    const lines = [await chuan.line(ITEM), await yu.line(ITEM)];
    return lines.every((line) => line?.stage === '磋商');
  });

  const obstacle = await yu.open('coordination.obstacle', {
    on: before?.number ?? '',
    title: '两地指标口径不一致',
    account: '戒断巩固率的统计口径不同',
    owner: 'sc-rehabilitation-bureau',
    dueOn: addDays(day.today, 20),
  });
  day.cases.set('obstacle', obstacle);
  await chuan.step(obstacle, 'take', { owner: 'sc-rehabilitation-bureau', dueOn: addDays(day.today, 20) });
  const line = await day.comes('重庆提出堵点，四川接办，清单上可见 an obstacle shows on the line', async () => {
    const seen = await yu.line(ITEM);
    return seen?.obstacles.open === 1 && seen;
  });
  day.tell(
    `颜色经过：${line?.colours.map(({ colour, why }) => `${colour ?? '—'}（${why}）`).join(' → ') ?? ''}`,
    'The history of its colour, and why.',
  );
};

const issueBulletins = async (day: Day, chuan: Liaison, yu: Liaison): Promise<void> => {
  const prepared = await chuan.bulletin();
  const bulletin = await chuan.open('coordination.bulletin', prepared.form);
  day.cases.set('bulletin', bulletin);
  await yu.step(bulletin, 'remark', { remarks: '请在总体情况中写明磋商进展' });
  const revised: object = { ...fieldsOf(prepared), summary: `${prepared.form.summary}\n智慧戒毒平台已进入磋商。` };
  await chuan.step(bulletin, 'revise', revised);
  await yu.step(bulletin, 'issue');
  await chuan.reaches(bulletin, 'issued');
  const hashes = async (side: Liaison) =>
    (await side.reaches(bulletin, 'issued')).forms
      .find(({ form }) => form === 'Bulletin')
      ?.fields.flatMap(({ value }) =>
        typeof value === 'object' && value !== null && 'hash' in value ? [value.hash] : [],
      );
  const mine = await hashes(chuan);
  day.check(
    '通报退改一次后由两地签发，三份文件的散列在两地链上相同 the bulletin is issued by both; its three files have one hash each',
    mine?.length === 3 && JSON.stringify(mine) === JSON.stringify(await hashes(yu)),
  );

  const obstacle = day.cases.get('obstacle');
  if (obstacle) {
    await chuan.step(obstacle, 'clear', { account: '口径已统一' });
    await yu.step(obstacle, 'confirm');
  }
  const next = await day.comes(
    '下一期由重庆拟，写明变化 the next one, drafted by Chongqing, says what changed since',
    async () => {
      const reply = await (await yu.officer()).post<PreparedBulletin>('/api/coordination/checklist/bulletin', {});
      return reply.ok && reply.body.changes.some(({ aspect }) => aspect === 'obstacles') && reply.body;
    },
  );
  for (const { title, aspect, before, after } of next?.changes ?? [])
    day.tell(`${title}　${aspect}：${before} → ${after}`, aspect);
  day.equal('期数顺延 and its number follows', next?.form.issue, prepared.form.issue + 1);
};

const fieldsOf = ({ form }: PreparedBulletin): Pick<typeof form, keyof typeof form> => form;

const renewAgreement = async (day: Day, chuan: Liaison, yu: Liaison): Promise<void> => {
  const agreement = await chuan.open('coordination.agreement', {
    title: '川渝智慧戒毒数据协议',
    effective: day.today,
    expires: addDays(day.today, 29),
    clauses: [{ title: '指标数据', workflows: 'coordination.project', data: ['business'] }],
  });
  await yu.step(agreement, 'join');
  const ending = async (side: Liaison) =>
    granted(
      await (await side.officer()).get<{ readonly items: readonly ClauseLine[] }>('/api/coordination/clauses'),
    ).items.find(({ id }) => id === `${agreement.id}/1`);
  await day.comes('距届满不足三十日，两地都得到提醒 both sides are warned: it ends within thirty days', async () => {
    const pages = await Promise.all([chuan, yu].map(async (side) => (await side.officer()).page(agreement)));
    return pages.every((reply) => reply.ok && reply.body.state.warned !== null);
  });
  day.equal('台账上为即将届满 the register of clauses says so', (await ending(yu))?.standing, 'ending');
  const expires = addDays(day.today, 3 * 365);
  await chuan.step(agreement, 'renew', { expires, reason: '继续合作' });
  day.equal('续签待签时条款仍有效 its clause stays live meanwhile', (await ending(chuan))?.standing, 'ending');
  await yu.step(agreement, 'agree-renewal');
  await day.comes('续签后条款编号不变，有效期延长 renewed: the same clause, for longer', async () => {
    const lines = [await ending(chuan), await ending(yu)];
    return lines.every((line) => line?.standing === 'live' && line.until === expires);
  });
};
