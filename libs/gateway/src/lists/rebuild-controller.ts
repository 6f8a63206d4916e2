import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { AuditLog, OPERATOR, type Officer } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import { Door, readBody, readQuery } from '@chuanyu/service';
import type { FastifyRequest } from 'fastify';
import { GATEWAY, type Gateway } from '../config';
import { Forwarder } from '../forward/forwarder';
import { RowBook } from './row-book';

export interface Rebuilding {
  readonly generation: number;
  /** Domains that have not said all yet; null where nothing is under way. */
  readonly waitingFor: readonly string[] | null;
}

/** The operator's: the lists from zero, while they are in use. */
@Controller('api/lists/rebuild')
export class RebuildController {
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(GATEWAY) private readonly gateway: Gateway,
    @Inject(RowBook) private readonly book: RowBook,
    @Inject(Forwarder) private readonly forwarder: Forwarder,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Post()
  @HttpCode(202)
  async rebuild(@Req() request: FastifyRequest, @Body() body: unknown): Promise<Rebuilding> {
    const officer = await this.operator(request);
    readBody(body, {});
    const domains = await this.domainsHeld();
    if (domains.length === 0) return this.standing();
    for (const domain of domains) this.forwarder.serviceOf(domain);
    const mark = randomUUID();
    const { generations } = this.book;
    await generations.begin(mark, domains);
    try {
      for (const domain of domains) await this.forwarder.post(domain, `/api/${domain}/restate`, { mark }, request);
    } catch (error) {
      await generations.abandon(mark);
      throw error;
    }
    await this.audit.append({ who: officer.id, unit: officer.unit, act: 'rebuild-lists', outcome: 'done' });
    return this.standing();
  }

  @Get()
  async under(@Req() request: FastifyRequest): Promise<Rebuilding> {
    await this.operator(request);
    readQuery(request.url, []);
    return this.standing();
  }

  private async operator(request: FastifyRequest): Promise<Officer> {
    const officer = await this.door.enter(request);
    if (!officer.roles.includes(OPERATOR)) throw new Refusal('not-allowed', '由运维人员办理', {}, 'Operators only');
    return officer;
  }
  /** Domains that are run here, and those of which the lists hold a case: without their service it would be lost. */
  private async domainsHeld(): Promise<readonly string[]> {
    const { workflows, serviceOf } = this.gateway;
    const held = await this.book.rows.tally(['row.workflow']);
    const listed = held.map(({ values }) => String(values[0]).split('.')[0]);
    return workflows.domains().filter((domain) => serviceOf(domain) !== undefined || listed.includes(domain));
  }
  private standing(): Rebuilding {
    const { current, building } = this.book.generations.standing;
    return { generation: current, waitingFor: building ? Object.keys(building.waiting) : null };
  }
}
