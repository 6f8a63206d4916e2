import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

export interface EventStreamOptions {
  readonly heartbeatMilliseconds: number;
  /** Bytes that may wait for the reader. */
  readonly bytes: number;
  /** Once, however it ends. */
  readonly onEnd: () => void;
}

/** Server-sent events to one reader. A reader that does not keep up is dropped: it may come back and say what it has seen last. */
export class EventStream {
  private readonly raw: ServerResponse;
  private readonly heartbeat: NodeJS.Timeout;
  private lagged = false;
  private ended = false;

  constructor(
    reply: FastifyReply,
    private readonly options: EventStreamOptions,
  ) {
    void reply.hijack();
    this.raw = reply.raw;
    this.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    this.raw.on('close', () => this.end());
    this.raw.on('error', () => this.end());
    this.heartbeat = setInterval(() => this.beat(), options.heartbeatMilliseconds).unref();
    this.write(': 连接已建立\n\n');
  }

  get isOpen(): boolean {
    return !this.ended;
  }
  send({ event, id, data }: { readonly event?: string; readonly id?: string; readonly data: unknown }): void {
    const lines = [...(id === undefined ? [] : [`id: ${id}`]), ...(event === undefined ? [] : [`event: ${event}`])];
    this.write([...lines, `data: ${JSON.stringify(data)}`, '', ''].join('\n'));
  }
  /** Resolves when what was sent is on its way, or it has ended: for those who send as fast as it is read. */
  async drained(): Promise<void> {
    if (this.ended || !this.raw.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.raw.off('drain', go).off('close', go);
        resolve();
      };
      this.raw.on('drain', go).on('close', go);
    });
  }
  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.heartbeat);
    this.raw.end();
    this.options.onEnd();
  }

  private beat(): void {
    // Full since the last beat: nobody reads.
    if (this.lagged && this.raw.writableNeedDrain) return this.drop();
    this.lagged = this.raw.writableNeedDrain;
    this.write(': 心跳\n\n');
  }
  private write(text: string): void {
    if (this.ended) return;
    this.raw.write(text);
    if (this.raw.writableLength > this.options.bytes) this.drop();
  }
  private drop(): void {
    this.raw.destroy();
    this.end();
  }
}
