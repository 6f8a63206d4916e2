import Ajv from 'ajv/dist/2020';
import { asyncApi, catalogue, catalogueEntry, diagram, indexPage, page, schemaOptions } from '../index';
import { activity, items, review, sample } from './activity.fixture';

describe('the catalogue', () => {
  const entry = catalogueEntry(activity);
  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(catalogue(sample)))).toEqual(catalogue(sample));
  });
  it('says whose turn, how long and what then, in words', () => {
    const said = entry.states
      .filter((state) => !state.everyday)
      .map(({ name, turn, due, late }) => [name, turn, due, late?.title]);
    expect(said).toEqual([
      ['proposed', 'counterpart', '自送达起 5 个工作日', undefined],
      ['agreed', 'origin', '『日期』后 1 日', undefined],
      ['paused', 'counterpart', '5 个工作日', '已取消'],
      ['closed', null, null, undefined],
      ['dropped', null, null, undefined],
    ]);
  });
  it('says who takes each step and where it leads', () => {
    const said = entry.steps.map(({ name, by, from, to }) => [
      name,
      by.map(({ role, side }) => `${role} ${String(side)}`).join(', '),
      from.map((state) => state.name).join(', '),
      typeof to === 'string' ? to : 'name' in to ? to.name : to.length,
    ]);
    expect(said).toContainEqual(['note', 'proposer origin, host counterpart', 'agreed', 'stays']);
    expect(said).toContainEqual(['resume', 'host counterpart', 'paused', 'before']);
    expect(said).toContainEqual(['propose', 'proposer origin', '', 'proposed']);
  });
  it('tells rules from advice, and own steps from everyday ones', () => {
    const [opening] = entry.steps;
    expect([opening?.rules, opening?.advice]).toEqual([['日期不得早于今日'], ['宜提前十日提出']]);
    expect(entry.everyday.map((step) => step.name)).toEqual(
      expect.arrayContaining(['pass-on', 'extend', 'correct', 'send-back', 'complete']),
    );
    expect(entry.everyday.map((step) => step.name)).not.toContain('lapse');
  });
  it('says what leaves, what stays, and what public events really carry', () => {
    const named = (fields: typeof entry.leaves) => fields.map(({ form, field }) => `${form}.${field}`);
    expect(named(entry.leaves)).toContain('Agreed.guests[].name');
    expect(named(entry.leaves)).not.toContain('Proposal.opinion');
    expect(named(entry.stays)).toEqual(['Proposal.opinion']);
    // The proposal's topic is marked public, but no public state is reached by proposing.
    expect(named(entry.publishes)).toEqual(['Outcome.people', 'Score.points']);
    expect(entry.events.map(({ type }) => type).sort()).toEqual(
      ['agree', 'drop', 'hold', 'lapse', 'resume'].map((step) => `test.exchange-activity.${step}.v1`),
    );
  });
  it('lets nothing of a domestic workflow leave', () => {
    const domestic = catalogueEntry(review);
    expect([domestic.leaves, domestic.stays.map((field) => field.title), domestic.addressedBy]).toEqual([
      [],
      ['送审稿'],
      null,
    ]);
  });
});

