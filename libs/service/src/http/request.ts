import { canonical, Refusal, sha256, type Fault } from '@chuanyu/contracts';

/** What may stand at the top of a body, and what must. */
export const readBody = (
  body: unknown,
  fields: Readonly<Record<string, 'required' | 'optional'>>,
): Readonly<Record<string, unknown>> => {
  if (Buffer.isBuffer(body)) throw new Refusal('unsupported-media-type', '请以 application/json 提交');
  const value = body === undefined ? {} : body;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('bad-request', '请求内容应为 JSON 对象', {
      errors: [{ pointer: '', rule: 'object', detail: '应为对象' }],
    });
  const known = Object.keys(fields);
  const faults: Fault[] = [
    ...Object.keys(value)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        pointer: `/${name.slice(0, 64)}`,
        rule: 'unknown-field',
        detail: `可用的项：${known.join('、') || '无'}`,
      })),
    ...known
      .filter((name) => fields[name] === 'required' && !(name in value))
      .map((name) => ({ pointer: `/${name}`, rule: 'required', detail: '必填' })),
  ];
  if (faults.length > 0) throw new Refusal('bad-request', '请求内容有误', { errors: faults });
  return value as Readonly<Record<string, unknown>>;
};

/** A text of the body, of one line; throws where it is something else. */
export const readText = (body: Readonly<Record<string, unknown>>, name: string, max = 500): string => {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '' || [...value].length > max || /\p{Cc}/u.test(value)) {
    throw new Refusal('bad-request', '请求内容有误', {
      errors: [{ pointer: `/${name}`, rule: 'text', detail: `应为不超过 ${max} 字的文字` }],
    });
  }
  return value;
};
export const readTexts = (body: Readonly<Record<string, unknown>>, name: string, most = 20): readonly string[] => {
  const value = body[name] ?? [];
  if (
    !Array.isArray(value) ||
    value.length > most ||
    !value.every((each) => typeof each === 'string' && each.length > 0 && each.length <= 100)
  ) {
    throw new Refusal('bad-request', '请求内容有误', {
      errors: [{ pointer: `/${name}`, rule: 'texts', detail: `应为最多 ${most} 项文字的列表` }],
    });
  }
  return value as readonly string[];
};

/** RFC draft-ietf-httpapi-idempotency-key-header: 1 to 200 visible ASCII characters. */
export const idempotencyKey = (header: unknown): string => {
  if (typeof header !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(header)) {
    throw new Refusal(
      'bad-request',
      '须带 Idempotency-Key 请求头（1 至 200 个可见 ASCII 字符），以便重试时不会重复办理',
      { errors: [{ pointer: '', rule: 'idempotency-key', detail: 'Idempotency-Key' }] },
    );
  }
  return header;
};
/** Of what was asked, so that one key cannot stand for two requests. */
export const fingerprintOf = (...parts: readonly unknown[]): string => {
  try {
    return sha256(canonical(parts));
  } catch {
    throw new Refusal('bad-request', '请求内容含有无法表示的数值或字符');
  }
};

/** `If-Match: "<version>"`; undefined where it is absent or `*`. */
export const ifMatch = (header: unknown): string | undefined => {
  if (header === undefined || header === '*') return undefined;
  const found = typeof header === 'string' ? /^"([\w-]{1,100})"$/.exec(header) : null;
  if (!found?.[1]) throw new Refusal('bad-request', 'If-Match 请求头应为带引号的版本号');
  return found[1];
};

/** Why personal data is read, percent-encoded, for the audit; undefined where nobody said. */
export const purposeOf = (header: unknown): string | undefined => {
  if (typeof header !== 'string' || header === '') return undefined;
  try {
    return decodeURIComponent(header).slice(0, 100);
  } catch {
    throw new Refusal('bad-request', 'Purpose 请求头应为百分号编码的文字');
  }
};
