type Json = Readonly<Record<string, unknown>>;

const text: Json = { type: 'string' };
const whole: Json = { type: 'integer', minimum: 0 };
const object = (properties: Json): Json => ({ type: 'object', required: Object.keys(properties), properties });
const listOf = (items: Json): Json => ({ type: 'array', items });
const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] });
const instant: Json = { type: 'string', format: 'date-time' };
const date: Json = { type: 'string', format: 'date' };
const named = object({ id: text, name: text });
const problem: Json = { $ref: '#/components/responses/400' };
const json = (schema: Json): Json => ({ description: '', content: { 'application/json': { schema } } });
const query = (name: string, description: string, schema: Json = text): Json => ({
  name,
  in: 'query',
  description,
  schema,
});
const colour: Json = {
  enum: ['green', 'amber', 'red', null],
  description: 'red 逾期 · amber 十个工作日内到期 · green 其余',
};

const line = object({
  item: text,
  domain: text,
  group: text,
  title: text,
  id: text,
  number: text,
  href: text,
  list: whole,
  kind: { enum: ['未定类', '完成类', '启动类', '调研类'] },
  stage: text,
  state: text,
  stateTitle: text,
  turn: orNull(text),
  leads: listOf(object({ id: text, name: text, province: text })),
  partners: listOf(named),
  clause: orNull(text),
  dueOn: orNull(date),
  progress: { ...whole, maximum: 100, description: '经对方确认的节点权重占全部节点权重的百分比' },
  milestones: object({ counted: whole, planned: whole, overdue: whole, all: listOf({ type: 'object' }) }),
  obstacles: object({ open: whole, overdue: whole, all: listOf({ type: 'object' }) }),
  colour,
  why: text,
  colours: { ...listOf(object({ at: instant, colour, why: text })), description: '颜色的变化及原因' },
  counts: {
    ...listOf(
      object({
        workflow: text,
        title: text,
        states: listOf(object({ state: text, title: text, thisYear: whole, inAll: whole })),
        thisYear: whole,
        inAll: whole,
      }),
    ),
    description: '办理本项的各事项的办件数，两地合计',
  },
  history: { ...listOf({ type: 'object' }), description: '类别、阶段和变更的经过' },
  changedAt: instant,
});
const filters: readonly Json[] = [
  query('kind', '类别', { enum: ['未定类', '完成类', '启动类', '调研类'] }),
  query('colour', '颜色；none 为未列入或已销号', { enum: ['green', 'amber', 'red', 'none'] }),
  query('domain', '业务领域'),
  query('item', '清单编号，如 prison-3'),
  query('unit', '牵头或参与单位：该单位或者其下级'),
  query('q', '按项目、编号、单位检索'),
  query('overdue', '是否逾期', { enum: ['true', 'false'] }),
  query('obstacles', '有无未疏通的堵点', { enum: ['true', 'false'] }),
  query('list', '清单年度'),
  query('sort', '排序', { enum: ['item', 'colour', 'kind', 'progress', 'due', 'changed'], default: 'item' }),
  query('order', '顺序', { enum: ['ascending', 'descending'] }),
];
const operation = (summary: string, answer: Json, more: Json = {}): Json => ({
  tags: ['checklist'],
  summary,
  responses: { 200: answer, default: problem },
  ...more,
});

/** What the coordination service answers beyond its cases; the gateway hands it on. */
export const checklistPaths: Json = {
  '/api/coordination/checklist': {
    get: operation(
      '重点推进项目清单；联络办和司法厅（局）看全部，其他单位看本单位及下级牵头、参与的',
      json(
        object({
          asOf: instant,
          totals: { type: 'object' },
          withoutProject: listOf(text),
          items: listOf(line),
          counted: listOf(object({ province: text, domain: text, at: instant })),
        }),
      ),
      { parameters: filters },
    ),
  },
  '/api/coordination/checklist/spreadsheet': {
    get: operation(
      '清单的电子表格（xlsx）：项目、节点、堵点、办件分布、颜色变化',
      {
        description: 'xlsx',
        content: {
          'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
            schema: { type: 'string', format: 'binary' },
          },
        },
      },
      { parameters: filters },
    ),
  },
  '/api/coordination/checklist/bulletin': {
    post: operation(
      '按现状拟制通报：正文（docx）、清单（xlsx）和数据存为附件，答复可直接用于发起 coordination.bulletin 的表单',
      json(
        object({
          title: text,
          form: { type: 'object' },
          since: orNull(object({ number: text, title: text, at: instant })),
          changes: listOf(object({ item: text, number: text, title: text, aspect: text, before: text, after: text })),
        }),
      ),
      {
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { issue: { type: 'integer', minimum: 1, maximum: 999, description: '期数；不填为下一期' } },
              },
            },
          },
        },
      },
    ),
  },
  '/api/coordination/checklist/rebuild': {
    post: operation('从办件和统计重新生成清单（运维）', json(object({ entries: whole, statements: whole }))),
  },
  '/api/coordination/clauses': {
    get: operation(
      '协议条款台账：live 生效 · ending 三十日内届满 · suspended 中止 · not-yet 未生效 · ended 已届满或终止',
      json(
        object({
          asOf: instant,
          items: listOf(
            object({
              id: text,
              agreement: text,
              title: text,
              provinces: listOf(named),
              workflows: listOf(text),
              data: listOf(text),
              from: date,
              until: date,
              standing: { enum: ['live', 'ending', 'suspended', 'not-yet', 'ended'] },
              suspensions: listOf({ type: 'object' }),
              earlier: listOf({ type: 'object' }),
              href: text,
            }),
          ),
        }),
      ),
    ),
  },
};
