import type { Workflows } from '@chuanyu/engine';

/** What the gateway answers itself, as it really answers; the rest of the document is derived from the workflow files. */
type Json = Readonly<Record<string, unknown>>;
const text: Json = { type: 'string' };
const instant: Json = { type: 'string', format: 'date-time' };
const yesNo: Json = { type: 'boolean' };
const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] });
const object = (properties: Json, optional: readonly string[] = []): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const body = (properties: Json, optional: readonly string[] = []): Json => ({
  required: true,
  content: { 'application/json': { schema: { ...object(properties, optional), additionalProperties: false } } },
});
const listOf = (items: Json): Json => ({ type: 'array', items });
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json, description = '成功'): Json => ({
  description,
  content: { 'application/json': { schema } },
});
const problem: Json = {
  description: 'RFC 9457 problem+json，code 稳定',
  content: { 'application/problem+json': { schema: ref('Problem') } },
};
const query = (name: string, description: string, schema: Json = text): Json => ({
  name,
  in: 'query',
  description,
  schema,
});
const header = (name: string, description: string): Json => ({ name, in: 'header', description, schema: text });

interface Operation {
  readonly tag: string;
  readonly summary: string;
  readonly answer: Json;
  readonly status?: number;
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly open?: true;
}
const operation = ({ tag, summary, answer, status = 200, parameters = [], requestBody, open }: Operation): Json => ({
  tags: [tag],
  summary,
  parameters,
  ...(requestBody ? { requestBody } : {}),
  ...(open ? { security: [] } : {}),
  responses: { [status]: answer, default: problem },
});

const named = object({ id: text, name: text });
const role = object({ role: text, title: text });
const side: Json = { enum: ['origin', 'counterpart'] };
const draft = object({
  id: text,
  step: text,
  title: text,
  by: named,
  status: { enum: ['drafted', 'sent', 'returned'] },
});
const officer = { id: text, name: text, unit: text, unitName: text, roles: listOf(role) };
const item = {
  id: text,
  number: orNull(text),
  title: text,
  domain: text,
  workflow: text,
  side,
  peer: orNull(named),
  state: text,
  stateTitle: text,
  turn: orNull(side),
  ours: { ...yesNo, description: '由本方办理' },
  due: orNull(instant),
  overdue: yesNo,
  colour: { enum: ['green', 'amber', 'red', null], description: 'red 逾期 · amber 两个工作日以内 · green 其余' },
  unit: named,
  peerUnit: orNull(named),
  subject: orNull({ ...text, description: '已脱敏' }),
  officer: orNull(named),
  deputies: listOf(named),
  sealed: yesNo,
  toTakeIn: yesNo,
  urged: { type: 'integer' },
  drafts: listOf(draft),
  closed: yesNo,
  frozen: yesNo,
  overdueReceipts: yesNo,
  warned: { ...yesNo, description: '即将届满' },
  openedAt: instant,
  changedAt: instant,
  href: text,
  standInFor: { ...named, description: '代办：所代的经办人' },
};
const checked = object({
  number: text,
  title: text,
  valid: yesNo,
  says: { ...text, description: '现时效力' },
  issuer: object({ province: text, unit: text }),
  lines: listOf(object({ label: text, text })),
  on: { ...text, format: 'date', description: '查验日期' },
});
export const ownSchemas: Json = {
  Officer: object(officer),
  ListItem: object(item, ['standInFor']),
  List: object({ items: listOf(ref('ListItem')), next: orNull({ ...text, description: '下一页的 after' }) }),
  SignList: object({
    items: listOf({
      allOf: [
        ref('ListItem'),
        object({ draft: { allOf: [draft, object({ href: text })], description: '待签发的一稿' } }),
      ],
    }),
    next: orNull(text),
  }),
};

