import { Controller, Get } from '@nestjs/common';

/** The process answers. Whether it can do its work is another question (`/health/ready` of the gateway). */
@Controller('health')
export class LiveController {
  @Get('live')
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }
}
