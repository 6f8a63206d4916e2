import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { Refusal } from '@chuanyu/contracts';

export interface ServiceRequest {
  /** e.g. `http://127.0.0.1:4101` */
  readonly base: string;
  readonly method: string;
  /** Sent as it is: checked by the caller. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Instead of a body: sent as it comes, over a connection of its own, since it cannot be sent twice. */
  readonly stream?: Readable;
  /** Ends the request when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** Speaks to the domains' services over connections that are kept open. A service that does not answer is a refusal that invites to try again. */
export class ServiceClient {
  private readonly options = { keepAlive: true, maxSockets: 256, maxFreeSockets: 32 };
  private readonly agent = new Agent(this.options);
  private readonly secureAgent = new SecureAgent(this.options);
  constructor(private readonly milliseconds: number) {}

  /** Resolves with the head of the answer; its body is to be read by the caller. */
  async send(asked: ServiceRequest): Promise<IncomingMessage> {
    try {
      return await this.once(asked);
    } catch (error) {
      // The service closed a kept connection just when it was used: whatever is sent here is safe to repeat, by its key.
      if (error instanceof Refusal) throw error;
      if (error instanceof Stale) return this.once(asked).catch(unanswered);
      return unanswered(error);
    }
  }

  /** The whole answer as JSON; a problem is thrown on as it was answered. */
  async json(asked: ServiceRequest): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await this.send(asked);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      return { status: answer.statusCode ?? 502, body: JSON.parse(Buffer.concat(chunks).toString() || 'null') };
    } catch (error) {
      return unanswered(error);
    }
  }

  close(): void {
    this.agent.destroy();
    this.secureAgent.destroy();
  }

  private once({ base, method, path, headers, body, stream, signal }: ServiceRequest): Promise<IncomingMessage> {
    const { protocol, hostname, port } = new URL(base);
    const secure = protocol === 'https:';
    return new Promise((resolve, reject) => {
      const sent = (secure ? httpsRequest : httpRequest)({
        hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
        port,
        method,
        path,
        headers: body ? { ...headers, 'content-length': String(body.length) } : headers,
        agent: stream ? false : secure ? this.secureAgent : this.agent,
        timeout: this.milliseconds,
        ...(signal ? { signal } : {}),
      });
      sent.on('timeout', () => sent.destroy(new Error('the service is silent')));
      sent.on('error', (error) => {
        const stale = sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        reject(stale ? new Stale() : error);
      });
      sent.on('response', resolve);
      if (!stream) return void sent.end(body);
      pipeline(stream, sent, (error) => {
        if (error) reject(error);
      });
    });
  }
}

class Stale extends Error {}
const unanswered = (cause: unknown): never => {
  const refusal = new Refusal(
    'unavailable',
    '该业务的服务暂时没有响应，请稍后以同一 Idempotency-Key 再试，不会重复办理',
    { retryAfter: 5 },
    'The service does not answer; try again with the same Idempotency-Key',
  );
  refusal.cause = cause;
  throw refusal;
};
