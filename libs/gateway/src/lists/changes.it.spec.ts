import { connect, type Socket } from 'node:net';
import { ProvinceFixture, type Session } from '../province.fixture';
import { aRow, NOW } from '../trials.fixture';

let province: ProvinceFixture;
let zhou: Session;
const open = new Set<Reader>();
beforeEach(async () => {
  province = await ProvinceFixture.start({ limits: { heartbeatMilliseconds: 20, streamBytes: 64 * 1024 } });
  zhou = await province.as('sc.zhouwei');
});
afterEach(async () => {
  for (const reader of open) reader.close();
  open.clear();
  await province.stop();
  expect(province.errors).toEqual([]);
});

/** A stream of server-sent events, read as it comes. */
class Reader {
  private text = '';
  private readonly aborting = new AbortController();
  private woken: () => void = () => undefined;
  ended = false;
  static async open(token: string, headers: Record<string, string> = {}): Promise<Reader> {
    const reader = new Reader();
    open.add(reader);
    const answer = await fetch(`${province.gateway.url}/api/changes`, {
      headers: { Authorization: `Bearer ${token}`, ...headers },
      signal: reader.aborting.signal,
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    void reader.read(answer);
    return reader;
  }
  private async read(answer: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      const body: AsyncIterable<Uint8Array> | null = answer.body;
      for await (const chunk of body ?? []) {
        this.text += decoder.decode(chunk, { stream: true });
        this.woken();
      }
    } catch {
      // Closed by the spec.
    }
    this.ended = true;
    this.woken();
  }
  /** Resolves when what came so far is as wanted; the test's own limit is the deadline. */
  async until(wanted: (text: string) => boolean): Promise<string> {
    while (!wanted(this.text) && !this.ended) await new Promise<void>((resolve) => (this.woken = resolve));
    return this.text;
  }
  async untilEnd(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => (this.woken = resolve));
  }
  get events(): readonly Record<string, unknown>[] {
    return this.text
      .split('\n\n')
      .filter((block) => block.includes('data: '))
      .map((block) => ({
        event: /^event: (.*)$/m.exec(block)?.[1],
        id: /^id: (.*)$/m.exec(block)?.[1],
        data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null') as unknown,
      }));
  }
  close(): void {
    this.aborting.abort();
  }
}
/** Resolves when the gateway has as many streams open. */
const openStreams = async (count: number): Promise<void> => {
  while (province.gateway.openStreams !== count) await new Promise((resolve) => setImmediate(resolve));
};