describe('the diagram', () => {
  const lines = diagram(activity).split('\n');
  const names = new Set(lines.flatMap((line) => /^state "[^"]+" as (\w+)$/.exec(line)?.[1] ?? []));
  it('has every state by its title and every step with who takes it', () => {
    expect(lines).toContain('state "待举办" as s_agreed');
    expect(lines).toContain('[*] --> s_proposed : 提出（发起人）');
    expect(lines).toContain('s_agreed --> s_agreed : 记事（发起人、接待人）');
    expect(lines).toContain('s_agreed --> s_dropped : 取消（发起人，依职权）');
    expect(lines).toContain('s_paused --> s_dropped : ⏱ 逾期转入');
  });
  it('draws the way back to where the case was', () => {
    expect(lines.filter((line) => line.includes('继续'))).toEqual(['s_paused --> s_agreed : 继续（接待人）']);
  });
  it('colours states by whose turn it is', () => {
    expect(lines).toContain('class s_agreed origin');
    expect(lines).toContain('class s_proposed,s_paused counterpart');
    expect(lines).toContain('class s_closed,s_dropped final');
  });
  it('is Mermaid: arrows only between states that are there, one label a line', () => {
    for (const line of lines.filter((each) => each.includes('-->'))) {
      const [, from = '', to = ''] = /^(\S+) --> (\S+)(?: : [^:;#"]+)?$/.exec(line) ?? [];
      expect([line, [from, to].every((end) => end === '[*]' || names.has(end))]).toEqual([line, true]);
    }
  });
});

describe('the page', () => {
  const text = page(activity, items);
  it('shows an officer and a lawyer all that the file says', () => {
    for (const said of [
      '# 交流活动',
      '**Exchange activity**',
      '- 合作协议 第三条',
      'prison-8 开展两地监狱交流',
      '| 待举办 | 发起方 | 『日期』后 1 日 | 标红提醒 | 公开 |',
      '| 暂停 | 协作方 | 5 个工作日 | 转入「已取消」 | 不公开 |',
      '- **提出** 规则（不符合不能办理）：日期不得早于今日。',
      '- **提出** 提示（写明理由后可继续）：宜提前十日提出。',
      '| 内部意见 | 文字，至多 500 字 |  | 不出省 | 业务 | `opinion` |',
      '| 特殊需求 | 文字，至多 100 字 |  | 仅受理单位 | 健康 | `needs` |',
      '| 姓名 | 姓名 | 必填 | 对方 | 身份 | `guests[].name` |',
      '| 举办 | `test.exchange-activity.hold.v1` | 已举办 | 人数（`people`）、得分（`points`） |',
      '已被占用时提示：会议室已占用。',
    ])
      expect(text).toContain(said);
  });
  it('says of a domestic workflow that nothing leaves', () => {
    expect(page(review)).toContain('本省（市）内办理，任何内容不出省。');
    expect(page(review)).toContain('本事项没有任何内容公开');
    expect(page(review)).toContain('| 送审稿 | 文字，至多 100 字 | 必填 | 不出省 |');
  });
  it('is reached from the index, which also says what is still missing', () => {
    const index = indexPage(sample, items);
    expect(index).toContain('[交流活动](test/exchange-activity.md)');
    expect(index).toContain('| prison-8 | 开展两地监狱交流 | [交流活动](test/exchange-activity.md) |');
    expect(index).toContain('| prison-9 | 开展两地民警交流 | （尚无） |');
    expect(index).toContain('共 2 项，已有事项办理的 1 项');
  });
});

describe('AsyncAPI', () => {
  const document = asyncApi(sample, 'test');
  it('describes the public topic of a domain, and every message on it', () => {
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      channels: { public: { address: '{province}.public.test', parameters: { province: {} } } },
      operations: { publish: { action: 'send', channel: { $ref: '#/channels/public' } } },
    });
    const { messages } = (document?.['components'] ?? {}) as {
      messages: Record<string, { payload: { schema: object } }>;
    };
    expect(Object.keys(messages)).toHaveLength(5);
    const ajv = new Ajv(schemaOptions);
    const check = ajv.compile(messages['test.exchange-activity.hold.v1']?.payload.schema ?? { not: {} });
    const event = {
      id: 'hmac-of-the-event-id',
      type: 'test.exchange-activity.hold.v1',
      date: '2026-12-01',
      province: 'sichuan',
      state: 'closed',
      fields: { people: 30, points: 100 },
      alias: '22222222-2222-4222-8222-222222222222',
      prefecture: '510100',
    };
    expect(check(event)).toBe(true);
    for (const more of ['time', 'unit', 'number', 'case', 'by']) expect(check({ ...event, [more]: 'x' })).toBe(false);
    expect(check({ ...event, fields: { ...event.fields, topic: '主题' } })).toBe(false);
    expect(check({ ...event, prefecture: '510107' })).toBe(false);
  });
  it('is not there for a domain that publishes nothing', () => {
    expect(asyncApi(sample, 'other')).toBeUndefined();
  });
});
