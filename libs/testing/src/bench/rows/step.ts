import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { Child } from '../processes/child';
import type { ServiceReady } from '../processes/service';
import { compare, inWords, type Measured } from '../rounds';
import type { Line, Row } from '../row';

const AIM = 0.7;
/** Officers who wait for an answer at the same time. */
const CONNECTIONS = 16;
const form = { result: '属实', familyWilling: true, housing: '租住', needs: ['就业'], notes: '走访其母，邻里评价良好' };

/** 张敏 verifies, case after case, at her domain's service; beside a route that does nothing but validate and insert. */
export const step: Row = {
  name: 'step',
  title: 'a step over HTTP at the domain’s service',
  reference: 'a bare NestJS + Fastify + class-validator route with one insert in the same store',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    const service = await Child.start<ServiceReady>('service', ground);
    const route = await Child.start<string>('route', { file: join(ground.folder, 'bare.db') });
    const [requests, sizes] = ground.quick ? [20, [80, 160]] : [250, [3000, 6000, 12_000]];
    const waiting: string[] = [];
    const lines: Line[] = [];
    let filled = 0;
    for (const size of sizes) {
      waiting.push(...(await service.ask<readonly string[]>('fill', size - filled)));
      filled = size;
      await service.ask('settle');
      const { ours, reference, ratio, cpu } = await compare(ground.rounds, {
        reference: () =>
          load(route, route.ready, requests, () => ({ path: '/verify', body: JSON.stringify(form), headers: {} })),
        ours: async () => {
          const cases = waiting.splice(0, requests);
          const measured = await load(service, service.ready.url, cases.length, () => ({
            path: `/api/prison/release-handover/${cases.pop() ?? ''}/verify`,
            body: JSON.stringify({ form }),
            headers: { authorization: `Bearer ${service.ready.token}`, 'idempotency-key': randomUUID() },
          }));
          await service.ask('settle');
          return measured;
        },
      });
      lines.push({
        of: `${CONNECTIONS} at a time`,
        size: `${inWords(size)} cases in the store`,
        ours,
        reference,
        ratio,
        aim: `≥ ${AIM}`,
        met: ratio.median >= AIM,
        cpu,
        memory: (await service.usage()).peak,
      });
      say(`step: ${inWords(size)} cases: ${ratio.median.toFixed(2)}`);
    }
    await service.stop();
    await route.stop();
    return lines;
  },
};

interface Sent {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
/** So many requests, by a generator in this process; the processor time is that of the server. */
async function load(server: Child<unknown>, url: string, amount: number, next: () => Sent): Promise<Measured> {
  const before = (await server.usage()).cpu;
  const options: autocannon.Options = {
    url,
    amount,
    connections: Math.min(CONNECTIONS, amount),
    method: 'POST',
    requests: [
      {
        method: 'POST',
        setupRequest: (request) => {
          const { path, body, headers } = next();
          return { ...request, path, body, headers: { 'content-type': 'application/json', ...headers } };
        },
      },
    ],
  };
  const began = performance.now();
  // It notices that all are answered once a second only.
  let last = began;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const told = (error: unknown, found: autocannon.Result) =>
      error instanceof Error ? reject(error) : resolve(found);
    autocannon(options, told).on('response', () => (last = performance.now()));
  });
  const seconds = (last - began) / 1000;
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} of ${amount} were refused, ${result.errors} got no answer`);
  return { rate: amount / seconds, cpu: ((await server.usage()).cpu - before) / amount };
}
