import { Controller, Inject, type Type } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { LogContext } from '@chuanyu/event-log';
import { topics, type Clause, type Message } from '@chuanyu/contracts';
import { KnownClauses } from './clause-book';
import { CaseReceiver } from './receive';

/** What a domain's service hears on its province's log. */
export const inboundControllerOf = (domain: string): Type => {
  @Controller()
  class InboundController {
    constructor(
      @Inject(CaseReceiver) private readonly receiver: CaseReceiver,
      @Inject(KnownClauses) private readonly clauses: KnownClauses,
    ) {}

    /** From the exchange: what the other side sent, and receipts. */
    @EventPattern<string>(topics.inbound(domain))
    async inbound(@Payload() message: Message, @Ctx() context: LogContext): Promise<void> {
      await this.receiver.receive(message, context.record);
    }
    /** From coordination: which clauses are live. */
    @EventPattern<string>(topics.clauses)
    async clause(@Payload() clause: Clause): Promise<void> {
      await this.clauses.note(clause);
    }
  }
  return InboundController;
};
