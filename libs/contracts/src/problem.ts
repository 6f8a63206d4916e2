/** What an officer reads when something cannot be done: one class, stable codes; one filter turns it into RFC 9457 problem+json. */
export interface Fault {
  /** JSON pointer (RFC 6901) into what was sent. */
  readonly pointer: string;
  readonly rule: string;
  /** In Chinese: what is allowed. */
  readonly detail: string;
}

const codes = {
  'bad-request': [400, '请求格式不正确', 'The request is malformed'],
  'bad-form': [422, '表单有误', 'The form has faults'],
  'rule-refused': [422, '不符合办理规则', 'A rule refuses the step'],
  'advice-unanswered': [422, '须说明理由后方可继续', 'Going on needs a written reason'],
  'too-large': [413, '内容过大', 'Too large'],
  'unsupported-media-type': [415, '不支持的内容类型', 'Unsupported content type'],
  infected: [422, '文件含有恶意代码', 'The file holds malicious content'],
  'not-signed-in': [401, '未登录或登录已失效', 'Not signed in'],
  'sign-in-refused': [401, '用户名或密码不正确', 'Wrong user name or password'],
  'too-many-attempts': [429, '尝试次数过多，请稍后再试', 'Too many attempts'],
  'not-allowed': [403, '无权办理', 'Not allowed'],
  'not-found': [404, '未找到', 'Not found'],
  'method-not-allowed': [405, '不支持的请求方法', 'Method not allowed'],
  'not-possible': [409, '当前环节不能办理此操作', 'Not possible now'],
  'stale-version': [409, '内容已有变化，请刷新后再办', 'It has changed since it was read'],
  'key-reused': [422, '同一幂等键对应不同内容', 'The idempotency key was used with another body'],
  'claim-taken': [409, '已被占用', 'Already taken'],
  'no-clause': [403, '没有生效的协议条款', 'No live clause'],
  frozen: [409, '两地记录不一致，办件已冻结', 'The case is frozen: the two replicas differ'],
  restoring: [503, '正在从备份恢复，暂不能办理', 'Being restored from a backup'],
  unavailable: [503, '服务暂不可用，请稍后再试', 'Temporarily unavailable'],
  internal: [500, '系统内部错误', 'Internal error'],
} as const satisfies Record<string, readonly [status: number, title: string, english: string]>;
export type ProblemCode = keyof typeof codes;

export interface ProblemDetails {
  readonly errors?: readonly Fault[];
  /** What can be done instead: steps, free slots, allowed values. */
  readonly possible?: unknown;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly [more: string]: unknown;
}

/** Thrown wherever something asked for is refused; nothing was changed. */
export class Refusal extends Error {
  readonly status: number;
  constructor(
    readonly code: ProblemCode,
    /** One sentence in Chinese for the officer. */
    readonly detail: string,
    readonly more: ProblemDetails = {},
    /** The same sentence in English. */
    readonly english: string = codes[code][2],
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Refusal';
    this.status = codes[code][0];
  }
}

/** RFC 9457. `language` picks title and detail; the code never changes. */
export const problem = (refusal: Refusal, language: 'zh' | 'en' = 'zh'): Record<string, unknown> => {
  const [status, title, english] = codes[refusal.code];
  return {
    type: `urn:chuanyu:problem:${refusal.code}`,
    status,
    code: refusal.code,
    title: language === 'zh' ? title : english,
    detail: language === 'zh' ? refusal.detail : refusal.english,
    ...refusal.more,
  };
};
