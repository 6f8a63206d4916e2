import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { addressOf, startHttpApplication } from '../http/application';
import type { Meters } from './meters';
import type { Operations, OperatorsAddress } from './operations';

const METERS = Symbol('meters');

@Controller('metrics')
class MetricsController {
  constructor(@Inject(METERS) private readonly meters: Meters) {}
  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  page(): Promise<string> {
    return this.meters.page();
  }
}

/** The operators' own door: `/metrics`, and health with all its parts. Open until the service's end is over, so that it can be watched. */
export class OperatorsDoor {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}
  static async open(operations: Operations, { host, port }: OperatorsAddress): Promise<OperatorsDoor> {
    const app = await startHttpApplication({
      controllers: [MetricsController],
      providers: [{ provide: METERS, useValue: operations.meters }],
      host,
      port,
      health: { readiness: operations.readiness, names: true },
      onInternal: (error) => operations.journal.error({ error: error instanceof Error ? error.message : 'unknown' }),
    });
    return new OperatorsDoor(app, await addressOf(app));
  }
  async close(): Promise<void> {
    this.app.getHttpServer().closeAllConnections();
    await this.app.close();
  }
}
