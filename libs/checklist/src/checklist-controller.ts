import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type Message } from '@chuanyu/contracts';
import { Poison } from '@chuanyu/event-log';
import { Door, readBody } from '@chuanyu/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChecklistBook, isStatement } from './book';
import { BulletinDesk, readIssue, type PreparedBulletin } from './bulletin-desk';
import { ChecklistDesk, type ChecklistPage } from './desk';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The checklist's routes, and what keeps it up to date. */
@Controller('api/coordination')
export class ChecklistController {
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(ChecklistDesk) private readonly desk: ChecklistDesk,
    @Inject(BulletinDesk) private readonly bulletins: BulletinDesk,
    @Inject(ChecklistBook) private readonly book: ChecklistBook,
  ) {}

  @Get('checklist')
  async page(@Req() request: FastifyRequest): Promise<ChecklistPage> {
    return this.desk.page(await this.door.enter(request), request.raw.url ?? '');
  }
  @Get('checklist/spreadsheet')
  async sheet(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const bytes = await this.desk.sheet(await this.door.enter(request), request.raw.url ?? '');
    void reply.header('Content-Type', XLSX).header('Content-Disposition', 'attachment; filename="checklist.xlsx"');
    return bytes;
  }
  /** Makes the files of a bulletin, and answers the form with which it is opened as a case. */
  @Post('checklist/bulletin')
  @HttpCode(200)
  async bulletin(@Req() request: FastifyRequest, @Body() body: unknown): Promise<PreparedBulletin> {
    const officer = await this.door.enter(request);
    return this.bulletins.prepare(officer, readIssue(readBody(body, { issue: 'optional' })['issue']));
  }
  @Get('clauses')
  async clauses(@Req() request: FastifyRequest): Promise<object> {
    return this.desk.clauses(await this.door.enter(request));
  }
  @Post('checklist/rebuild')
  @HttpCode(200)
  async rebuild(@Req() request: FastifyRequest, @Body() body: unknown): Promise<object> {
    const officer = await this.door.enter(request);
    readBody(body, {});
    return this.desk.rebuild(officer);
  }

  /** With every save of a case its row is said: the sign to look at it. */
  @EventPattern<string>(topics.events('coordination'))
  async row(@Payload() message: Message): Promise<void> {
    if (message.kind === 'row') await this.book.look(message.case);
  }
  @EventPattern<string>(topics.counts)
  async counts(@Payload() statement: unknown): Promise<void> {
    if (!isStatement(statement)) throw new Poison('not a statement of counts');
    await this.book.hear(statement);
  }
}
