import { createHash, randomUUID } from 'node:crypto';
import type { Officer } from '@chuanyu/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { visitorOf } from '../http/door';
import { refusedAs } from '../http/problem-filter';
import type { Meters } from './meters';
import { inTrace, goOnIn, type Trace } from './trace';

export interface TrafficOptions {
  readonly meters: Meters;
  readonly journal: Logger;
  /** Believes the request id that it is given: only where nobody but the gateway asks. */
  readonly behindGateway: boolean;
  /** The step that is asked for, of a service that has any. */
  readonly stepOf?: StepOf;
}
export type StepOf = (
  request: FastifyRequest,
) => { readonly domain: string; readonly workflow: string; readonly step: string } | undefined;

/** What a service answers over HTTP: counted, timed, logged by a line each, and at the end brought to its end. */
export class Traffic {
  private readonly begun = new WeakMap<FastifyRequest, { readonly at: number; readonly trace: Trace }>();
  private inHand = 0;
  private ending = false;
  private quiet: () => void = () => undefined;
  constructor(private readonly options: TrafficOptions) {}

  observe(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      this.inHand += 1;
      const trace = goOnIn(request.headers['traceparent']);
      this.begun.set(request, { at: performance.now(), trace });
      request.id = this.idOf(request);
      reply.raw.once('close', () => this.leave());
      inTrace(trace, done);
    });
    // Begun again behind the body, which is read in nobody's name.
    server.addHook('preHandler', (request, _reply, done) => inTrace(this.traceOf(request), done));
    server.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.ending) void reply.header('Connection', 'close');
      done();
    });
    server.addHook('onResponse', (request, reply, done) => {
      this.note(request, reply);
      done();
    });
  }

  traceOf(request: FastifyRequest): Trace | undefined {
    return this.begun.get(request)?.trace;
  }

  /** Takes no connection any more; resolves when all that was asked is answered. */
  async end(server: FastifyInstance['server']): Promise<void> {
    this.ending = true;
    server.close();
    if (this.inHand > 0) await new Promise<void>((resolve) => (this.quiet = resolve));
    // Those on which nothing was asked.
    server.closeAllConnections();
  }

  private leave(): void {
    this.inHand -= 1;
    if (this.inHand === 0) this.quiet();
  }

  private idOf({ headers }: FastifyRequest): string {
    const given = headers['x-request-id'];
    return this.options.behindGateway && typeof given === 'string' && /^[0-9a-f-]{36}$/.test(given)
      ? given
      : randomUUID();
  }

  private note(request: FastifyRequest, reply: FastifyReply): void {
    const { meters, journal, stepOf } = this.options;
    const { at, trace } = this.begun.get(request) ?? { at: performance.now() };
    const milliseconds = performance.now() - at;
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    meters.requests.inc({ method, route, status: String(status) });
    meters.requestSeconds.observe({ method, route }, milliseconds / 1000);
    const step = stepOf?.(request);
    const code = refusedAs(reply);
    if (step) {
      const { domain, workflow } = step;
      meters.stepSeconds.observe({ ...step, outcome: outcomeOf(reply, code) }, milliseconds / 1000);
      if (code !== undefined) meters.refused.inc({ domain, workflow, code });
    }
    // Whoever looks every second whether all is well would fill the log with it.
    if (route.startsWith('/health/') && status < 400) return;
    const officer = visitorOf(request);
    // Neither the address (a search holds names) nor who it was by name: the route as it was declared, and ids.
    journal.info({
      request: request.id,
      ...trace,
      method,
      route,
      status,
      ...(step ? { workflow: step.workflow, step: step.step } : {}),
      ...(code === undefined ? {} : { code }),
      ...(officer ? { unit: officer.unit, officer: pseudonymOf(officer) } : {}),
      milliseconds: Math.round(milliseconds),
    });
  }
}

const outcomeOf = (reply: FastifyReply, code: string | undefined): string => {
  if (reply.statusCode >= 500) return 'failed';
  if (code !== undefined) return 'refused';
  const [as] = String(reply.getHeader('taken-as') ?? 'step').split(' ');
  return as ?? 'step';
};

/** An officer's id is often a name: one who knows it finds their lines (docs/operations.md), and a line names nobody. */
export const pseudonymOf = ({ id }: Pick<Officer, 'id'>): string =>
  createHash('sha256').update(id).digest('hex').slice(0, 12);
