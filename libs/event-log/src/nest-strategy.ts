import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { BaseRpcContext, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import type { EventLog, LogRecord, RunningSubscription, Subscription } from './port';

export interface LogStrategyOptions {
  readonly log: Pick<EventLog, 'subscribe'>;
  readonly group: string;
  /** Where the group begins that has no committed offset: the beginning unless said. */
  readonly from?: 'beginning' | 'end';
  readonly limits?: Pick<Subscription, 'tries' | 'backoff' | 'handlerLimit' | 'parallel'>;
}

/** What a handler gets as `@Ctx()`. */
export class LogContext extends BaseRpcContext<[LogRecord]> {
  get record(): LogRecord {
    return this.args[0];
  }
}

/**
 * NestJS over an event log: `@EventPattern<string>('prison.inbound')` handles the records of that topic.
 * All patterns of the app are one subscription of its group. Bind `RethrowFilter`, or causes are lost.
 */
export class LogStrategy extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private running?: RunningSubscription;

  constructor(private readonly options: LogStrategyOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  async close(): Promise<void> {
    await this.running?.stop();
  }

  /** Resolves when every record appended before the call is handled. */
  async drained(): Promise<void> {
    await this.running?.drained();
  }

  on(): never {
    throw new Error('a log has no events to listen to');
  }

  unwrap(): never {
    throw new Error('a log has no server beneath it: hold on to the log itself');
  }

  private async start(): Promise<void> {
    const { log, group, from = 'beginning', limits } = this.options;
    const topics = [...this.messageHandlers.keys()];
    for (const topic of topics)
      if (!this.messageHandlers.get(topic)?.isEventHandler)
        throw new Error(`${topic}: a log carries events only, handle them with @EventPattern`);
    if (topics.length === 0) return;
    this.running = await log.subscribe({ group, topics, from, ...limits, handle: (record) => this.handle(record) });
  }

  private async handle(record: LogRecord): Promise<void> {
    const handler = this.messageHandlers.get(record.topic);
    if (!handler) throw new Error(`nobody handles ${record.topic}`);
    const answer: unknown = await handler(record.value, new LogContext([record]));
    if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
  }
}

/** Nest answers any error that is not its own with "Internal server error"; here the error itself must reach the log, which decides by it and records it. */
@Catch()
export class RethrowFilter implements RpcExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}
