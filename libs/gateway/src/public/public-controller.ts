import { Controller, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import { Refusal, type Fault } from '@chuanyu/contracts';
import { readQuery } from '@chuanyu/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY, type Gateway } from '../config';
import { clientAddress } from '../http/client-address';
import { PublicEvents } from './public-events';

/** For integrators: nobody signs in, and nothing here concerns a person. */
@Controller('public')
export class PublicController {
  constructor(
    @Inject(GATEWAY) private readonly gateway: Gateway,
    @Inject(PublicEvents) private readonly published: PublicEvents,
  ) {}

  @Get('events')
  async events(
    @Req() request: FastifyRequest,
    @Headers('accept') accept: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { domain, after, limit } = this.asked(request.url);
    void reply.header('Cross-Origin-Resource-Policy', 'cross-origin').header('Vary', 'Accept');
    if (/\btext\/event-stream\b/i.test(accept ?? '')) {
      const address = clientAddress(request, this.gateway.addressHeader);
      this.published.follow(domain, lastEventId ?? after, address, reply);
      return;
    }
    const { events, next } = await this.published.read(domain, after, limit);
    const lines = [...events, { next }].map((each) => `${JSON.stringify(each)}\n`).join('');
    void reply.header('Content-Type', 'application/jsonl; charset=utf-8').send(lines);
  }

  private asked(url: string): { domain: string | undefined; after: string | undefined; limit: number } {
    const { domain, after, limit } = readQuery(url, ['after', 'domain', 'limit']);
    const domains = this.gateway.workflows.domains();
    const faults: Fault[] = [];
    if (domain !== undefined && !domains.includes(domain))
      faults.push({ pointer: '/domain', rule: 'one-of', detail: `可用：${domains.join('、')}` });
    const most = limit === undefined ? 200 : /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : 0;
    if (most < 1 || most > 1000) faults.push({ pointer: '/limit', rule: 'limit', detail: '应为 1 至 1000 的整数' });
    if (faults.length > 0) throw new Refusal('bad-request', '查询参数有误', { errors: faults });
    return { domain, after, limit: most };
  }
}
