import type { Schema } from '../form/fields';
import { closed, refusals, type Call } from './openapi-answers';

/** Paths that do not depend on the workflows, and the parameters that paths share. */
type Json = Readonly<Record<string, unknown>>;
const text: Schema = { type: 'string' };
const ref = (kind: string, name: string): Schema => ({ $ref: `#/components/${kind}/${name}` });

const header = (name: string, required: boolean, description: string, schema: Schema = text): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema,
});
const inPath = (name: string, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: text,
});
const query = (name: string, description: string, schema: Schema = text): Json => ({
  name,
  in: 'query',
  description,
  schema,
});
export const parameters: Json = {
  IdempotencyKey: header('Idempotency-Key', true, '幂等键：重试时用同一个', {
    ...text,
    pattern: '^[\\x21-\\x7e]{1,200}$',
  }),
  IfMatch: header('If-Match', false, '所见办件的版本，带引号；办件已变化的，答 409 stale-version'),
  Purpose: header('Purpose', false, '查阅目的（百分号编码），记入审计'),
  Accept: header('Accept', false, 'text/event-stream 为实时推送'),
  Domain: inPath('domain', '领域'),
  Workflow: inPath('workflow', '事项'),
  Case: inPath('case', '办件'),
  Record: inPath('record', '台账中的一条'),
  Draft: inPath('draft', '待签发的稿件'),
  Hash: inPath('hash', '附件内容的 SHA-256'),
  Disposition: header(
    'Content-Disposition',
    true,
    "文件名，百分号编码（RFC 8187）：attachment; filename*=UTF-8''%E8%AF%84%E4%BC%B0%E8%A1%A8.pdf",
  ),
  Search: query('q', '按姓名、编号、事项检索'),
  Cursor: query('cursor', '上一页答复中的 next'),
  Limit: query('limit', '每页条数', { type: 'integer', minimum: 1, maximum: 100 }),
  Sort: query('sort', '排序的字段，前加 - 为倒序'),
  OfWorkflow: query('workflow', '只看这一事项'),
  InState: query('state', '只看这一环节'),
};

interface Operation {
  readonly method: 'get' | 'post';
  readonly tag: string;
  readonly summary: string;
  readonly call: Call;
  readonly parameters?: readonly string[];
  readonly body?: Schema;
  /** The body is a file as it is, not JSON. */
  readonly raw?: true;
  readonly status?: 201;
  readonly answer?: Json;
}
const json = (description: string, schema: Schema = { type: 'object' }): Json => ({
  description,
  content: { 'application/json': { schema } },
});
const stream = (description: string, ...types: readonly string[]): Json => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: text }])),
});
const rows = json('一页', ref('schemas', 'Rows'));
const listed = ['Search', 'Cursor', 'Limit', 'Sort', 'OfWorkflow', 'InState'];
const caseAnswer = ref('responses', 'Case');
const onCase = ['Domain', 'Workflow', 'Case'];
const lists = (summary: string): Operation => ({
  method: 'get',
  tag: 'lists',
  summary,
  call: 'read',
  parameters: listed,
  answer: rows,
});
const local = (summary: string, body: Schema, more: readonly string[] = []): Operation => ({
  method: 'post',
  tag: 'everyday',
  summary,
  call: 'change',
  parameters: [...onCase, ...more],
  body,
  answer: caseAnswer,
});
const officer: Schema = { ...text, maxLength: 64 };
const development = (summary: string, body: Schema = closed({}, [])): Operation => ({
  method: 'post',
  tag: 'development',
  summary,
  call: 'public',
  body,
});

