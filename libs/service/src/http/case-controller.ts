import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  type Type,
} from '@nestjs/common';
import { Refusal, type Secrecy } from '@chuanyu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaseDesk, type Answer, type Asked } from '../desk/desk';
import { EverydayDesk } from '../desk/everyday-desk';
import type { At } from '../desk/ground';
import type { CasePage } from '../desk/case-page';
import { Door } from './door';
import { fingerprintOf, idempotencyKey, ifMatch, purposeOf, readBody, readText, readTexts } from './request';

type Headers_ = Readonly<Record<string, unknown>>;
const overridesOf = (value: unknown): Asked['overrides'] => {
  if (value === undefined) return [];
  const isOverride = (each: unknown): each is { advice: string; reason: string } =>
    typeof each === 'object' &&
    each !== null &&
    'advice' in each &&
    typeof each.advice === 'string' &&
    'reason' in each &&
    typeof each.reason === 'string' &&
    [...each.reason].length <= 500;
  if (!Array.isArray(value) || value.length > 20 || !value.every(isOverride)) {
    throw new Refusal('bad-request', '请求内容有误', {
      errors: [{ pointer: '/overrides', rule: 'overrides', detail: '应为 [{"advice": 提示原文, "reason": 理由}]' }],
    });
  }
  return value.map(({ advice, reason }) => ({ advice, reason }));
};
/** 密级: a state secret must not come here at all. */
const secrecyOf = (value: unknown): Secrecy => {
  if (value === undefined || value === 'none') return 'none';
  if (value === 'work') return 'work';
  throw new Refusal(
    'bad-request',
    '本平台只受理不涉密和工作秘密事项；国家秘密（秘密、机密、绝密）不得在此填报',
    { errors: [{ pointer: '/secrecy', rule: 'secrecy', detail: '可选：none（不涉密）、work（工作秘密）' }] },
    'Only what is not secret or a work secret is taken; state secrets must not be entered here',
  );
};
const addresseeOf = (value: unknown): { province: string; unit: string } | undefined => {
  if (value === undefined || value === null) return undefined;
  if (
    typeof value === 'object' &&
    'province' in value &&
    typeof value.province === 'string' &&
    'unit' in value &&
    typeof value.unit === 'string' &&
    Object.keys(value).length === 2
  ) {
    return { province: value.province, unit: value.unit };
  }
  throw new Refusal('bad-request', '请求内容有误', {
    errors: [{ pointer: '/to', rule: 'addressee', detail: '应为 {"province": …, "unit": …}' }],
  });
};

