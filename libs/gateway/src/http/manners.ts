import { randomUUID } from 'node:crypto';
import { Refusal } from '@chuanyu/contracts';
import { visitorOf } from '@chuanyu/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

const METHODS = ['GET', 'HEAD', 'POST'];

export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Strict-Transport-Security': 'max-age=31536000',
  'Cache-Control': 'no-store',
};

export interface MannersOptions {
  readonly logger: Logger;
  readonly refuse: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
}

/** What holds for every request, whatever answers it: an id, headers, what is refused unread, one line in the log. */
export const manners = (server: FastifyInstance, { logger, refuse }: MannersOptions): void => {
  const begun = new WeakMap<FastifyRequest, number>();
  server.addHook('onRequest', (request, reply, done) => {
    begun.set(request, performance.now());
    request.id = randomUUID();
    void reply.headers(securityHeaders).header('X-Request-Id', request.id);
    const refusal = refusalUnread(request);
    if (!refusal) return done();
    if (refusal.code === 'method-not-allowed') void reply.header('Allow', METHODS.join(', '));
    // A body that nobody will read: the connection cannot be used again.
    void reply.header('Connection', 'close');
    refuse(refusal, request, reply);
  });
  server.addHook('onResponse', (request, reply, done) => {
    // Neither the address (a search holds names) nor the officer: the route as it was declared, and ids.
    logger.info({
      request: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      unit: visitorOf(request)?.unit,
      milliseconds: Math.round(performance.now() - (begun.get(request) ?? 0)),
    });
    done();
  });
};

const refusalUnread = (request: FastifyRequest): Refusal | undefined => {
  const url = request.raw.url ?? '';
  if (!METHODS.includes(request.method))
    return new Refusal('method-not-allowed', `只支持 ${METHODS.join('、')}`, { possible: METHODS });
  if (!url.startsWith('/') || url.startsWith('//')) return new Refusal('bad-request', '地址应以单个斜线开头');
  if (url.length > 4096) return new Refusal('bad-request', '地址过长', { possible: { characters: 4096 } });
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return new Refusal('unsupported-media-type', '请求内容不得压缩', {}, 'Send the body without Content-Encoding');
  return undefined;
};
