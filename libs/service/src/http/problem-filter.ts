import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { Unavailable } from '@chuanyu/collections';
import { problem, Refusal, type ProblemCode } from '@chuanyu/contracts';
import { LogUnavailable, RethrowFilter } from '@chuanyu/event-log';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ProblemFilterOptions {
  /** What nobody foresaw: logged, never shown. */
  readonly onInternal: (error: unknown) => void;
  /** Every refusal is audited. */
  readonly onRefusal?: (refusal: Refusal, request: FastifyRequest) => void;
}

/** Turns whatever was thrown into RFC 9457 problem+json: one place, one spelling. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly options: ProblemFilterOptions) {}

  catch(error: unknown, host: ArgumentsHost): ReturnType<RethrowFilter['catch']> | undefined {
    // A handler of the log: the error itself decides there whether to wait, try again or set aside.
    if (host.getType() === 'rpc') return new RethrowFilter().catch(error, host);
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    refusing(this.options)(error, request, reply);
    return undefined;
  }
}
/** The same for routes of the server beneath, which Nest does not see. */
export const refusing =
  ({ onInternal, onRefusal }: ProblemFilterOptions) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = refusalOf(error);
    if (refusal.code === 'internal') onInternal(error);
    else onRefusal?.(refusal, request);
    void sendProblem(reply, refusal, request.headers['accept-language']);
  };

export const sendProblem = (
  reply: FastifyReply,
  refusal: Refusal,
  acceptLanguage: string | undefined,
): FastifyReply => {
  refusals.set(reply, refusal.code);
  const language = /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh';
  if (refusal.more.retryAfter !== undefined) void reply.header('Retry-After', String(refusal.more.retryAfter));
  return reply
    .code(refusal.status)
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .header('Content-Language', language === 'en' ? 'en' : 'zh-CN')
    .send(JSON.stringify(problem(refusal, language)));
};

const refusals = new WeakMap<FastifyReply, ProblemCode>();
/** The code of the problem that was answered; undefined where none was. */
export const refusedAs = (reply: FastifyReply): ProblemCode | undefined => refusals.get(reply);

const byStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'bad-request',
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  414: 'bad-request',
  415: 'unsupported-media-type',
  429: 'too-many-attempts',
  431: 'bad-request',
};
const sentences: Partial<Record<ProblemCode, string>> = {
  'bad-request': '请求内容无法读取：应为 UTF-8 编码的 JSON 对象，不得有重复或保留的键名',
  'not-found': '没有这个地址',
  'too-large': '请求内容过大',
  'unsupported-media-type': '请以 application/json 提交',
};
/** What the platform beneath says (Fastify, Nest), in our own words. */
export const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  if (error instanceof Unavailable || error instanceof LogUnavailable)
    return new Refusal('unavailable', '数据服务暂时没有响应，请稍后再试', { retryAfter: 5 });
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  const code = status === undefined ? undefined : byStatus[status];
  if (code !== undefined) return new Refusal(code, sentences[code] ?? '请求不能受理');
  return new Refusal('internal', '系统内部错误，已记录，请联系运维');
};
const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' &&
  error !== null &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  error.statusCode < 500
    ? error.statusCode
    : undefined;