/** The routes of one domain's cases: thin; what may be done, and whether, is the desk's and the engine's. */
export const caseControllerOf = (domain: string): Type => {
  @Controller(`api/${domain}`)
  class CaseController {
    constructor(
      @Inject(Door) private readonly door: Door,
      @Inject(CaseDesk) private readonly desk: CaseDesk,
      @Inject(EverydayDesk) private readonly everyday: EverydayDesk,
    ) {}

    @Post(':workflow')
    async open(
      @Req() request: FastifyRequest,
      @Param('workflow') workflow: string,
      @Headers() headers: Headers_,
      @Body() body: unknown,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CasePage> {
      const officer = await this.door.enter(request);
      const read = readBody(body, {
        to: 'optional',
        form: 'optional',
        overrides: 'optional',
        under: 'optional',
        secrecy: 'optional',
      });
      const key = idempotencyKey(headers['idempotency-key']);
      const to = addresseeOf(read['to']);
      const under = read['under'] === undefined ? undefined : readText(read, 'under', 36);
      const asked = {
        key,
        fingerprint: fingerprintOf('open', workflow, body),
        form: read['form'],
        overrides: overridesOf(read['overrides']),
      };
      return answer(
        reply,
        await this.desk.open(officer, workflow, {
          ...asked,
          ...(to ? { to } : {}),
          ...(under === undefined ? {} : { under }),
          secrecy: secrecyOf(read['secrecy']),
        }),
        201,
      );
    }

    @Get(':workflow/:case')
    async page(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Headers() headers: Headers_,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CasePage> {
      const page = await this.desk.read(await this.at(request, at), purposeOf(headers['purpose']));
      void reply.header('ETag', `"${page.version}"`);
      return page;
    }

    @Get(':workflow/:case/export')
    async export(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<string> {
      const lines = await this.desk.export(await this.at(request, at));
      void reply.header('Content-Type', 'application/jsonl; charset=utf-8');
      return lines;
    }

    @Get(':workflow/:case/audit')
    async audit(@Req() request: FastifyRequest, @Param() at: Record<string, string>): Promise<object> {
      return { rows: await this.desk.audit(await this.at(request, at)) };
    }

    @Get(':workflow/:case/members')
    async members(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Query('took') took: unknown,
    ): Promise<object> {
      const where = await this.at(request, at);
      if (took !== undefined && (typeof took !== 'string' || !/^[a-z-]{1,64}$/.test(took)))
        throw new Refusal('bad-request', '请求内容有误', {
          errors: [{ pointer: '/took', rule: 'step', detail: '应为操作的代码，如 recognise' }],
        });
      return { members: await this.desk.members(where, took) };
    }

    @Post(':workflow/:case/take-in')
    @HttpCode(200)
    async takeIn(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Body() body: unknown,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      readBody(body, {});
      return this.everyday.takeIn(where);
    }
    @Post(':workflow/:case/assign')
    @HttpCode(200)
    async assign(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Body() body: unknown,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      const read = readBody(body, { officer: 'required', deputies: 'optional' });
      return this.everyday.assign(where, readText(read, 'officer', 64), readTexts(read, 'deputies', 5));
    }
    @Post(':workflow/:case/circulate')
    @HttpCode(200)
    async circulate(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Body() body: unknown,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      return this.everyday.circulate(where, readTexts(readBody(body, { officers: 'required' }), 'officers'));
    }
    @Post(':workflow/:case/seal')
    @HttpCode(200)
    async seal(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Body() body: unknown,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      const { sealed } = readBody(body, { sealed: 'required' });
      if (typeof sealed !== 'boolean')
        throw new Refusal('bad-request', '请求内容有误', {
          errors: [{ pointer: '/sealed', rule: 'boolean', detail: '应为 true 或 false' }],
        });
      return this.everyday.seal(where, sealed);
    }
    @Post(':workflow/:case/urge')
    @HttpCode(200)
    async urge(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Headers() headers: Headers_,
      @Body() body: unknown,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      return this.everyday.urge(
        where,
        readText(readBody(body, { note: 'required' }), 'note', 200),
        idempotencyKey(headers['idempotency-key']),
      );
    }
    @Post(':workflow/:case/drafts/:draft/sign')
    @HttpCode(200)
    async sign(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Body() body: unknown,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      readBody(body, {});
      return answer(reply, await this.desk.sign(where, at['draft'] ?? ''), 200);
    }
    @Post(':workflow/:case/drafts/:draft/return')
    @HttpCode(200)
    async return(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Body() body: unknown,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      return this.desk.return(where, at['draft'] ?? '', readText(readBody(body, { reason: 'required' }), 'reason'));
    }

    /** Every other step, of the workflow or everyday, takes the same way. */
    @Post(':workflow/:case/:step')
    async step(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Headers() headers: Headers_,
      @Body() body: unknown,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<CasePage> {
      const where = await this.at(request, at);
      const read = readBody(body, { form: 'optional', overrides: 'optional' });
      const step = at['step'] ?? '';
      const asked: Asked = {
        key: idempotencyKey(headers['idempotency-key']),
        fingerprint: fingerprintOf(where.case, step, body ?? null),
        form: read['form'],
        overrides: overridesOf(read['overrides']),
        version: ifMatch(headers['if-match']),
      };
      return answer(reply, await this.desk.step(where, step, asked), 200);
    }

    private async at(request: FastifyRequest, { workflow = '', case: id = '' }: Record<string, string>): Promise<At> {
      return { officer: await this.door.enter(request), workflow, case: id };
    }
  }
  return CaseController;
};

/** 202 where it became an ask or awaits a signature. */
const answer = (reply: FastifyReply, { taken, page }: Answer, done: 200 | 201): CasePage => {
  void reply
    .code(taken.as === 'step' ? done : 202)
    .header('ETag', `"${page.version}"`)
    .header('Taken-As', `${taken.as} ${taken.what}`);
  return page;
};
