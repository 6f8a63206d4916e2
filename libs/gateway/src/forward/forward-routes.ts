import { Refusal } from '@chuanyu/contracts';
import { readAway, visitorOf, type Door } from '@chuanyu/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hrefOf } from '../lists/list-item';
import type { Lists } from '../lists/lists';
import { placeOf, tooLarge, type Forwarder } from './forwarder';

export interface ForwardRoutesOptions {
  readonly door: Door;
  readonly forwarder: Forwarder;
  readonly lists: Lists;
  /** Bytes of a file that is uploaded. */
  readonly attachment: number;
  /** Answers with a problem, and has it audited. */
  readonly refuse: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
}

/**
 * Everything that a domain's service answers. Routes of the server beneath rather than of a controller, since a body must go on as
 * the bytes that came: read and written again it could mean something else.
 */
export const forwardRoutes =
  ({ door, forwarder, lists, attachment, refuse }: ForwardRoutesOptions) =>
  async (scope: FastifyInstance): Promise<void> => {
    /** The one route that takes more than a page: who may send is asked before any of it is read, and it is handed on as it streams. */
    const uploads = async (inner: FastifyInstance): Promise<void> => {
      inner.removeAllContentTypeParsers();
      inner.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
      inner.addHook('onRequest', async (request) => {
        await door.enter(request);
        if (Number(request.headers['content-length'] ?? 0) > attachment) throw tooLarge(attachment);
      });
      inner.setErrorHandler(async (error, request, reply) => {
        // An officer reads why; whoever has not signed in is not listened to any longer.
        if (visitorOf(request)) await readAway(request.raw);
        if (!request.raw.readableEnded) void reply.header('Connection', 'close');
        refuse(error, request, reply);
      });
      inner.post('/api/:domain/attachments', async (request, reply) => {
        const { domain, path } = placeOf(request.raw.url ?? '');
        forwarder.serviceOf(domain);
        return forwarder.stream(domain, path, request.raw, attachment, request, reply);
      });
    };
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => refuse(error, request, reply));

    void scope.register(uploads);
    scope.route({
      method: ['GET', 'POST'],
      url: '/api/:domain/*',
      handler: async (request, reply) => {
        const { domain, path } = placeOf(request.raw.url ?? '');
        forwarder.serviceOf(domain);
        await door.enter(request);
        return forwarder.forward(domain, path, request, reply);
      },
    });

    /** Where the service has the draft: known from the lists. */
    const placeOfDraft = async (request: FastifyRequest) => {
      const officer = await door.enter(request);
      const { draft } = request.params as { draft: string };
      const kept = /^[0-9a-f-]{36}$/.test(draft) ? await lists.holding(officer, draft) : undefined;
      if (!kept) throw new Refusal('not-found', '没有找到这份稿件，可能已签发或已退回', {}, 'No such draft');
      return { draft, domain: kept.row.domain, place: hrefOf(kept.row) };
    };
    for (const verb of ['sign', 'return'] as const)
      scope.post(`/api/drafts/:draft/${verb}`, async (request, reply) => {
        const { domain, place, draft } = await placeOfDraft(request);
        return forwarder.forward(domain, `${place}/drafts/${draft}/${verb}`, request, reply);
      });
    scope.get('/api/drafts/:draft', async (request) => {
      const { domain, place, draft } = await placeOfDraft(request);
      const page = await forwarder.get(domain, place, request);
      const found = draftOf(page, draft);
      if (!found) throw new Refusal('not-found', '没有找到这份稿件，可能已签发或已退回', {}, 'No such draft');
      return { ...found, case: { ...summaryOf(page), href: place } };
    });
  };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const draftOf = (page: unknown, id: string): Record<string, unknown> | undefined =>
  isRecord(page) && Array.isArray(page['drafts'])
    ? page['drafts'].filter(isRecord).find((draft) => draft['id'] === id)
    : undefined;
const summaryOf = (page: unknown): object =>
  isRecord(page)
    ? { id: page['id'], version: page['version'], number: page['number'], workflow: page['workflow'] }
    : {};
