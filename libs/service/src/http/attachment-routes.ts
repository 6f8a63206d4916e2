import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AttachmentDesk } from '../desk/attachment-desk';
import { fileRefusal, type Attachments } from '../files/attachments';
import { tooLarge } from '../files/files';
import type { Door } from './door';
import { asAttachment, fileNameIn } from './file-name-header';
import { insulated, readAway } from './raw-body';
import { purposeOf } from './request';

export interface AttachmentRoutesOptions {
  readonly domain: string;
  readonly door: Door;
  readonly attachments: Attachments;
  readonly desk: AttachmentDesk;
  /** Answers with a problem, and has it audited. */
  readonly refuse: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
}

/** Routes of the server beneath rather than of a controller: a content is handed on as it streams in, never held whole. */
export const attachmentRoutes =
  ({ domain, door, attachments, desk, refuse }: AttachmentRoutesOptions) =>
  async (scope: FastifyInstance): Promise<void> => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler(async (error, request, reply) => {
      await readAway(request.raw);
      // What was not read: the connection cannot be used again.
      if (!request.raw.readableEnded) void reply.header('Connection', 'close');
      refuse(error, request, reply);
    });
    // Before any of the body is read.
    scope.addHook('onRequest', async (request) => {
      await door.enter(request);
      if (Number(request.headers['content-length'] ?? 0) > attachments.limit)
        throw fileRefusal(tooLarge(attachments.limit));
    });

    scope.post(`/api/${domain}/attachments`, async (request, reply) => {
      const officer = await door.enter(request);
      const name = fileNameIn(request.headers['content-disposition']);
      const { body } = request;
      if (!(body instanceof Readable)) throw fileRefusal({ code: 'empty', detail: '文件是空的' });
      const type = mediaTypeIn(request.headers['content-type']);
      const attached = await attachments.upload(officer, { name, type }, insulated(body));
      return reply.code(201).send(attached);
    });

    scope.get(`/api/${domain}/:workflow/:case/attachments/:hash`, async (request, reply) => {
      const { workflow, case: id, hash } = request.params as Record<'workflow' | 'case' | 'hash', string>;
      const at = { officer: await door.enter(request), workflow, case: id };
      const { name, type, size, content } = await desk.read(at, hash, purposeOf(request.headers['purpose']));
      return reply
        .header('Content-Type', type)
        .header('Content-Length', String(size))
        .header('Content-Disposition', asAttachment(name))
        .header('X-Content-Type-Options', 'nosniff')
        .header('Cache-Control', 'no-store')
        .send(content);
    });
  };

const mediaTypeIn = (header: string | undefined): string | undefined => header?.split(';')[0]?.trim().toLowerCase();
