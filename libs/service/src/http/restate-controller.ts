import { Body, Controller, HttpCode, Inject, Post, Req, type Type } from '@nestjs/common';
import { OPERATOR } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import type { FastifyRequest } from 'fastify';
import { CaseRestater } from '../cases/restate';
import { Door } from './door';
import { readBody, readText } from './request';

/** For the operator alone: says the row of every case again (`cases/restate.ts`). Answers when it has begun. */
export const restateControllerOf = (domain: string): Type => {
  @Controller(`api/${domain}/restate`)
  class RestateController {
    constructor(
      @Inject(Door) private readonly door: Door,
      @Inject(CaseRestater) private readonly restater: CaseRestater,
    ) {}

    @Post()
    @HttpCode(202)
    async restate(@Req() request: FastifyRequest, @Body() body: unknown): Promise<{ readonly mark: string }> {
      const officer = await this.door.enter(request);
      if (!officer.roles.includes(OPERATOR)) throw new Refusal('not-allowed', '由运维人员办理', {}, 'Operators only');
      const mark = readText(readBody(body, { mark: 'required' }), 'mark', 36);
      this.restater.begin(mark);
      return { mark };
    }
  }
  return RestateController;
};
