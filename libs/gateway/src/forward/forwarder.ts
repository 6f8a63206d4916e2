import type { IncomingMessage } from 'node:http';
import { pipeline, Transform, type Readable } from 'node:stream';
import { Refusal } from '@chuanyu/contracts';
import { insulated, traceparentNow } from '@chuanyu/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Gateway } from '../config';
import type { ServiceClient, ServiceRequest } from './service-client';

/** What a service is told of a request, and what of its answer goes back; nothing else passes. */
const TOLD = [
  'authorization',
  'idempotency-key',
  'if-match',
  'accept-language',
  'purpose',
  'content-type',
  'accept',
] as const;
const ANSWERED = [
  'etag',
  'taken-as',
  'content-type',
  'content-length',
  'content-language',
  'content-disposition',
  'retry-after',
] as const;

/** Hands requests on to the domain's service, body and answer untouched. */
export class Forwarder {
  constructor(
    private readonly gateway: Gateway,
    readonly client: ServiceClient,
  ) {}

  /** Where the domain's service answers. Throws where there is no such domain, or its service is not run. */
  serviceOf(domain: string): string {
    const domains = this.gateway.workflows.domains();
    if (!domains.includes(domain))
      throw new Refusal('not-found', '没有这个业务领域', { possible: domains }, 'No such domain');
    const base = this.gateway.serviceOf(domain);
    if (base === undefined)
      throw new Refusal('unavailable', '该业务的服务尚未启动，请稍后再试', { retryAfter: 5 }, 'Not running');
    return base;
  }

  /** `path` begins with `/api/<domain>/`; it is the caller's that it leads nowhere else. */
  async forward(domain: string, path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const base = this.serviceOf(domain);
    const leaving = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) leaving.abort();
    });
    const { body } = request;
    const answer = await this.client.send({
      base,
      method: request.method,
      path,
      headers: told(request),
      ...(Buffer.isBuffer(body) ? { body } : {}),
      signal: leaving.signal,
    });
    return pass(answer, reply);
  }

  /** Hands a file on as it comes in, at most `limit` bytes of it; who may send one is checked before. */
  async stream(
    domain: string,
    path: string,
    content: Readable,
    limit: number,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const bounded = new Bounded(limit);
    pipeline(insulated(content), bounded, () => undefined);
    const { 'content-disposition': name, 'content-length': length } = request.headers;
    const answer = await this.client.send({
      base: this.serviceOf(domain),
      method: 'POST',
      path,
      headers: {
        ...told(request),
        ...(name === undefined ? {} : { 'content-disposition': name }),
        ...(length === undefined ? {} : { 'content-length': length }),
      },
      stream: bounded,
    });
    // The service has refused before it had all of it: nobody reads the rest.
    if (!content.readableEnded) void reply.header('Connection', 'close');
    return pass(answer, reply);
  }

  /** A page of the service, as JSON. Throws on what it refuses. */
  async get(domain: string, path: string, request: FastifyRequest): Promise<unknown> {
    return this.ask({ base: this.serviceOf(domain), method: 'GET', path, headers: told(request) });
  }
  async post(domain: string, path: string, body: object, request: FastifyRequest): Promise<unknown> {
    const headers = { ...told(request), 'content-type': 'application/json' };
    const bytes = Buffer.from(JSON.stringify(body));
    return this.ask({ base: this.serviceOf(domain), method: 'POST', path, headers, body: bytes });
  }
  private async ask(asked: ServiceRequest): Promise<unknown> {
    const { status, body } = await this.client.json(asked);
    if (status >= 200 && status < 300) return body;
    if (status === 404) throw new Refusal('not-found', '没有找到这个办件', {}, 'No such case');
    if (status === 403) throw new Refusal('not-allowed', '无权办理');
    throw new Refusal('unavailable', '该业务的服务暂时不能答复，请稍后再试', { retryAfter: 5 });
  }
}

const traced = (): { readonly traceparent?: string } => {
  const traceparent = traceparentNow();
  return traceparent === undefined ? {} : { traceparent };
};
const told = ({ headers, id }: FastifyRequest): Record<string, string> => ({
  ...Object.fromEntries(
    TOLD.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  ),
  'x-request-id': id,
  ...traced(),
});
const pass = (answer: IncomingMessage, reply: FastifyReply): FastifyReply => {
  void reply.code(answer.statusCode ?? 502);
  for (const name of ANSWERED) {
    const value = answer.headers[name];
    if (value !== undefined) void reply.header(name, value);
  }
  return reply.send(answer);
};

/** Ends with a refusal at the first byte too many, whatever the sender said of the length. */
class Bounded extends Transform {
  private bytes = 0;
  constructor(private readonly limit: number) {
    super();
  }
  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error, chunk?: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes > this.limit) return done(tooLarge(this.limit));
    done(undefined, chunk);
  }
}
export const tooLarge = (limit: number): Refusal =>
  new Refusal('too-large', `文件超过 ${Math.floor(limit / (1024 * 1024))} MB 的上限`, { possible: { bytes: limit } });

/** `/api/prison/release-handover/5f1c…/verify`: words, ids and nothing that could be read as another place. */
const PLACE =
  /^\/api\/([a-z][a-z-]*)((?:\/[A-Za-z0-9][A-Za-z0-9-]{0,99}){1,6}(?:(?<=\/documents\/[a-z-]+)\.(?:pdf|json))?)\/?$/;
const QUERY = /^\?[\x21-\x7e]{0,2000}$/;
/** The domain and the address as it is handed on. Throws where it is no address of a service. */
export const placeOf = (url: string): { readonly domain: string; readonly path: string } => {
  const at = url.indexOf('?');
  const query = at < 0 ? '' : url.slice(at);
  const found = PLACE.exec(at < 0 ? url : url.slice(0, at));
  if (!found?.[1] || (query !== '' && !QUERY.test(query))) throw new Refusal('not-found', '没有这个地址');
  return { domain: found[1], path: `/api/${found[1]}${found[2] ?? ''}${query}` };
};
