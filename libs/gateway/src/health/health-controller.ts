import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Refusal } from '@chuanyu/contracts';
import { sendProblem } from '@chuanyu/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY, type Gateway } from '../config';
import { ServiceClient } from '../forward/service-client';

/** A part that does not answer within this is not ready. */
const MILLISECONDS = 2000;

@Controller('health')
export class HealthController {
  constructor(
    @Inject(GATEWAY) private readonly gateway: Gateway,
    @Inject(ServiceClient) private readonly client: ServiceClient,
  ) {}

  /** 503 with what is missing, as long as anything is. */
  @Get('ready')
  async ready(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { database, province, workflows, serviceOf } = this.gateway;
    const asked: Record<string, Promise<unknown>> = {
      database: database.ping(),
      log: province.log.generation(),
    };
    for (const domain of workflows.domains()) {
      const base = serviceOf(domain);
      if (base !== undefined) asked[domain] = this.reach(base);
    }
    const checks = Object.fromEntries(
      await Promise.all(
        Object.entries(asked).map(async ([name, answer]) => [name, (await answers(answer)) ? 'ready' : 'silent']),
      ),
    ) as Record<string, 'ready' | 'silent'>;
    const silent = Object.keys(checks).filter((name) => checks[name] === 'silent');
    if (silent.length === 0) return void reply.send({ status: 'ready', checks });
    // Answered, not thrown: nobody was refused anything, so the audit has nothing to say.
    const refusal = new Refusal('unavailable', '尚未就绪', { retryAfter: 5, checks }, 'Not ready yet');
    void sendProblem(reply, refusal, request.headers['accept-language']);
  }

  /** Any answer will do. */
  private async reach(base: string): Promise<void> {
    const signal = AbortSignal.timeout(MILLISECONDS);
    (await this.client.send({ base, method: 'GET', path: '/health/live', headers: {}, signal })).resume();
  }
}
const answers = async (answer: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), MILLISECONDS);
  });
  const came = answer.then(
    () => true,
    () => false,
  );
  return Promise.race([came, late]).finally(() => clearTimeout(timer));
};