const listed = (workflows: Workflows): readonly Json[] => [
  query('q', '按姓名、编号、事项检索'),
  query('workflow', '只看这一事项', { enum: workflows.all().map(({ id }) => id) }),
  query('state', '只看这一环节'),
  query('turn', '由谁办理', { enum: ['ours', 'theirs', 'origin', 'counterpart'] }),
  query('peer', '对方省份'),
  query('due', '只看逾期的', { enum: ['overdue'] }),
  query('closed', '是否已办结', { enum: ['true', 'false'] }),
  query('unit', '受理单位：本单位或者下级单位'),
  query('sort', '排序', { enum: ['changedAt', 'openedAt', 'due', 'number'] }),
  query('order', '顺序', { enum: ['ascending', 'descending'] }),
  query('limit', '每页条数', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
  query('after', '上一页答复中的 next'),
];
const drafts: Json = { name: 'draft', in: 'path', required: true, description: '待签发的稿件', schema: text };
const development = (summary: string, requestBody = body({})): Json => ({
  post: operation({ tag: 'development', summary, answer: json({ type: 'object' }), requestBody, open: true }),
});

export const ownPaths = (workflows: Workflows, withDevelopment: boolean): Json => {
  const list = (summary: string, schema = 'List'): Json => ({
    get: operation({ tag: 'lists', summary, parameters: listed(workflows), answer: json(ref(schema)) }),
  });
  const items = (schema: Json): Json => json(object({ items: listOf(schema) }));
  const rebuilding = json(object({ generation: { type: 'integer' }, waitingFor: orNull(listOf(text)) }));
  const stream: Json = { description: 'server-sent events', content: { 'text/event-stream': { schema: text } } };
  return {
    '/api/sign-in': {
      post: operation({
        tag: 'officer',
        summary: '登录，得令牌',
        requestBody: body({ officer: text, password: text }),
        answer: json(object({ token: text, expires: instant, officer: ref('Officer') })),
        open: true,
      }),
    },
    '/api/me': {
      get: operation({
        tag: 'officer',
        summary: '当前经办人',
        answer: json({
          allOf: [
            ref('Officer'),
            object({ province: named, peers: listOf(named), standsInFor: listOf(ref('Officer')), now: instant }),
          ],
        }),
      }),
    },
    '/api/workflows': {
      get: operation({
        tag: 'officer',
        summary: '事项目录',
        parameters: [query('id', '只要这一事项')],
        answer: items({ type: 'object' }),
      }),
    },
    '/api/units': {
      get: operation({
        tag: 'officer',
        summary: '单位名录',
        parameters: [query('province', '省份'), query('kind', '单位类别')],
        answer: items(object({ id: text, name: text, kind: text, province: text, division: text })),
      }),
    },
    '/api/officers': {
      get: operation({ tag: 'officer', summary: '本单位的经办人', answer: items(ref('Officer')) }),
    },
    '/api/to-take-in': list('待签收'),
    '/api/to-do': list('待办'),
    '/api/to-sign': list('待审：每稿一条', 'SignList'),
    '/api/done': list('已办'),
    '/api/cases': list('查找办件'),
    '/api/changes': {
      get: operation({
        tag: 'lists',
        summary: '列表的变化，实时推送：case · gone · reset',
        parameters: [header('Last-Event-ID', '此前收到的 id')],
        answer: stream,
      }),
    },
    '/api/lists/rebuild': {
      get: operation({ tag: 'lists', summary: '列表重建的进展（运维）', answer: rebuilding }),
      post: operation({
        tag: 'lists',
        summary: '从头重建列表（运维）',
        requestBody: body({}),
        status: 202,
        answer: rebuilding,
      }),
    },
    '/api/drafts/{draft}': {
      get: operation({ tag: 'lists', summary: '一稿', parameters: [drafts], answer: json({ type: 'object' }) }),
    },
    '/api/openapi.json': {
      get: operation({ tag: 'public', summary: '本文档', answer: json({ type: 'object' }), open: true }),
    },
    '/public/events': {
      get: operation({
        tag: 'public',
        summary: '两地的公开事件：每行一件，最后一行 {"next": …}',
        parameters: [
          query('after', '此前答复中的 next'),
          query('domain', '领域', { enum: workflows.domains() }),
          query('limit', '最多几件', { type: 'integer', minimum: 1, maximum: 1000, default: 200 }),
          header('Accept', 'text/event-stream 为实时推送'),
        ],
        answer: {
          description: 'JSON lines',
          content: { 'application/jsonl': { schema: text }, 'text/event-stream': { schema: text } },
        },
        open: true,
      }),
    },
    '/public/check': {
      get: operation({
        tag: 'public',
        summary: '凭编号和查验码查验文书：效力和结果，不含个人信息；编号不存在与查验码不符，答复相同',
        parameters: [
          { ...query('number', '办件编号'), required: true },
          { ...query('code', '查验码'), required: true },
          header('Accept', 'text/html 为网页'),
        ],
        answer: {
          description: '查验结果',
          content: { 'application/json': { schema: checked }, 'text/html': { schema: text } },
        },
        open: true,
      }),
    },
    '/health/live': {
      get: operation({
        tag: 'public',
        summary: '进程在运行',
        answer: json(object({ status: { const: 'live' } })),
        open: true,
      }),
    },
    '/health/ready': {
      get: operation({
        tag: 'public',
        summary: '可以受理；否则 503',
        answer: json(object({ status: { const: 'ready' } })),
        open: true,
      }),
    },
    ...(withDevelopment
      ? {
          '/dev/clock': development('拨快时钟', body({ advance: text, province: text }, ['province'])),
          '/dev/border/cut': development('切断省际连接'),
          '/dev/border/heal': development('恢复省际连接'),
          '/dev/state': {
            get: operation({ tag: 'development', summary: '现状', answer: json({ type: 'object' }), open: true }),
          },
        }
      : {}),
  };
};