const operations: Readonly<Record<string, Operation>> = {
  '/api/sign-in': {
    method: 'post',
    tag: 'officer',
    summary: '登录，得令牌',
    call: 'sign-in',
    body: closed({ officer: text, password: text }, ['officer', 'password']),
    answer: json('令牌', { type: 'object', properties: { token: text }, required: ['token'] }),
  },
  '/api/me': { method: 'get', tag: 'officer', summary: '当前经办人', call: 'read' },
  '/api/workflows': { method: 'get', tag: 'officer', summary: '事项目录', call: 'read' },
  '/api/units': { method: 'get', tag: 'officer', summary: '单位名录', call: 'read' },
  '/api/to-take-in': lists('待签收'),
  '/api/to-do': lists('待办'),
  '/api/to-sign': lists('待审'),
  '/api/done': lists('已办'),
  '/api/cases': lists('查找办件'),
  '/api/changes': {
    method: 'get',
    tag: 'lists',
    summary: '列表的变化，实时推送',
    call: 'read',
    answer: stream('server-sent events', 'text/event-stream'),
  },
  '/api/drafts/{draft}/sign': {
    method: 'post',
    tag: 'lists',
    summary: '签发',
    call: 'change',
    parameters: ['Draft'],
    body: closed({}, []),
    answer: caseAnswer,
  },
  '/api/drafts/{draft}/return': {
    method: 'post',
    tag: 'lists',
    summary: '退回拟稿人',
    call: 'change',
    parameters: ['Draft'],
    body: closed({ reason: { ...text, maxLength: 500 } }, ['reason']),
    answer: caseAnswer,
  },
  '/api/{domain}/attachments': {
    method: 'post',
    tag: 'everyday',
    summary: '上传附件，得填入表单的 {hash, name, type, size}；未被办件采用的，一日后清除',
    call: 'file',
    parameters: ['Domain', 'Disposition'],
    raw: true,
    status: 201,
    answer: json('已存', ref('schemas', 'Attached')),
  },
  '/api/{domain}/{workflow}/{case}/attachments/{hash}': {
    method: 'get',
    tag: 'everyday',
    summary: '下载附件：限能查看该办件、且能查看所在栏目的经办人；记入审计',
    call: 'file',
    parameters: [...onCase, 'Hash', 'Purpose'],
    answer: { description: '文件内容', content: { '*/*': { schema: { type: 'string', format: 'binary' } } } },
  },
  '/api/{domain}/{workflow}/{case}/take-in': local('签收', closed({}, [])),
  '/api/{domain}/{workflow}/{case}/assign': local(
    '指定承办人、移交',
    closed({ officer, deputies: { type: 'array', items: officer, maxItems: 5 } }, ['officer']),
  ),
  '/api/{domain}/{workflow}/{case}/circulate': local(
    '传阅',
    closed({ officers: { type: 'array', items: officer, maxItems: 20 } }, ['officers']),
  ),
  '/api/{domain}/{workflow}/{case}/seal': local('封存、解封', closed({ sealed: { type: 'boolean' } }, ['sealed'])),
  '/api/{domain}/{workflow}/{case}/urge': local('催办', closed({ note: { ...text, maxLength: 200 } }, ['note']), [
    'IdempotencyKey',
  ]),
  '/api/{domain}/{workflow}/{case}/export': {
    method: 'get',
    tag: 'everyday',
    summary: '导出完整记录，供核验',
    call: 'case',
    parameters: onCase,
    answer: stream('JSON lines', 'application/jsonl'),
  },
  '/api/{domain}/{workflow}/{case}/members': {
    method: 'get',
    tag: 'everyday',
    summary: '本件之下的成员办件；可只列办理过某一操作的（如依据本件作出互认的）',
    call: 'case',
    parameters: [...onCase, 'took'],
    answer: json('成员办件', closed({ members: { type: 'array', items: ref('schemas', 'Member') } }, ['members'])),
  },
  '/api/{domain}/{workflow}/{case}/audit': {
    method: 'get',
    tag: 'everyday',
    summary: '何人何时查阅、办理过本件（负责人）',
    call: 'case',
    parameters: onCase,
  },
  '/public/events': {
    method: 'get',
    tag: 'public',
    summary: '两地的公开事件',
    call: 'public',
    parameters: ['after', 'Accept'],
    answer: stream('JSON lines 或 server-sent events', 'application/jsonl', 'text/event-stream'),
  },
  '/dev/clock': development(
    '拨快时钟',
    closed({ advance: { ...text, description: 'ISO 8601，如 P3D' }, province: text }, ['advance']),
  ),
  '/dev/border/cut': development('切断省际连接'),
  '/dev/border/heal': development('恢复省际连接'),
};
/** Parameters of one path only. */
const only: Json = {
  after: query('after', '只要此后的事件'),
  took: query('took', '只要办理过此操作的成员，如 recognise'),
};

export const fixedPaths = (): Json =>
  Object.fromEntries(
    Object.entries(operations).map(([path, made]) => [
      path,
      {
        [made.method]: {
          operationId: `${made.method}.${path.replaceAll(/[{}]/g, '').replaceAll('/', '.').slice(1)}`,
          tags: [made.tag],
          summary: made.summary,
          ...(made.call === 'public' || made.call === 'sign-in' ? { security: [] } : {}),
          parameters: (made.parameters ?? []).map((name) => only[name] ?? ref('parameters', name)),
          ...(made.raw
            ? { requestBody: { required: true, content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } }
            : {}),
          ...(made.body
            ? { requestBody: { required: true, content: { 'application/json': { schema: made.body } } } }
            : {}),
          responses: { [made.status ?? 200]: made.answer ?? json('完成'), ...refusals(made.call) },
        },
      },
    ]),
  );
