import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Req, Res, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '@chuanyu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RegisterDesk, type RecordView } from '../registers/register-desk';
import { Door } from './door';
import { readQuery } from './query';
import { ifMatch, readBody } from './request';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const CSV = 'text/csv';
/** A file comes as it is, not wrapped in JSON. */
export const takeSheets = (app: NestFastifyApplication): void => {
  for (const type of [XLSX, CSV]) app.useBodyParser(type, {}, (_request, bytes, done) => done(null, bytes));
};
const formatOf = (type: unknown): 'xlsx' | 'csv' => {
  const media = typeof type === 'string' ? type.split(';')[0]?.trim().toLowerCase() : undefined;
  if (media === XLSX) return 'xlsx';
  if (media === CSV) return 'csv';
  throw new Refusal('unsupported-media-type', `请以 ${XLSX}（.xlsx）或者 ${CSV} 提交文件`, {}, 'Send .xlsx or CSV');
};
const mustMatch = (headers: Readonly<Record<string, unknown>>): string => {
  const version = ifMatch(headers['if-match']);
  if (version !== undefined) return version;
  const errors = [{ pointer: '', rule: 'if-match', detail: 'If-Match: "<所见记录的 version>"' }];
  throw new Refusal('bad-request', '须带 If-Match 请求头，写明所见记录的版本', { errors }, 'If-Match is needed');
};

/** The pages of one domain's registers; who may do what is the desk's. */
export const registerControllerOf = (domain: string): Type => {
  @Controller(`api/${domain}/registers`)
  class RegisterController {
    constructor(
      @Inject(Door) private readonly door: Door,
      @Inject(RegisterDesk) private readonly desk: RegisterDesk,
    ) {}

    @Get()
    async overview(@Req() request: FastifyRequest): Promise<object> {
      return { items: await this.desk.overview(await this.door.enter(request)) };
    }
    @Get(':register')
    async list(@Req() request: FastifyRequest, @Param('register') register: string): Promise<object> {
      const officer = await this.door.enter(request);
      const { limit = '20', ...rest } = readQuery(request.url, ['q', 'unit', 'limit', 'after']);
      if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > 100)
        throw new Refusal('bad-request', '查询参数有误', {
          errors: [{ pointer: '/limit', rule: 'limit', detail: '应为 1 至 100 的整数' }],
        });
      return this.desk.list(officer, register, { ...rest, limit: Number(limit) });
    }
    @Get(':register/template')
    async template(
      @Req() request: FastifyRequest,
      @Param('register') register: string,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<Buffer> {
      const { title, bytes } = await this.desk.template(await this.door.enter(request), register);
      const name = encodeURIComponent(`${title}.xlsx`);
      void reply.header('Content-Type', XLSX);
      void reply.header('Content-Disposition', `attachment; filename="${register}.xlsx"; filename*=UTF-8''${name}`);
      return bytes;
    }
    @Get(':register/:record')
    async read(
      @Req() request: FastifyRequest,
      @Param() { register = '', record = '' }: Record<string, string>,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<RecordView> {
      return answer(reply, await this.desk.read(await this.door.enter(request), register, record));
    }

    @Post(':register')
    async add(
      @Req() request: FastifyRequest,
      @Param('register') register: string,
      @Body() body: unknown,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<RecordView> {
      const officer = await this.door.enter(request);
      const { record } = readBody(body, { record: 'required' });
      return answer(reply, await this.desk.add(officer, register, record));
    }
    @Post(':register/import')
    @HttpCode(200)
    async import(
      @Req() request: FastifyRequest,
      @Param('register') register: string,
      @Headers('content-type') type: unknown,
      @Body() body: unknown,
    ): Promise<object> {
      const officer = await this.door.enter(request);
      const format = formatOf(type);
      const dryRun = readQuery(request.url, ['dry-run'])['dry-run'] ?? 'false';
      if (dryRun !== 'true' && dryRun !== 'false')
        throw new Refusal('bad-request', '查询参数有误', {
          errors: [{ pointer: '/dry-run', rule: 'one-of', detail: '应为 true 或者 false' }],
        });
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      return this.desk.import(officer, register, { bytes, format, dryRun: dryRun === 'true' });
    }
    @Post(':register/:record')
    @HttpCode(200)
    async put(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Headers() headers: Readonly<Record<string, unknown>>,
      @Body() body: unknown,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<RecordView> {
      const officer = await this.door.enter(request);
      const { record } = readBody(body, { record: 'required' });
      const version = mustMatch(headers);
      return answer(reply, await this.desk.put(officer, at['register'] ?? '', at['record'] ?? '', version, record));
    }
    @Post(':register/:record/remove')
    @HttpCode(200)
    async remove(
      @Req() request: FastifyRequest,
      @Param() at: Record<string, string>,
      @Headers() headers: Readonly<Record<string, unknown>>,
      @Body() body: unknown,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<RecordView> {
      const officer = await this.door.enter(request);
      readBody(body, {});
      return answer(
        reply,
        await this.desk.remove(officer, at['register'] ?? '', at['record'] ?? '', mustMatch(headers)),
      );
    }
  }
  return RegisterController;
};

const answer = <T extends RecordView>(reply: FastifyReply, view: T): T => {
  void reply.header('ETag', `"${view.version}"`);
  return view;
};
