import { Controller, Get, Inject } from '@nestjs/common';

/** What the exchange tells of itself: a function that gives it, under this name. */
export const EXCHANGE_STATE = Symbol('exchange state');

@Controller('internal/state')
export class ExchangeController {
  constructor(@Inject(EXCHANGE_STATE) private readonly state: () => Promise<object>) {}
  /** What is held and what was not believed, for an operator to look at; no content. It says nothing of whether the exchange can work. */
  @Get()
  async tell(): Promise<object> {
    return this.state();
  }
}
