import { Controller, Get, Headers, Inject, Req, Res } from '@nestjs/common';
import { Refusal, type Fault } from '@chuanyu/contracts';
import { refusalOf, readQuery } from '@chuanyu/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY, type Gateway } from '../config';
import { clientAddress } from '../http/client-address';
import { CheckDesk } from './check-desk';
import { checkPage, checkPagePolicy, type Shown } from './check-page';

export const CHECK = 'public/check';

/** Whoever holds a paper may ask whether it is valid, with nothing but what stands on it: JSON, or a page for people. */
@Controller(CHECK)
export class CheckController {
  constructor(
    @Inject(GATEWAY) private readonly gateway: Gateway,
    @Inject(CheckDesk) private readonly desk: CheckDesk,
  ) {}

  @Get()
  async check(
    @Req() request: FastifyRequest,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('Vary', 'Accept');
    if (!/\btext\/html\b/i.test(accept ?? '')) {
      const asked = askedBy(request);
      if (!asked) throw missing(['number', 'code']);
      return void reply.send(await this.desk.check(asked, this.addressOf(request)));
    }
    const { shown, refusal } = await this.shownTo(request);
    if (refusal?.more.retryAfter !== undefined) void reply.header('Retry-After', String(refusal.more.retryAfter));
    const { province } = this.gateway;
    const name = province.directory.province(province.id)?.name ?? province.id;
    void reply
      .code(refusal?.status ?? 200)
      .header('Content-Type', 'text/html; charset=utf-8')
      .header('Content-Language', 'zh-CN')
      .header('Content-Security-Policy', checkPagePolicy)
      .send(checkPage(name, shown, new URL(request.url, 'http://gateway').searchParams.get('number') ?? ''));
  }

  /** A refusal is shown on the page, with its status. */
  private async shownTo(request: FastifyRequest): Promise<{ shown: Shown; refusal?: Refusal }> {
    try {
      const asked = askedBy(request);
      return { shown: asked && { result: await this.desk.check(asked, this.addressOf(request)) } };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === 'internal') throw error;
      const faults = refusal.more.errors?.map(({ detail }) => detail).join('；');
      return { shown: { problem: faults ?? refusal.detail }, refusal };
    }
  }
  private addressOf(request: FastifyRequest): string {
    return clientAddress(request, this.gateway.addressHeader);
  }
}

/** Undefined where nothing is asked yet. */
const askedBy = (request: FastifyRequest): { readonly number: string; readonly code: string } | undefined => {
  const { number = '', code = '' } = readQuery(request.url, ['number', 'code']);
  if (number === '' && code === '') return undefined;
  if (number === '' || code === '') throw missing(number === '' ? ['number'] : ['code']);
  if (number.length > 60) throw tooLong('number', '编号不超过 60 个字');
  if (code.length > 40) throw tooLong('code', '查验码为十三位字母和数字');
  return { number, code };
};
const titles = { number: '编号', code: '查验码' } as const;
const missing = (names: readonly (keyof typeof titles)[]): Refusal =>
  wrong(names.map((name) => ({ pointer: `/${name}`, rule: 'required', detail: `请填写${titles[name]}` })));
const tooLong = (name: string, detail: string): Refusal => wrong([{ pointer: `/${name}`, rule: 'length', detail }]);
const wrong = (errors: readonly Fault[]): Refusal => new Refusal('bad-request', '查询参数有误', { errors });
