import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ProvinceFixture, type Session } from './province.fixture';

const KB = 1024;
let province: ProvinceFixture;
let zhou: Session;
beforeAll(async () => {
  province = await ProvinceFixture.start({ limits: { attachment: 64 * KB } });
  zhou = await province.as('sc.zhouwei');
});
afterAll(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

const pdf = (size = 100, seed = 'x') => Buffer.concat([Buffer.from(`%PDF-1.7\n${seed}`), Buffer.alloc(size, 0x41)]);
const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500)]);
const named = (name: string) => `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
const contents = async () =>
  (await readdir(province.files, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).length;

interface Sending {
  readonly name?: string;
  readonly type?: string;
  readonly disposition?: string | null;
  readonly token?: string | null;
  readonly path?: string;
}
const send = async (
  body: Buffer | ReadableStream,
  { name = '评估表.pdf', type = 'application/pdf', disposition = named(name), token = zhou.token, path }: Sending = {},
) => {
  const answer = await fetch(`${province.gateway.url}${path ?? '/api/prison/attachments'}`, {
    method: 'POST',
    headers: {
      'Content-Type': type,
      ...(disposition === null ? {} : { 'Content-Disposition': disposition }),
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: body instanceof ReadableStream ? body : new Uint8Array(body),
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const stream = (bytes: number): ReadableStream => {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new Uint8Array(sent === 0 ? pdf(16 * KB) : Buffer.alloc(16 * KB, 0x41)));
      sent += 16 * KB;
      if (sent >= bytes) controller.close();
    },
  });
};

it('takes a file with a Chinese name and answers what goes into the form', async () => {
  const { status, body } = await send(pdf());
  expect(status).toBe(201);
  expect(body).toMatchObject({ name: '评估表.pdf', type: 'application/pdf', size: pdf().length });
  expect((await send(pdf(), { disposition: 'attachment; filename="plan.pdf"' })).body).toMatchObject({
    name: 'plan.pdf',
    hash: body['hash'],
  });
});
it.each([
  ['C:\\桌面\\..\\评估表.pdf', '评估表.pdf'],
  ['../../etc/表.pdf', '表.pdf'],
  ['评估\u202e\u0000表.pdf', '评估表.pdf'],
])('cleans the name %j', async (given, kept) => {
  expect((await send(pdf(), { name: given })).body).toMatchObject({ name: kept });
});

describe('refuses, keeps nothing, and says why', () => {
  it.each<[string, Buffer, Sending, number, string]>([
    ['nobody', pdf(), { token: null }, 401, 'not-signed-in'],
    ['a forged token', pdf(), { token: 'x.y.z' }, 401, 'not-signed-in'],
    ['an unknown domain', pdf(), { path: '/api/nowhere/attachments' }, 404, 'not-found'],
    ['a file without a name', pdf(), { disposition: null }, 400, 'bad-request'],
    ['a name in no encoding', pdf(), { disposition: "attachment; filename*=GBK''%C6.pdf" }, 400, 'bad-request'],
    ['half a character', pdf(), { disposition: "attachment; filename*=UTF-8''%E8%AF.pdf" }, 400, 'bad-request'],
    ['a name without an ending', pdf(), { name: '评估表' }, 400, 'bad-request'],
    ['a name that is only what cannot be seen', pdf(), { name: '\u202e\u200b' }, 400, 'bad-request'],
    ['nothing', Buffer.alloc(0), {}, 400, 'bad-request'],
    ['a program called PDF', program, {}, 415, 'unsupported-media-type'],
    [
      'a program by its own name',
      program,
      { name: 'a.exe', type: 'application/octet-stream' },
      415,
      'unsupported-media-type',
    ],
    ['a picture called PDF', png, {}, 415, 'unsupported-media-type'],
    ['a PDF called a picture', pdf(), { name: '照片.png', type: 'image/png' }, 415, 'unsupported-media-type'],
    ['a PDF said to be a picture', pdf(), { type: 'image/png' }, 415, 'unsupported-media-type'],
    [
      'a page',
      Buffer.from('<html><script>1</script>'),
      { name: 'a.html', type: 'text/html' },
      415,
      'unsupported-media-type',
    ],
    [
      'bytes of no kind',
      Buffer.from([0, 1, 2, 3, 255]),
      { name: 'a.txt', type: 'text/plain' },
      415,
      'unsupported-media-type',
    ],
    ['one byte too many', pdf(64 * KB), {}, 413, 'too-large'],
  ])('%s', async (_, bytes, how, status, code) => {
    const before = await contents();
    const answer = await send(bytes, how);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(await contents()).toBe(before);
  });
  it('more than may come, of no length that was said', async () => {
    const before = await contents();
    const answer = await send(stream(10 * 1024 * KB)).catch(() => undefined);
    // Whoever goes on sending may have the line cut before the answer is read.
    if (answer) expect([answer.status, answer.body['code']]).toEqual([413, 'too-large']);
    expect(await contents()).toBe(before);
    expect((await send(stream(32 * KB))).status).toBe(201);
  });
  it('a file that breaks off', async () => {
    const before = await contents();
    const { hostname, port } = new URL(province.gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      [
        'POST /api/prison/attachments HTTP/1.1',
        'Host: x',
        `Authorization: Bearer ${zhou.token}`,
        'Content-Type: application/pdf',
        `Content-Disposition: ${named('半.pdf')}`,
        'Content-Length: 50000',
        '',
        '%PDF-1.7 half of it',
      ].join('\r\n'),
    );
    await pause(200);
    socket.destroy();
    for (let n = 0; n < 100 && (await contents()) !== before; n++) await pause(20);
    expect(await contents()).toBe(before);
  });
});

it('lets no other route take more than a page, or anything but JSON', async () => {
  const megabytes = Buffer.alloc(2 * 1024 * KB, 0x41);
  expect((await send(megabytes, { path: '/api/prison/trial-handover' })).status).toBe(413);
  expect((await send(pdf(), { path: '/api/prison/trial-handover' })).status).toBe(415);
});

it('is refused by the service too, whatever the gateway lets through', async () => {
  const answer = await fetch(`${province.prison.url}/api/prison/attachments`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/pdf', 'Content-Disposition': named('评估表.pdf') },
    body: new Uint8Array(pdf()),
  });
  expect(answer.status).toBe(401);
});

it('lets nobody fill the disk with what no case names', async () => {
  const lin = await province.as('sc.linfeng');
  for (let n = 0; n < 100; n++) expect((await send(pdf(10, `${n} `), { token: lin.token })).status).toBe(201);
  const answer = await send(pdf(10, 'more'), { token: lin.token });
  expect([answer.status, answer.body['code']]).toEqual([429, 'too-many-attempts']);
});
