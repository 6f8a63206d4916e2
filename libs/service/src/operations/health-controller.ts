import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Refusal } from '@chuanyu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../http/problem-filter';
import type { ReadinessCheck } from './readiness';

export interface Health {
  readonly readiness: ReadinessCheck;
  /** Names what is silent; the public is told only whether. */
  readonly names: boolean;
}
export const HEALTH = Symbol('health');

@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH) private readonly health: Health) {}

  /** The process answers. Whether it can do its work is another question. */
  @Get('live')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }
  /** 503 as long as anything is missing that it stands on. */
  @Get('ready')
  async ready(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { ready, checks, told } = await this.health.readiness.look();
    const named = this.health.names ? { checks, ...told } : {};
    if (ready) return void reply.send({ status: 'ready', ...named });
    // Answered, not thrown: nobody was refused anything, so the audit has nothing to say.
    const refusal = new Refusal('unavailable', '尚未就绪', { retryAfter: 5, ...named }, 'Not ready yet');
    void sendProblem(reply, refusal, request.headers['accept-language']);
  }
}
