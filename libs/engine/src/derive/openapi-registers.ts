import type { Schema } from '../form/fields';
import { schemaOf } from '../form/schema';
import type { Register } from '../workflow/register';
import { closed, refusals } from './openapi-answers';

/** The pages of a domain's registers, as far as callers may rely on them. */
type Json = Readonly<Record<string, unknown>>;
const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer' };
const parameter = (name: string): Schema => ({ $ref: `#/components/parameters/${name}` });
const query = (name: string, description: string, schema: Schema = text): Json => ({
  name,
  in: 'query',
  description,
  schema,
});
const json = (description: string, schema: Schema): Json => ({
  description,
  content: { 'application/json': { schema } },
});
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const binary: Schema = { type: 'string', format: 'binary' };

const recordOf = (register: Register): Readonly<Record<string, Schema>> => ({
  id: text,
  version: { ...text, description: '用作 If-Match' },
  unit: text,
  key: text,
  record: schemaOf(register.of),
  revision: count,
  removed: { type: 'boolean' },
  changed: object({
    by: object({ id: text, name: text }),
    at: { ...text, format: 'date-time' },
    how: { enum: ['put', 'remove', 'import'] },
  }),
});
const importAnswer = object({
  dryRun: { type: 'boolean' },
  rows: count,
  added: count,
  changed: count,
  unchanged: count,
  changes: { type: 'array', items: object({ row: count, key: text, fields: { type: ['array', 'string'] } }) },
  errors: {
    type: 'array',
    items: object({ row: count, column: text, pointer: text, rule: text, detail: text }),
    description: '行号同电子表格所示，列为中文列名',
  },
});

export const registerPaths = (domain: string, registers: readonly Register[]): Json => {
  if (registers.length === 0) return {};
  const base = `/api/${domain}/registers`;
  return {
    [base]: {
      get: {
        operationId: `${domain}.registers`,
        tags: [domain],
        summary: '可查阅的台账',
        responses: {
          200: json('台账', object({ items: { type: 'array', items: { type: 'object' } } })),
          ...refusals('read'),
        },
      },
    },
    ...Object.fromEntries(
      registers.flatMap((register) => Object.entries(pathsOf(domain, `${base}/${register.name}`, register))),
    ),
  };
};
const pathsOf = (domain: string, base: string, register: Register): Json => {
  const named = (verb: string, summary: string) => ({
    operationId: `${domain}.registers.${register.name}.${verb}`,
    tags: [domain],
    summary: `${register.title}：${summary}`,
  });
  const record = object(recordOf(register));
  const body = {
    required: true,
    content: { 'application/json': { schema: closed({ record: schemaOf(register.of) }, ['record']) } },
  };
  return {
    [base]: {
      get: {
        ...named('list', '查找'),
        parameters: [
          parameter('Search'),
          query('unit', '单位；不填为本单位'),
          parameter('Limit'),
          query('after', '上一页答复中的 next'),
        ],
        responses: {
          200: json('一页', object({ items: { type: 'array', items: record }, next: { type: ['string', 'null'] } })),
          ...refusals('read'),
        },
      },
      post: {
        ...named('add', '新增一条'),
        requestBody: body,
        responses: { 201: json('已新增', record), ...refusals('change') },
      },
    },
    [`${base}/template`]: {
      get: {
        ...named('template', '导入用的空表'),
        responses: { 200: { description: '.xlsx', content: { [XLSX]: { schema: binary } } }, ...refusals('read') },
      },
    },
    [`${base}/import`]: {
      post: {
        ...named('import', '导入文件：全部导入，或者一行也不导入'),
        parameters: [query('dry-run', 'true：只告知会有哪些变化和错误', { enum: ['true', 'false'], default: 'false' })],
        requestBody: { required: true, content: { [XLSX]: { schema: binary }, 'text/csv': { schema: text } } },
        responses: { 200: json('导入的结果', importAnswer), ...refusals('change') },
      },
    },
    [`${base}/{record}`]: {
      parameters: [parameter('Record')],
      get: {
        ...named('read', '一条及其变更记录'),
        responses: {
          200: json('记录', object({ ...recordOf(register), history: { type: 'array', items: { type: 'object' } } })),
          ...refusals('read'),
        },
      },
      post: {
        ...named('put', '修改（须带 If-Match）'),
        parameters: [parameter('IfMatch')],
        requestBody: body,
        responses: { 200: json('已修改', record), ...refusals('change') },
      },
    },
    [`${base}/{record}/remove`]: {
      parameters: [parameter('Record')],
      post: {
        ...named('remove', '移出（须带 If-Match）'),
        parameters: [parameter('IfMatch')],
        requestBody: { required: true, content: { 'application/json': { schema: closed({}, []) } } },
        responses: { 200: json('已移出', record), ...refusals('change') },
      },
    },
  };
};
