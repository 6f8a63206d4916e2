import type { Side } from '@chuanyu/contracts';
import { typeOf } from '../case/chain';
import { versionOf, type Class } from '../form/marks';
import type { State, Step, Workflow } from '../workflow/workflow';
import { diagram } from './diagram';
import { documentLines } from './documents';
import { publicStates } from './event-schemas';
import { isEngineStep, ownSteps } from './moves';
import { isPublic, markedFields } from './parts';
import {
  audienceInWords,
  dataInWords,
  dueInWords,
  everydayTitles,
  leadsInWords,
  ownForms,
  roleTitle,
  stateTitle,
  termInWords,
  turnInWords,
  typeInWords,
} from './words';

/** Titles of the items of the cooperation list, by their number. */
export type Items = ReadonlyMap<string, string>;

/** One workflow as a Markdown page that an officer and a lawyer can review: Chinese first. */
export const page = (workflow: Workflow, items: Items = new Map()): string =>
  [
    heading(workflow, items),
    section('办理依据', list(workflow.basis, '本事项未列明依据。')),
    section('办理方与角色', roles(workflow)),
    section('流程图', flow(workflow)),
    section('环节', states(workflow)),
    section('操作', steps(workflow)),
    section('规则与提示', rules(workflow)),
    section('表单', forms(workflow)),
    ...(workflow.registers.length === 0 ? [] : [section('台账', registers(workflow))]),
    ...(workflow.claims.length === 0 ? [] : [section('占用', claims(workflow))]),
    ...(workflow.documents.size === 0 && !workflow.check
      ? []
      : [section('文书与公开查验', list(documentLines(workflow), ''))]),
    section('接入方看到什么', published(workflow)),
    section('日常操作', everyday(workflow)),
  ].join('\n\n') + '\n';

export const generatedNote = '<!-- 由 script/generate 自事项文件生成，请勿手改。Generated from the workflow file. -->';
const section = (title: string, body: string): string => `## ${title}\n\n${body}`;
const list = (lines: readonly string[], none: string): string =>
  lines.length === 0 ? none : lines.map((line) => `- ${line}`).join('\n');
export const cell = (value: string): string => value.replaceAll('|', '\\|').replaceAll('\n', ' ');
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const join = (words: readonly string[], none = '—'): string => (words.length === 0 ? none : words.join('、'));

const heading = (workflow: Workflow, items: Items): string => {
  const scope = workflow.domestic
    ? '本省（市）内办理，任何内容不出省。'
    : workflow.restsOn === 'pairing'
      ? '两省（市）之间办理；依两地结对本身，不另须协议条款。'
      : '两省（市）之间办理；共享每一类数据都须有生效的协议条款。';
  const served = workflow.serves.map((item) => `${item}${items.has(item) ? ` ${items.get(item) ?? ''}` : ''}`);
  return [
    generatedNote,
    `# ${workflow.title}`,
    `**${workflow.english}** · \`${workflow.id}\` · 第 ${workflow.version} 版 · 办件编号字样「${workflow.docket}」`,
    scope,
    ...(workflow.under === undefined ? [] : [`是上级办件 \`${workflow.under}\` 的成员：只能在其下发起。`]),
    served.length === 0 ? '不对应合作清单中的事项。' : `对应合作清单：${served.join('；')}`,
  ].join('\n\n');
};

const sides: readonly Side[] = ['origin', 'counterpart'];
const roles = (workflow: Workflow): string => {
  const rows = sides.flatMap((side) =>
    Object.entries(workflow.roles[side]).map(([role, title]) => [
      turnInWords(side),
      title,
      `\`${role}\``,
      join(
        ownSteps(workflow)
          .filter((step) => step.by.includes(role))
          .map((step) => step.title),
      ),
      join(
        ownSteps(workflow)
          .filter((step) => step.signedBy.includes(role))
          .map((step) => step.title),
      ),
    ]),
  );
  const addressed = workflow.sentTo ? '受理单位由表单内容确定。' : '受理单位由发起的经办人选择。';
  return [
    table(['一方', '角色', '代码', '办理', '签发'], rows),
    ...(workflow.domestic ? [] : ['发起方是开启办件的省（市），协作方是被请求办理的省（市）。' + addressed]),
  ].join('\n\n');
};

const flow = (workflow: Workflow): string =>
  [
    ['```mermaid', diagram(workflow), '```'].join('\n'),
    workflow.domestic
      ? '蓝色：办理中；灰色：办结。标「依职权」的操作无须他人同意，⏱ 为时限届满自动转入。'
      : '蓝色：由发起方办理；橙色：由协作方办理；灰色：办结。标「依职权」的操作不论由谁办理均可进行、对方不得拒绝，⏱ 为时限届满自动转入。',
  ].join('\n\n');

const states = (workflow: Workflow): string =>
  table(
    ['环节', '办理方', '时限', '逾期', '是否公开'],
    [...workflow.states.values()]
      .filter((state) => !state.everyday)
      .map((state) => [
        state.title,
        state.turn === undefined ? '办结' : turnInWords(state.turn),
        dueInWords(state.due) ?? '—',
        whenLate(workflow, state),
        state.public ? '公开' : '不公开',
      ]),
  );

const whenLate = (workflow: Workflow, { due, late, warn }: State): string => {
  if (due === undefined) return '—';
  const then = late === undefined ? '标红提醒' : `转入「${stateTitle(workflow, late)}」`;
  return warn === undefined ? then : `提前 ${termInWords(warn)}提醒双方；${then}`;
};

