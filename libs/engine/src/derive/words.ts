import { anyParent } from '../workflow/faults';
import type { Term } from '@chuanyu/reference';
import { fieldsOf, type Schema } from '../form/fields';
import { marksOf, type Audience, type Class, type DataClass } from '../form/marks';
import { exampleOf } from '../form/schema';
import type { Due, Facts } from '../workflow/notation';
import type { State, Step, Workflow } from '../workflow/workflow';
import { everydayStepsOf, isEngineStep, ownSteps } from './moves';

/** Chinese for what a workflow file says: one spelling for pages, tables and the catalogue. */
const units: Readonly<Record<Term['unit'], string>> = {
  hour: '小时',
  day: '日',
  'working-day': '个工作日',
  month: '个月',
  year: '年',
};
export const termInWords = ({ unit, n }: Term): string => `${n} ${units[unit]}`;

export const audienceInWords: Readonly<Record<Audience, string>> = {
  private: '不出省',
  restricted: '仅受理单位',
  shared: '对方',
  public: '公开',
};
export const dataInWords: Readonly<Record<DataClass, string>> = {
  identity: '身份',
  contact: '联系方式',
  family: '家庭',
  conviction: '罪刑',
  health: '健康',
  'drug-use': '涉毒',
  risk: '风险',
  business: '业务',
};
export const turnInWords = (turn: State['turn']): string => {
  switch (turn) {
    case 'origin':
      return '发起方';
    case 'counterpart':
      return '协作方';
    case 'other':
      return '被要求方';
    case undefined:
      return '—';
  }
};

/** The fields that a term, an address or a claim reads, by their Chinese titles, in the order of reading. */
export const fieldsRead = (evaluate: (facts: Facts) => unknown): readonly string[] => {
  const read: string[] = [];
  const watched = (form: Class): object =>
    new Proxy(exampleOf(form), {
      get: (target, name) => {
        const field = String(name);
        if (fieldsOf(form).has(field)) read.push(marksOf(form).get(field)?.title ?? field);
        return Reflect.get(target, name) as unknown;
      },
    });
  const facts: Facts = {
    form: {},
    today: '2026-01-01',
    unit: '',
    last: <T>(form: Class<T>): T => watched(form as Class) as T,
    has: () => true,
    find: () => undefined,
    free: () => [],
    under: () => ({ count: 0, of: 0 }),
    parent: { ...anyParent, last: <T>(form: Class<T>): T => watched(form as Class) as T },
    code: () => '',
  };
  try {
    evaluate(facts);
  } catch {
    // What it read before it gave up is all that can be said here; `faults.ts` has refused files that cannot be worked out.
  }
  return [...new Set(read)];
};

/** 「10 个工作日」, 「『释放日期』后 1 日」, 「自送达起 1 个月」; undefined where the state has no due time. */
export const dueInWords = (due: Term | Due | undefined): string | undefined => {
  if (due === undefined) return undefined;
  if ('unit' in due) return termInWords(due);
  if (due.after === 'delivery') return `自送达起 ${termInWords(due.term)}`;
  const start = fieldsRead(due.after)
    .map((title) => `『${title}』`)
    .join('');
  return due.term.n === 0 && due.term.unit !== 'hour' ? `${start}当日` : `${start}后 ${termInWords(due.term)}`;
};

export const stateTitle = (workflow: Workflow, name: string): string => workflow.states.get(name)?.title ?? name;
export const roleTitle = (workflow: Workflow, role: string): string =>
  workflow.roles.origin[role] ?? workflow.roles.counterpart[role] ?? role;
/** Where a step leads, in words. */
export const leadsInWords = (workflow: Workflow, step: Step): string => {
  if (step.opens !== undefined) return stateTitle(workflow, step.opens);
  if (step.to === undefined) return '不变';
  if (typeof step.to === 'string') return stateTitle(workflow, step.to);
  if (!('by' in step.to)) return '原环节';
  return Object.entries(step.to.by)
    .map(([from, to]) => `${stateTitle(workflow, from)} → ${stateTitle(workflow, to)}`)
    .join('；');
};
/** The classes that a workflow's own steps bring: forms and what is worked out beside them, each once. */
export const ownForms = (workflow: Workflow): readonly Class[] => [
  ...new Set(ownSteps(workflow).flatMap((step) => [step.form ?? [], step.yields?.form ?? []].flat())),
];
/** Titles of the everyday steps that officers take in this workflow. */
export const everydayTitles = (workflow: Workflow): readonly string[] =>
  everydayStepsOf(workflow)
    .filter((step) => !isEngineStep(step))
    .map((step) => step.title);

const formats: Readonly<Record<string, string>> = {
  'person-name': '姓名',
  'resident-id': '公民身份号码',
  date: '日期',
  'time-of-day': '时间',
  'date-time': '日期和时间',
  division: '行政区划',
  telephone: '电话',
  unit: '单位',
  attachment: '附件',
};
/** What is filled into a field: 「文字，至多 500 字」. */
export const typeInWords = (schema: Schema): string => {
  const { type, format, maxLength, minimum, maximum, maxItems, items } = schema;
  if (typeof format === 'string' && formats[format] !== undefined) return formats[format];
  if (Array.isArray(schema['enum'])) return `单选：${schema['enum'].join('、')}`;
  if (type === 'boolean') return '是／否';
  if (type === 'integer') return `整数，${String(minimum)} 至 ${String(maximum)}`;
  if (type === 'array') {
    const choices = typeof items === 'object' && items !== null && 'enum' in items ? items.enum : undefined;
    return Array.isArray(choices) ? `可多选：${choices.join('、')}` : `列表，至多 ${String(maxItems)} 项`;
  }
  return `文字，至多 ${String(maxLength)} 字`;
};
