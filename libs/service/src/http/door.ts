import { isDenial, type Officer, type Officers, type TokenVerifier } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import type { FastifyRequest } from 'fastify';

/** Who asks: every service checks the token itself, also behind the gateway. */
export class Door {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly officers: Officers,
  ) {}

  async enter(request: FastifyRequest): Promise<Officer> {
    return (await this.admit(request)).officer;
  }

  /** The officer, and the instant (of real time) until which the token lets them in. */
  async admit(request: FastifyRequest): Promise<{ readonly officer: Officer; readonly expires: string }> {
    const header = request.headers.authorization;
    const token = typeof header === 'string' ? /^Bearer ([\w.~+/=-]+)$/.exec(header)?.[1] : undefined;
    if (token === undefined) throw new Refusal('not-signed-in', '请先登录');
    const bearer = await this.tokens.verify(token);
    if (isDenial(bearer)) throw new Refusal('not-signed-in', bearer.message);
    const officer = this.officers.officer(bearer.officer);
    if (!officer) throw new Refusal('not-signed-in', '该账号已不存在');
    visitors.set(request, officer);
    return { officer, expires: bearer.expires };
  }
}

const visitors = new WeakMap<FastifyRequest, Officer>();
/** The officer who made this request, once known: for the audit of refusals. */
export const visitorOf = (request: FastifyRequest): Officer | undefined => visitors.get(request);
