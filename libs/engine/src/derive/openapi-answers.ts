import { Refusal, type ProblemCode } from '@chuanyu/contracts';
import type { Schema } from '../form/fields';

/** Which refusals each kind of call may answer with; every code of `problem.ts` has its place here. */
const places: Readonly<
  Record<ProblemCode, readonly ('any' | 'signed-in' | 'case' | 'change' | 'file' | 'print' | 'sign-in')[]>
> = {
  'bad-request': ['any'],
  'bad-form': ['change'],
  'rule-refused': ['change'],
  'advice-unanswered': ['change'],
  'too-large': ['change', 'file'],
  'unsupported-media-type': ['change', 'file'],
  infected: ['file'],
  'not-signed-in': ['signed-in'],
  'sign-in-refused': ['sign-in'],
  'too-many-attempts': ['sign-in', 'any'],
  'not-allowed': ['signed-in'],
  'not-found': ['any'],
  'method-not-allowed': ['any'],
  'not-possible': ['change', 'print'],
  'stale-version': ['change'],
  'key-reused': ['change'],
  'claim-taken': ['change'],
  'no-clause': ['change'],
  frozen: ['case', 'change'],
  restoring: ['change'],
  unavailable: ['any'],
  internal: ['any'],
};
export type Call = 'public' | 'sign-in' | 'read' | 'case' | 'file' | 'print' | 'change';
const reaches: Readonly<Record<Call, readonly string[]>> = {
  public: ['any'],
  'sign-in': ['any', 'sign-in'],
  read: ['any', 'signed-in'],
  case: ['any', 'signed-in', 'case'],
  file: ['any', 'signed-in', 'file'],
  print: ['any', 'signed-in', 'case', 'print'],
  change: ['any', 'signed-in', 'case', 'change'],
};
/** Whose key this is: a library may have put its own codes beside ours. */
const codes = Object.keys(places) as ProblemCode[];
export const problemCodes: readonly ProblemCode[] = codes;

/** Refusals of a call as OpenAPI responses, by status. */
export const refusals = (call: Call): Readonly<Record<string, Schema>> => {
  const statuses = new Set(
    codes.filter((code) => places[code].some((place) => reaches[call].includes(place))).map(statusOf),
  );
  return Object.fromEntries(
    [...statuses].sort().map((status) => [status, { $ref: `#/components/responses/${status}` }]),
  );
};
const statusOf = (code: ProblemCode): string => String(new Refusal(code, '').status);

/** One response per status, naming the codes it may carry. */
export const refusalResponses = (): Readonly<Record<string, Schema>> => {
  const statuses = [...new Set(codes.map(statusOf))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const carried = codes.filter((code) => statusOf(code) === status);
      return [
        status,
        {
          description: carried.join(' · '),
          content: {
            'application/problem+json': {
              schema: {
                allOf: [
                  { $ref: '#/components/schemas/Problem' },
                  { properties: { code: { enum: carried }, status: { const: Number(status) } } },
                ],
              },
            },
          },
        },
      ];
    }),
  );
};

const text: Schema = { type: 'string' };
const textOrNull: Schema = { type: ['string', 'null'] };
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, Schema>>, required?: readonly string[]): Schema => ({
  type: 'object',
  properties,
  required: required ?? Object.keys(properties),
});
export const closed = (properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema => ({
  ...object(properties, required),
  additionalProperties: false,
});

/** What answers carry, as far as callers may rely on it: more may stand beside. */
export const commonSchemas: Readonly<Record<string, Schema>> = {
  Problem: object(
    {
      type: { type: 'string', format: 'uri' },
      status: { type: 'integer' },
      code: { type: 'string', enum: codes },
      title: text,
      detail: text,
      errors: listOf({ $ref: '#/components/schemas/Fault' }),
      possible: { description: '现在可以办理的操作，或可用的取值' },
      free: {
        description: '已被占用（claim-taken）时：另有哪些表单内容是空闲的',
        type: 'array',
        items: { type: 'object' },
      },
    },
    ['type', 'status', 'code', 'title', 'detail'],
  ),
  Fault: object({ pointer: { ...text, description: 'JSON Pointer (RFC 6901)' }, rule: text, detail: text }),
  Overrides: {
    ...listOf(closed({ advice: text, reason: { ...text, maxLength: 500 } }, ['advice', 'reason'])),
    maxItems: 20,
    description: '不按提示办理的，写明提示原文和理由',
  },
  Addressee: closed({ province: text, unit: text }, ['province', 'unit']),
  Attached: closed(
    {
      hash: { ...text, pattern: '^[0-9a-f]{64}$', description: '内容的 SHA-256' },
      name: text,
      type: { ...text, description: '按内容认定的媒体类型' },
      size: { type: 'integer', description: '字节' },
    },
    ['hash', 'name', 'type', 'size'],
  ),
  Possibility: object({
    step: text,
    title: text,
    form: textOrNull,
    how: { enum: ['take', 'ask', 'right', null], description: 'take 直接办理 · ask 提请对方办理 · right 依职权' },
  }),
  Case: object({
    id: text,
    version: { ...text, description: '用作 If-Match' },
    number: textOrNull,
    workflow: object({ id: text, title: text, definition: { type: 'integer' } }),
    side: { enum: ['origin', 'counterpart'] },
    status: { enum: ['draft', 'placeholder', 'live', 'frozen'] },
    state: object({ name: textOrNull, title: text, turn: { enum: ['origin', 'counterpart', null] }, due: textOrNull }),
    under: { ...textOrNull, description: '上级办件' },
    members: { ...listOf({ $ref: '#/components/schemas/Member' }), description: '本件之下的成员办件' },
    possible: listOf({ $ref: '#/components/schemas/Possibility' }),
    timeline: listOf(object({ sequence: { type: 'integer' }, time: text, step: text, title: text, state: text })),
  }),
  Member: object({
    case: text,
    workflow: object({ id: text, title: text }),
    number: textOrNull,
    status: { enum: ['draft', 'placeholder', 'live', 'frozen'] },
    with: {
      oneOf: [object({ province: text, provinceName: text, unit: text, unitName: text }), { type: 'null' }],
      description: '对方省（市）的承办单位',
    },
    state: object({ name: textOrNull, title: text, since: text, due: textOrNull, overdue: { type: 'boolean' } }),
    closed: { type: 'boolean' },
    delivered: { type: 'boolean', description: '本方记录对方已全部收到' },
    pending: {
      ...listOf(object({ step: text, title: text, since: text })),
      description: '已依职权办理、在本方即时生效、尚未入链的操作',
    },
    took: listOf(object({ step: text, title: text, time: text, province: text, unit: text })),
  }),
  Row: object({ id: text, workflow: text, number: textOrNull, state: text, stateTitle: text, due: textOrNull }),
  Rows: object({ rows: listOf({ $ref: '#/components/schemas/Row' }), next: textOrNull }, ['rows']),
};
