import { randomUUID } from 'node:crypto';
import { request, type ClientRequest } from 'node:http';
import { Deployed, opening } from './deployed.fixture';
import type { ServiceProcess } from './service-process.fixture';
import type { Opened } from './session.fixture';
import { eventually } from './stage.fixture';

// A process has its program to load: on a busy machine that takes a while.
jest.setTimeout(300_000);

let deployed: Deployed;
beforeAll(async () => {
  deployed = await Deployed.agreed('sc.zhouwei');
});
afterAll(() => deployed.close());

const statusOf = async (url: string): Promise<number | 'refused'> => {
  try {
    return (await fetch(url)).status;
  } catch {
    return 'refused';
  }
};

/** An opening of which the service has the first half, and cannot answer before it has the second. */
const halfSent = async (service: ServiceProcess, key: string) => {
  const body = Buffer.from(JSON.stringify(opening()));
  const { hostname, port } = new URL(service.url);
  const sent: ClientRequest = request({
    ...{ hostname, port, method: 'POST', path: '/api/prison/release-handover', agent: false },
    headers: {
      Authorization: `Bearer ${deployed.token('sc.zhouwei')}`,
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
      'Idempotency-Key': key,
    },
  });
  const answered = new Promise<{ status: number; connection: string | undefined; id: string }>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () => {
        const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string };
        resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection, id });
      });
    });
  });
  await new Promise<void>((resolve) => sent.write(body.subarray(0, 40), () => resolve()));
  // What was sent later is answered: so this has been read.
  for (let n = 0; n < 3; n += 1) expect(await statusOf(`${service.url}/health/live`)).toBe(200);
  return { answered, finish: () => sent.end(body.subarray(40)), drop: () => sent.destroy() };
};

test('a signal ends a service in order: not ready, then not listening, and what was asked is answered', async () => {
  const service = await deployed.start('prison', 'sichuan');
  expect(await (await fetch(`${service.url}/health/ready`)).json()).toMatchObject({ status: 'ready', mayWrite: true });
  const key = randomUUID();
  const half = await halfSent(service, key);
  service.signal('SIGTERM');
  await eventually('not ready', async () => (await statusOf(`${service.url}/health/ready`)) === 503);
  await eventually('not listening', async () => (await statusOf(`${service.url}/health/live`)) === 'refused');
  // Operators can watch until the end.
  expect(await (await fetch(`${service.operations}/health/ready`)).json()).toMatchObject({
    code: 'unavailable',
    checks: { service: 'ending' },
  });
  half.finish();
  const answer = await half.answered;
  expect(answer).toMatchObject({ status: 202, connection: 'close' });
  expect(await service.ended()).toBe(0);
  expect(service.complaints).toEqual([]);

  const next = await deployed.start('prison', 'sichuan');
  const zhou = deployed.as('sc.zhouwei', next);
  const again = await zhou.post<Opened>('/api/prison/release-handover', opening(), key);
  expect(again.id).toBe(answer.id);
  expect(again.drafts).toHaveLength(1);

  const hanging = await halfSent(next, randomUUID());
  hanging.answered.catch(() => undefined);
  next.signal('SIGTERM');
  await eventually('not listening', async () => (await statusOf(`${next.url}/health/live`)) === 'refused');
  next.signal('SIGINT');
  expect(await next.ended()).toBe(1);
  hanging.drop();
});