it('tells each change that the officer may find, masked, and that a case is gone', async () => {
  const [own, other] = await Promise.all([
    Reader.open(zhou.token),
    Reader.open((await province.as('sc.hejing')).token),
  ]);
  await province.tell(aRow({ id: 'a' }), aRow({ id: 's', sealed: true }));
  await province.tell(
    aRow({ id: 'a', revision: 2, unit: 'sc-jinjiang-prison', changedAt: '2026-11-23T02:00:00.000Z' }),
  );
  await own.until((text) => text.includes('event: gone'));
  expect(own.events).toEqual([
    { event: 'case', id: NOW, data: expect.objectContaining({ id: 'a', subject: '张**', href: expect.any(String) }) },
    { event: 'gone', id: '2026-11-23T02:00:00.000Z', data: { id: 'a' } },
  ]);
  await other.until((text) => text.includes('event: case'));
  expect(other.events).toMatchObject([{ event: 'case', data: { id: 'a', unit: { id: 'sc-jinjiang-prison' } } }]);
  expect(JSON.stringify([own.events, other.events])).not.toContain('张三');
});
it('beats while nothing happens', async () => {
  const reader = await Reader.open(zhou.token);
  expect(await reader.until((text) => text.split(': 心跳\n\n').length > 3)).not.toContain('data:');
});
it('tells a reader who comes back what was missed, once', async () => {
  const at = (minute: number) => `2026-11-23T01:0${minute}:00.000Z`;
  await province.tell(...[1, 2, 3].map((n) => aRow({ id: `c${n}`, changedAt: at(n) })));
  const reader = await Reader.open(zhou.token, { 'Last-Event-ID': at(2) });
  await reader.until((text) => text.includes('"c3"'));
  await province.tell(aRow({ id: 'c1', revision: 2, changedAt: at(4) }));
  await reader.until((text) => text.includes(`id: ${at(4)}`));
  expect(reader.events.map(({ data }) => (data as { id: string }).id)).toEqual(['c2', 'c3', 'c1']);
});
it('tells a reader who was away too long to read the lists again', async () => {
  await province.tell(...Array.from({ length: 501 }, (_, n) => aRow({ id: `c${n}` })));
  const reader = await Reader.open(zhou.token, { 'Last-Event-ID': NOW });
  await reader.until((text) => text.includes('event: reset'));
  expect(reader.events).toEqual([{ event: 'reset', id: undefined, data: {} }]);
});
it('refuses an id that was never given', async () => {
  for (const id of ['x', '2026', '../x', '1'])
    expect((await zhou.ask('GET', '/api/changes', { headers: { 'Last-Event-ID': id } })).status).toBe(400);
  expect(province.gateway.openStreams).toBe(0);
});
it('ends when the token does', async () => {
  province.realTime.advance(59 * 60_000 + 59_900);
  const reader = await Reader.open(zhou.token);
  await reader.untilEnd();
  await openStreams(0);
});
it('lets an officer open five, and gives each place back', async () => {
  const readers = await Promise.all(Array.from({ length: 5 }, () => Reader.open(zhou.token)));
  const sixth = await zhou.get('/api/changes');
  expect([sixth.status, sixth.body['code']]).toEqual([429, 'too-many-attempts']);
  await Reader.open((await province.as('sc.liuyang')).token);
  readers[0]?.close();
  await openStreams(5);
  await Reader.open(zhou.token);
});
describe.each([
  ['has too much waiting', { heartbeatMilliseconds: 3_600_000, streamBytes: 64 * 1024 }],
  ['has not read since the last beat', { heartbeatMilliseconds: 20, streamBytes: 2 ** 40 }],
])('a reader who %s', (_which, limits) => {
  it('is dropped, and nothing is kept for them', async () => {
    await province.restartGateway(limits);
    const { port, hostname } = new URL(province.gateway.url);
    const socket = await new Promise<Socket>((resolve) => {
      const made = connect(Number(port), hostname, () => resolve(made));
    });
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET /api/changes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${zhou.token}\r\n\r\n`);
    await openStreams(1);
    const title = '长'.repeat(20_000);
    for (let revision = 1; province.gateway.openStreams > 0; revision++) {
      expect(revision).toBeLessThan(1000);
      await province.tell(aRow({ id: 'a', revision, title }));
    }
    socket.destroy();
  });
});
it('tells what changes while a reader is told what was missed, in the order of the changes', async () => {
  await province.tell(aRow({ id: 'a' }), aRow({ id: 'b' }));
  const rows = province.book.rows;
  const find = rows.find.bind(rows);
  jest.spyOn(rows, 'find').mockImplementationOnce(async (query) => {
    await province.tell(aRow({ id: 'a', revision: 2, state: 'verified' }));
    const page = await find(query);
    await province.tell(aRow({ id: 'b', revision: 2, state: 'done' }));
    return page;
  });
  const reader = await Reader.open(zhou.token, { 'Last-Event-ID': NOW });
  await reader.until((text) => text.includes('"done"'));
  const told = reader.events.map(({ data }) => data as { id: string; state: string });
  expect(told.map(({ id, state }) => `${id} ${state}`)).toEqual(['a verified', 'b notified', 'b done']);
});
it('is ended with the gateway', async () => {
  const reader = await Reader.open(zhou.token);
  await province.restartGateway();
  await reader.untilEnd();
});
