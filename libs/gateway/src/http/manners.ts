import { Refusal } from '@chuanyu/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

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
  readonly refuse: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
}

/** What holds for every request, whatever answers it: headers, and what is refused unread. */
export const manners = (server: FastifyInstance, { refuse }: MannersOptions): void => {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(securityHeaders).header('X-Request-Id', request.id);
    const refusal = refusalUnread(request);
    if (!refusal) return done();
    if (refusal.code === 'method-not-allowed') void reply.header('Allow', METHODS.join(', '));
    // A body that nobody will read: the connection cannot be used again.
    void reply.header('Connection', 'close');
    refuse(refusal, request, reply);
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
