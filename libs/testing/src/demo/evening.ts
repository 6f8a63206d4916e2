import { isKeySet, readKeySet, verifyExports, type PublicEvent } from '@chuanyu/exchange';
import { publicOf } from '@chuanyu/engine';
import { dateOf } from '@chuanyu/reference';
import { workflows } from '@chuanyu/workflows';
import type { StepEvent } from '@chuanyu/contracts';
import { granted, PublicClient, type CaseRef } from '../client';
import { chongqing, sichuan } from './checklist';
import type { Day } from './day';
import { chengduPrison as prison, jiangbei, yubei } from './handover';
import { visitReaders } from './visit';

/** Who may export a case of the day on each side. */
const readers = async (day: Day, ref: CaseRef): Promise<readonly [string, string]> => {
  for (const pair of [
    [prison.officer, yubei.officer],
    [prison.officer, jiangbei.officer],
    [sichuan.officer, chongqing.officer],
    ...visitReaders,
  ] as const) {
    if ((await (await day.officer(pair[1])).page(ref)).ok) return pair;
  }
  throw new Error(`nobody in Chongqing finds ${ref.id}`);
};
const exportsOf = async (day: Day, ref: CaseRef) =>
  Promise.all(
    (await readers(day, ref)).map(async (id) => ({
      name: id,
      text: granted(await (await day.officer(id)).export(ref)),
    })),
  );
