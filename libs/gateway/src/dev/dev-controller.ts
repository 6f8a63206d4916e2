import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { Refusal } from '@chuanyu/contracts';
import { readBody, readText } from '@chuanyu/service';
import { GATEWAY, type Development, type Gateway } from '../config';
import { durationOf } from './duration';

/** Only where the process was started for development: without it, these routes do not exist. */
@Controller('dev')
export class DevController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Post('clock')
  @HttpCode(200)
  async clock(@Body() body: unknown): Promise<object> {
    const read = readBody(body, { advance: 'required', province: 'optional' });
    const milliseconds = durationOf(readText(read, 'advance', 32));
    if (milliseconds === undefined)
      throw new Refusal('bad-request', '请求内容有误', {
        errors: [
          {
            pointer: '/advance',
            rule: 'duration',
            detail: '应为 ISO 8601 时长，如 P3D、PT36H、P1DT12H、P2W，大于零，不超过十年；年、月长短不定，不能使用',
          },
        ],
      });
    if (read['province'] === undefined) return this.development.advance(milliseconds);
    const province = readText(read, 'province', 64);
    const known = [this.gateway.province.id, ...this.gateway.peers];
    if (!known.includes(province))
      throw new Refusal('bad-request', '请求内容有误', {
        errors: [{ pointer: '/province', rule: 'one-of', detail: `可用：${known.join('、')}` }],
      });
    return this.development.advance(milliseconds, province);
  }
  @Post('border/cut')
  @HttpCode(200)
  async cut(@Body() body: unknown): Promise<unknown> {
    readBody(body, {});
    await this.development.cut();
    return this.development.state();
  }
  @Post('border/heal')
  @HttpCode(200)
  async heal(@Body() body: unknown): Promise<unknown> {
    readBody(body, {});
    await this.development.heal();
    return this.development.state();
  }
  @Get('state')
  async state(): Promise<unknown> {
    return this.development.state();
  }

  private get development(): Development {
    const { development } = this.gateway;
    if (!development) throw new Refusal('not-found', '没有这个地址');
    return development;
  }
}
