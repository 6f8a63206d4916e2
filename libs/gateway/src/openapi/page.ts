import { createHash } from 'node:crypto';
import { SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Gateway } from '../config';
import { documentOf } from './document';

const PAGE = 'api/docs';
/** The page's own files and nothing from elsewhere; what stands within it is named by its hash. */
const policy = (html: string): string => {
  const hashed = (pattern: RegExp) =>
    [...html.matchAll(pattern)].map(
      ([, inline = '']) => `'sha256-${createHash('sha256').update(inline).digest('base64')}'`,
    );
  const styles = hashed(/<style[^>]*>(.*?)<\/style>/gs);
  const attributes = hashed(/\sstyle="([^"]*)"/g);
  return [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self' 'unsafe-hashes'", ...styles, ...attributes].join(' '),
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

/** `/api/openapi.json`, and a page to read it by at `/api/docs`: all its files are the gateway's, so it works without a network. */
export const serveOpenApi = (app: NestFastifyApplication, gateway: Gateway): void => {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onSend', (request, reply, payload, done) => {
    if (/^\/api\/docs(?:\/|$|\?)/.test(request.url) && typeof payload === 'string' && payload.includes('<html'))
      void reply.header('Content-Security-Policy', policy(payload));
    done(null, payload);
  });
  SwaggerModule.setup(PAGE, app, () => documentOf(gateway), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: '川渝司法协作平台 API',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false, docExpansion: 'none' },
  });
};
