import { Controller, Get, Inject } from '@nestjs/common';

/** What the exchange tells of itself: a function that gives it, under this name. */
export const EXCHANGE_STATE = Symbol('exchange state');

@Controller('health')
export class ExchangeController {
  constructor(@Inject(EXCHANGE_STATE) private readonly state: () => Promise<object>) {}
  /** What is held and what was not believed, for an operator; no content. */
  @Get('ready')
  async ready(): Promise<object> {
    return { ready: true, ...(await this.state()) };
  }
}