const eventsIn = (text: string): readonly StepEvent[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"link"'))
    .map((line) => (JSON.parse(line) as { event: StepEvent }).event);

/** 核对: what anybody can check of the day, on both sides, without asking those who did it. */
export const evening = async (day: Day): Promise<void> => {
  day.chapter('十三、核对两地记录', 'Both records are compared, and verified without either system');
  const events: StepEvent[] = [];
  for (const [word, ref] of day.cases) {
    const who = await readers(day, ref);
    const page = await day.converge(`${word}：两地链头相同 the same head on both sides`, ref, who);
    const files = await exportsOf(day, ref);
    const verdict = await verifyExports(files, { workflows });
    day.check(
      `${word}：${verdict.events} 条记录离线验证无误 verified offline`,
      verdict.sound && verdict.events === page?.sequence,
      verdict.bad,
    );
    events.push(...eventsIn(files[0]?.text ?? ''));
  }
  await forgery(day);
  await publicReader(day, events);
  await lists(day);
  await audit(day);
};

const forgery = async (day: Day): Promise<void> => {
  const ref = day.cases.values().next().value;
  if (!ref) return;
  const [mine, theirs] = await exportsOf(day, ref);
  if (!mine || !theirs) return;
  const altered = {
    ...theirs,
    text: theirs.text.replace('"risk":"高"', '"risk":"低"').replace('"risk":"低"', '"risk":"中"'),
  };
  const { bad } = await verifyExports([mine, altered], { workflows });
  day.check(
    '改动一个字段即被指出在哪一行 one altered field is named with its line',
    bad?.code === 'altered' && bad.sequence === 1,
    bad,
  );
  day.tell(`验证工具说：第 ${bad?.line ?? 0} 行，${bad?.detail ?? ''}`, 'so says the verifier');
  const line = theirs.text.split('\n').find((each) => each.startsWith('{"kind":"keys"')) ?? '{}';
  const keys = await readKeySet((JSON.parse(line) as { keys?: unknown }).keys);
  if (!isKeySet(keys)) return void day.check('导出带有公钥 the keys come with the export', false, keys);
  day.check(
    '以另行取得的公钥同样验证无误 with keys that came another way too',
    (await verifyExports([mine, theirs], { workflows, keys })).sound,
  );
};

const publicReader = async (day: Day, events: readonly StepEvent[]): Promise<void> => {
  day.chapter('十四、公开的事件', 'What a public reader sees');
  const of = new Set(events.map(({ casealias }) => casealias));
  const told = (each: Pick<PublicEvent, 'type' | 'date' | 'province' | 'state' | 'fields' | 'alias'>) =>
    JSON.stringify([each.alias, each.type, each.date, each.province, each.state, each.fields]);
  const wanted = events
    .flatMap((event) => {
      const workflow = workflows.get(event.type.split('.').slice(0, 2).join('.'), event.definition);
      const step = workflow?.steps.get(event.type.split('.')[2] ?? '');
      const said = workflow && step ? publicOf(workflow, step, event.data) : undefined;
      return said
        ? [
            told({
              ...said,
              alias: event.casealias,
              type: event.type,
              date: dateOf(event.time),
              province: event.data.by.province,
            }),
          ]
        : [];
    })
    .sort();
  let lines = '';
  for (const province of ['sichuan', 'chongqing']) {
    const name = province === 'sichuan' ? '四川' : '重庆';
    await day.comes(
      `在${name}读到的正是事项文件标明公开的 ${wanted.length} 条，不多不少 exactly what the workflow marks public, read in ${province}`,
      async () => {
        lines = await day.public(province).events();
        const seen = PublicClient.read(lines).filter(({ alias }) => of.has(alias));
        return JSON.stringify(seen.map(told).sort()) === JSON.stringify(wanted);
      },
    );
    const first = events.find(({ subject }) => subject === day.cases.get('first')?.id)?.casealias;
    const steps = PublicClient.read(lines)
      .filter(({ alias }) => alias === first)
      .map(({ type }) => type.split('.')[2]);
    if (first !== undefined)
      day.equal('第一件公开的只有释放和报到 of the first case nothing but release and reporting in', steps.sort(), [
        'receive',
        'release',
      ]);
    const leaked = [...day.personas.personal].filter((value) => lines.includes(value));
    day.equal(
      `${day.personas.personal.size} 个个人信息一个也不在其中 none of the personal values of the day is in it`,
      leaked.length,
      0,
    );
    const officers = ['周伟', '陈国强', '张敏', 'sc.zhouwei', 'cq.zhangmin'].filter((each) => lines.includes(each));
    const numbers = /川监衔|渝监衔|"casesequence"|"hash"|"unit"/.test(lines);
    day.check('没有经办人、编号、单位、哈希 nor officers, numbers, units, hashes', officers.length === 0 && !numbers);
  }
};

const lists = async (day: Day): Promise<void> => {
  day.chapter('十五、列表与查找', 'Lists and search');
  const ref = day.cases.get('first') ?? day.cases.values().next().value;
  if (!ref) return;
  const zhou = await day.officer(prison.officer);
  const page = granted(await zhou.page(ref));
  const field = (name: string): string =>
    String(page.forms.find(({ form }) => form === 'Notice')?.fields.find((each) => each.name === name)?.value);
  const [name, residentId] = [field('name'), field('residentId')];
  for (const [word, q] of [
    ['姓名 name', name],
    ['身份号码 resident ID', residentId],
    ['编号 number', page.number ?? ''],
  ] as const) {
    const found = granted(await zhou.list('cases', { q })).items;
    const line = found.find(({ id }) => id === ref.id);
    day.check(`按${word}查得到 it is found by it`, line !== undefined);
    const text = JSON.stringify(found);
    day.check(
      '列表里姓名号码均打码 and the list masks name and number',
      line?.subject === `${Array.from(name)[0] ?? ''}**` && !text.includes(name) && !text.includes(residentId),
      line?.subject,
    );
  }
  day.check(
    '在已办里 among what he has done',
    granted(await zhou.list('done')).items.some(({ id }) => id === ref.id),
  );
  const other = await day.officer('sc.hejing');
  day.equal(
    '别的监狱查不到 another prison does not find it',
    granted(await other.list('cases', { q: residentId })).items.length,
    0,
  );
  const sign = granted(await (await day.officer(prison.leader)).toSign()).items.filter(({ id }) =>
    [...day.cases.values()].some((each) => each.id === id),
  );
  day.equal('待审已清 nothing of the day waits to be signed', sign.length, 0);
};

const audit = async (day: Day): Promise<void> => {
  const { inside } = day.options;
  const ref = day.cases.get('first') ?? day.cases.values().next().value;
  if (!inside || !ref)
    return day.tell('审计只能由各省自己查看，此处从略。', 'Only a province itself looks at its audit: left out here.');
  day.chapter('十六、审计', 'The audit');
  for (const id of await readers(day, ref)) {
    const officer = await day.officer(id);
    const province = id.startsWith('sc.') ? 'sichuan' : 'chongqing';
    const reads = async () =>
      (await inside.audit(province, ref.id)).acts.filter(({ who, act }) => who === id && act === 'read-case').length;
    const before = await reads();
    granted(await officer.page(ref, '核对办理情况'));
    granted(await officer.page(ref));
    const { acts, sound } = await inside.audit(province, ref.id);
    day.equal(`${officer.name}两次查看，审计多两条 two reads, two rows`, (await reads()) - before, 2);
    day.check(
      '办理、签收、导出也各有记录 steps and exports too',
      ['take-step', 'export-case'].every((each) => acts.some(({ act }) => act === each)),
      acts.map(({ act }) => act),
    );
    day.check('审计链完整 the chain of the audit is whole', sound);
  }
};
