import { Controller, Inject, type Type } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { topics, type CaseRow, type Message } from '@chuanyu/contracts';
import { Poison } from '@chuanyu/event-log';
import type { RestatedMessage } from '@chuanyu/service';
import { RowBook } from './row-book';

/** What the gateway hears of one domain on its province's log. */
export const rowControllerOf = (domain: string): Type => {
  @Controller()
  class RowController {
    constructor(@Inject(RowBook) private readonly book: RowBook) {}

    @EventPattern<string>(topics.events(domain))
    async event(@Payload() message: Message | RestatedMessage): Promise<void> {
      if (message.kind === 'restated')
        return this.book.generations.heard(message.mark, message.domain, message.partition);
      if (message.kind !== 'row') return;
      if (!isRow(message.row)) throw new Poison('a row without id, revision or unit');
      await this.book.note(message.row);
    }
  }
  return RowController;
};

const isRow = (row: Partial<CaseRow> | undefined): boolean =>
  typeof row?.id === 'string' && Number.isSafeInteger(row.revision) && typeof row.unit === 'string';
