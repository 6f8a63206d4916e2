import { Controller, Get, Headers, Inject, Param, Req, Res, type Type } from '@nestjs/common';
import { Refusal } from '@chuanyu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentDesk } from '../desk/document-desk';
import type { At } from '../desk/ground';
import { Door } from './door';
import { purposeOf } from './request';

/** What can be printed of one domain's cases: `…/documents/certificate.pdf`, and the same as `.json`. */
export const documentControllerOf = (domain: string): Type => {
  @Controller(`api/${domain}/:workflow/:case/documents`)
  class DocumentController {
    constructor(
      @Inject(Door) private readonly door: Door,
      @Inject(DocumentDesk) private readonly desk: DocumentDesk,
    ) {}

    @Get(':file')
    async file(
      @Req() request: FastifyRequest,
      @Param() { workflow = '', case: id = '', file = '' }: Record<string, string>,
      @Headers('purpose') purpose: string | undefined,
      @Res() reply: FastifyReply,
    ): Promise<void> {
      const at: At = { officer: await this.door.enter(request), workflow, case: id };
      const { 1: name = '', 2: format } = /^([a-z][a-z-]{0,63})\.(pdf|json)$/.exec(file) ?? [];
      if (format === 'json') return void reply.send(await this.desk.json(at, name, purposeOf(purpose)));
      if (format !== 'pdf')
        throw new Refusal('not-found', '没有这种文书', { possible: ['<文书>.pdf', '<文书>.json'] }, 'No such document');
      const { file: bytes, title } = await this.desk.pdf(at, name, purposeOf(purpose));
      void reply
        .header('Content-Type', 'application/pdf')
        .header(
          'Content-Disposition',
          `inline; filename="${name}.pdf"; filename*=UTF-8''${encodeURIComponent(title)}.pdf`,
        )
        .send(bytes);
    }
  }
  return DocumentController;
};
