import { Controller, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import { Door, readQuery } from '@chuanyu/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Changes } from './changes';

@Controller('api/changes')
export class ChangesController {
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(Changes) private readonly changes: Changes,
  ) {}

  @Get()
  async follow(
    @Req() request: FastifyRequest,
    @Headers('last-event-id') since: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { officer, expires } = await this.door.admit(request);
    readQuery(request.url, []);
    this.changes.follow(officer, expires, since, reply);
  }
}