const steps = (workflow: Workflow): string =>
  table(
    ['操作', '由谁办理', '自环节', '至环节', '表单', '签发', '说明'],
    ownSteps(workflow).map((step) => [
      step.title,
      join(step.by.map((role) => roleTitle(workflow, role))),
      step.opens === undefined ? join(step.from.map((state) => stateTitle(workflow, state))) : '（开启办件）',
      leadsInWords(workflow, step),
      step.form ? formLink(workflow, step.form) : '—',
      join(step.signedBy.map((role) => roleTitle(workflow, role))),
      join([
        ...(step.follows === undefined ? [] : [`随上级办件的 \`${step.follows}\` 由系统办理`]),
        ...(step.byRight ? ['依职权'] : []),
        ...(step.instead ? ['已被占用时，告知另有哪些空闲'] : []),
        ...(step.yields ? ['系统另行计算并记入结果'] : []),
      ]),
    ]),
  );

const rules = (workflow: Workflow): string => {
  const lines = ownSteps(workflow).flatMap((step) =>
    step.rules.map(
      (rule) =>
        `**${step.title}** ${rule.advice ? '提示（写明理由后可继续）' : '规则（不符合不能办理）'}：${rule.text}。`,
    ),
  );
  return list(lines, '除表单各项的填写要求外，没有另外的规则。');
};

/** The steps whose title names a form: forms have no title of their own. */
const stepsWith = (workflow: Workflow, form: Class): readonly Step[] =>
  ownSteps(workflow).filter((step) => step.form === form || step.yields?.form === form);
const formTitle = (workflow: Workflow, form: Class): string =>
  `${[...new Set(stepsWith(workflow, form).map((step) => step.title))].join('、')}（${form.name}）`;
const formLink = (workflow: Workflow, form: Class): string =>
  `见表单 ${form.name}${stepsWith(workflow, form).length > 1 ? '（共用）' : ''}`;
const forms = (workflow: Workflow): string =>
  ownForms(workflow)
    .map((form) =>
      [
        `### ${formTitle(workflow, form)}`,
        ...(versionOf(form) > 1 ? [`表单第 ${versionOf(form)} 版。`] : []),
        table(
          ['字段', '填写内容', '必填', '谁可见', '数据类别', '代码'],
          markedFields(form).map((field) => [
            field.title,
            typeInWords(field.schema),
            field.optional ? '' : '必填',
            workflow.domestic && field.audience !== 'public'
              ? audienceInWords.private
              : audienceInWords[field.audience],
            dataInWords[field.data],
            `\`${field.path}\``,
          ]),
        ),
      ].join('\n\n'),
    )
    .join('\n\n');

const registers = (workflow: Workflow): string =>
  [
    '规则查阅的台账，由办理单位自行维护（可用电子表格导入），不出省。',
    ...workflow.registers.map(({ name, title, of, key, keptBy }) =>
      [
        `### ${title}（\`${name}\`）`,
        `由${join(keptBy.map((role) => roleTitle(workflow, role)))}维护。`,
        table(
          ['列', '填写内容', '必填', '代码'],
          markedFields(of).map((field) => [
            field.title,
            typeInWords(field.schema),
            field.path === key ? '必填，各不相同' : field.optional ? '' : '必填',
            `\`${field.path}\``,
          ]),
        ),
      ].join('\n\n'),
    ),
  ].join('\n\n');

const claims = (workflow: Workflow): string =>
  list(
    workflow.claims.map(
      ({ title, side, during }) =>
        `${turnInWords(side)}在「${during.map((state) => stateTitle(workflow, state)).join('」「')}」期间独占；已被占用时提示：${title}。`,
    ),
    '',
  );

const published = (workflow: Workflow): string => {
  const rows = [...workflow.steps.values()].flatMap((step) => {
    const reached = publicStates(workflow, step);
    const fields = [step.form, step.yields?.form]
      .flatMap((form) => markedFields(form))
      .filter((field) => isPublic(field.audience));
    return reached.length === 0
      ? []
      : [
          [
            step.title,
            `\`${typeOf(workflow, step)}\``,
            reached.map((state) => stateTitle(workflow, state)).join('、'),
            join(fields.map((field) => `${field.title}（\`${field.path}\`）`)),
          ],
        ];
  });
  if (rows.length === 0) return '本事项没有任何内容公开，接入方也不会得知办件存在。';
  const note =
    '每条公开事件只含：不可反推的事件编号、类型、日期、省（市）、环节、下列公开字段、办件的公开代号、市（州）代码。不含姓名、证件号码、单位、办件编号和具体时间。';
  return [table(['操作', '事件类型', '公开的环节', '公开的字段'], rows), note].join('\n\n');
};

const everyday = (workflow: Workflow): string => {
  const engine = [...workflow.steps.values()].filter(isEngineStep);
  const signers = (workflow.steps.get('extend')?.signedBy ?? []).map((role) => `「${roleTitle(workflow, role)}」`);
  return [
    `每个办件都有的操作：${everydayTitles(workflow).join('、')}；另有签收、指定承办人、移交、拟稿、签发、催办、传阅等本省（市）内的办理，不出省。`,
    signers.length > 0 ? `延期由本方的${signers.join('或')}签发。` : '',
    `由系统自动记入：${engine.map((step) => step.title).join('、')}。`,
  ]
    .filter((line) => line !== '')
    .join('\n\n');
};
