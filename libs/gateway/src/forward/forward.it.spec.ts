import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProvinceFixture, type Session } from '../province.fixture';

/** A service that does as it is told, and keeps what it was sent. */
let server: Server;
let asked: { readonly request: IncomingMessage; readonly body: Buffer }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let province: ProvinceFixture;
let zhou: Session;
beforeEach(async () => {
  asked = [];
  answer = (_request, response) => response.end('{}');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ request, body: Buffer.concat(chunks) });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  province = await ProvinceFixture.start({ serviceOf: () => base, limits: { serviceMilliseconds: 300 } });
  zhou = await province.as('sc.zhouwei');
});
afterEach(async () => {
  await province.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(province.errors).toEqual([]);
});

it('hands on the bytes, the address and the headers a service may know, and no others', async () => {
  const body = '{ "form" : {"a": 1.0, "b":"\\u5f20"} }';
  await zhou.post('/api/prison/trial-errand/x/note?a=1', body, {
    'If-Match': '"v1"',
    'Accept-Language': 'en',
    Purpose: '%E6%A0%B8',
    Cookie: 'a=b',
    'X-Forwarded-For': '10.0.0.1',
    'X-Secret': '1',
  });
  const [first] = asked;
  expect([first?.request.method, first?.request.url]).toEqual(['POST', '/api/prison/trial-errand/x/note?a=1']);
  expect(first?.body.toString()).toBe(body);
  expect(first?.request.headers).toMatchObject({
    authorization: `Bearer ${zhou.token}`,
    'if-match': '"v1"',
    'idempotency-key': 'key-1',
    'accept-language': 'en',
    purpose: '%E6%A0%B8',
    'content-type': 'application/json',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  for (const name of ['cookie', 'x-forwarded-for', 'x-secret']) expect(first?.request.headers).not.toHaveProperty(name);
});
it('hands back status, body and the headers of a case, and no others', async () => {
  answer = (_request, response) =>
    void response
      .writeHead(202, {
        ETag: '"v2"',
        'Taken-As': 'draft d',
        'Content-Type': 'application/jsonl',
        'Content-Language': 'zh-CN',
        'Retry-After': '7',
        Server: 'banner',
        'Set-Cookie': 'a=b',
        'X-Powered-By': 'x',
      })
      .end('一\n二\n');
  const { status, headers, text } = await zhou.post('/api/prison/x');
  expect([status, text]).toEqual([202, '一\n二\n']);
  expect(Object.fromEntries(headers)).toMatchObject({
    etag: '"v2"',
    'taken-as': 'draft d',
    'content-type': 'application/jsonl',
    'content-language': 'zh-CN',
    'retry-after': '7',
    'x-content-type-options': 'nosniff',
  });
  for (const name of ['server', 'set-cookie', 'x-powered-by']) expect(headers.get(name)).toBeNull();
});
it('keeps connections open, and asks again where one had just been closed', async () => {
  await zhou.get('/api/prison/x/y');
  await zhou.get('/api/prison/x/y');
  expect(new Set(asked.map(({ request }) => request.socket)).size).toBe(1);
  let refused = false;
  server.prependListener('request', (request: IncomingMessage) => {
    if (!refused) request.socket.resetAndDestroy();
    refused = true;
  });
  expect((await zhou.post('/api/prison/x/y')).status).toBe(200);
  expect(refused).toBe(true);
});
const unavailable = (status: number, headers: Headers, body: Record<string, unknown>) => {
  expect([status, headers.get('retry-after'), body['code']]).toEqual([503, '5', 'unavailable']);
};
it('says when a service is silent, gone or not run, and that it is safe to try again', async () => {
  answer = () => undefined;
  const silent = await zhou.post('/api/prison/x');
  unavailable(silent.status, silent.headers, silent.body);
  answer = (request) => request.socket.destroy();
  const cut = await zhou.post('/api/prison/x');
  unavailable(cut.status, cut.headers, cut.body);
  expect(cut.body['detail']).toContain('Idempotency-Key');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const gone = await zhou.get('/api/prison/x/y');
  unavailable(gone.status, gone.headers, gone.body);
  server.listen(0);
});
it('asks nobody for whom is not signed in, or for what is no domain', async () => {
  expect((await province.ask('POST', '/api/prison/x')).status).toBe(401);
  expect((await zhou.get('/api/nowhere/x')).status).toBe(404);
  expect(asked).toEqual([]);
});
it('streams: the beginning of an answer arrives before its end is written', async () => {
  let finish: () => void = () => undefined;
  answer = (_request, response) => {
    response.write('first');
    finish = () => void response.end(' last');
  };
  const response = await fetch(`${province.gateway.url}/api/prison/x/y/export`, {
    headers: { Authorization: `Bearer ${zhou.token}` },
  });
  const reader = response.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
  finish();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(' last');
});
it('lets go of a service when nobody waits any more', async () => {
  const gone = new Promise<void>((resolve) => {
    answer = (request) => request.socket.once('close', () => resolve());
  });
  const aborting = new AbortController();
  const came = new Promise<void>((resolve) => server.once('request', () => resolve()));
  const waiting = fetch(`${province.gateway.url}/api/prison/x/y`, {
    headers: { Authorization: `Bearer ${zhou.token}` },
    signal: aborting.signal,
  }).catch(() => 'left');
  await came;
  aborting.abort();
  expect(await waiting).toBe('left');
  await gone;
});
