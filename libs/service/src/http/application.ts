import 'reflect-metadata';
import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { FastifyServerOptions } from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LogStrategy } from '@chuanyu/event-log';
import { problem, Refusal } from '@chuanyu/contracts';
import { readJson } from './json-body';
import { HEALTH, HealthController, type Health } from '../operations/health-controller';
import type { Traffic } from '../operations/traffic';
import { ProblemFilter, sendProblem, type ProblemFilterOptions } from './problem-filter';

@Module({})
class ServiceModule {}

export interface HttpApplicationOptions extends ProblemFilterOptions {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  /** Serves handlers of `@EventPattern` from the log. */
  readonly strategy?: LogStrategy;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly bodyLimit?: number;
  readonly health: Health;
  /** What watches over its requests. */
  readonly traffic?: Traffic;
  /** Whatever else must be set up on the application before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => void;
}

/** What Fastify refuses before any route is looked for: an address that cannot be decoded. */
const frameworkErrors: NonNullable<FastifyServerOptions['frameworkErrors']> = (_error, request, reply) => {
  void sendProblem(reply, new Refusal('bad-request', '地址无法识别'), request.headers['accept-language']);
};

/** What Node refuses before there is a request: heads that are too long or no HTTP at all. */
const clientErrorHandler: NonNullable<FastifyServerOptions['clientErrorHandler']> = (error, socket) => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const long = error.code === 'HPE_HEADER_OVERFLOW';
  const refusal = new Refusal('bad-request', long ? '地址或请求头过长' : '不是完整的 HTTP 请求');
  const body = JSON.stringify(problem(refusal));
  socket.end(
    [
      'HTTP/1.1 400 Bad Request',
      'Content-Type: application/problem+json; charset=utf-8',
      'Content-Language: zh-CN',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};

/** JSON and nothing else: neither forms nor plain text, which Nest and Fastify would take by themselves. */
const takeOnlyJson = (app: NestFastifyApplication, bodyLimit: number): void => {
  app.useBodyParser('application/json', { bodyLimit }, (_request, bytes, done) => {
    try {
      done(null, readJson(bytes));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
  app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
};

/** A Nest application over Fastify with the platform's manners: problem+json, bounded bodies, no prototype keys. */
export const startHttpApplication = async (options: HttpApplicationOptions): Promise<NestFastifyApplication> => {
  const root: DynamicModule = {
    module: ServiceModule,
    controllers: [HealthController, ...options.controllers],
    providers: [{ provide: HEALTH, useValue: options.health }, ...options.providers],
  };
  const bodyLimit = options.bodyLimit ?? 1024 * 1024;
  const adapter = new FastifyAdapter({
    bodyLimit,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // What was asked while it ends is answered all the same.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors,
    clientErrorHandler,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(options));
  // Listeners are made as they are connected: a filter that is added to them afterwards would never be asked.
  if (options.strategy) app.connectMicroservice({ strategy: options.strategy }, { inheritAppConfig: true });
  takeOnlyJson(app, bodyLimit);
  options.traffic?.observe(app.getHttpAdapter().getInstance());
  options.prepare?.(app);
  await app.startAllMicroservices();
  await app.listen(options.port, options.host);
  return app;
};

/** Takes nothing new, answers what was asked, and lets what came from the log end. */
export const endHttpApplication = async (app: NestFastifyApplication, traffic: Traffic): Promise<void> => {
  await traffic.end(app.getHttpServer());
  await app.close();
};

/** Where it listens, e.g. `http://127.0.0.1:4101`. */
export const addressOf = async (app: NestFastifyApplication): Promise<string> =>
  (await app.getUrl()).replace('[::1]', '127.0.0.1');
