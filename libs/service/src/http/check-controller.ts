import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { CheckDesk, type CheckAnswer } from '../desk/check-desk';
import { readBody, readText } from './request';

/** For the province's gateway, which asks on behalf of anybody: needs no token, and reveals nothing without number and code. */
@Controller('internal/check')
export class CheckController {
  constructor(@Inject(CheckDesk) private readonly desk: CheckDesk) {}

  @Post()
  @HttpCode(200)
  async check(@Body() body: unknown): Promise<{ readonly found: CheckAnswer | null }> {
    const read = readBody(body, { number: 'required', code: 'required' });
    return {
      found:
        (await this.desk.check({ number: readText(read, 'number', 60), code: readText(read, 'code', 40) })) ?? null,
    };
  }
}
