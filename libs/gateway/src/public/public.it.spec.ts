import { topics } from '@chuanyu/contracts';
import { ProvinceFixture } from '../province.fixture';

let province: ProvinceFixture;
beforeEach(async () => {
  province = await ProvinceFixture.start();
});
afterEach(async () => {
  await province.stop();
  expect(province.errors).toEqual([]);
});

const publish = (by: 'sichuan' | 'chongqing', ...events: readonly string[]) =>
  province.log.append(
    events.map((id) => ({ topic: topics.published(by, 'prison'), key: id, partition: 0, value: { id, by } })),
  );
const read = async (query = '') => {
  const { status, text, headers } = await province.ask('GET', `/public/events${query}`);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/jsonl; charset=utf-8']);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { events: lines.slice(0, -1).map(({ id }) => id), next: String(lines.at(-1)?.['next']) };
};

it('reads both provinces from the beginning, and goes on from a cursor', async () => {
  await publish('sichuan', 'a', 'b');
  await publish('chongqing', 'c');
  const first = await read();
  expect(first.events).toEqual(['a', 'b', 'c']);
  expect((await read(`?after=${first.next}`)).events).toEqual([]);
  await publish('chongqing', 'd');
  expect((await read(`?after=${first.next}`)).events).toEqual(['d']);
});
it('reads a busy province and a quiet one side by side, never more than the limit, and misses none', async () => {
  const many = Array.from({ length: 25 }, (_, n) => `a${n}`);
  await publish('sichuan', ...many);
  await publish('chongqing', 'b0', 'b1');
  const seen: unknown[] = [];
  let { events, next } = await read('?limit=4');
  expect(events).toEqual(['a0', 'a1', 'b0', 'b1']);
  while (events.length > 0) {
    expect(events.length).toBeLessThanOrEqual(4);
    seen.push(...events);
    ({ events, next } = await read(`?limit=4&after=${next}`));
  }
  expect([...seen].sort()).toEqual([...many, 'b0', 'b1'].sort());
});
it('refuses a cursor that it did not make', async () => {
  const { next } = await read();
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const after of [
    'x',
    `${next}x`,
    next.slice(0, -2),
    forged([]),
    forged({ 'prison.events': '0' }),
    forged({ 'sichuan.public.prison': 1 }),
    forged({ 'sichuan.public.prison': 'x' }),
  ]) {
    const answer = await province.ask('GET', `/public/events?after=${encodeURIComponent(after)}`);
    expect([after, answer.status, answer.body['code']]).toEqual([after, 400, 'bad-request']);
  }
});
it('reads a log that was made anew from its beginning', async () => {
  await publish('sichuan', 'a');
  const after = Buffer.from(JSON.stringify({ 'sichuan.public.prison': 'another.7' })).toString('base64url');
  expect((await read(`?after=${after}`)).events).toEqual(['a']);
});
it('streams what is published, and goes on after the last event that was seen', async () => {
  await publish('sichuan', 'a', 'b');
  const follow = async (lastEventId?: string) => {
    const aborting = new AbortController();
    const { body } = await fetch(`${province.gateway.url}/public/events`, {
      headers: { Accept: 'text/event-stream', ...(lastEventId ? { 'Last-Event-ID': lastEventId } : {}) },
      signal: aborting.signal,
    });
    const reader = body?.getReader();
    let text = '';
    return {
      until: async (wanted: string) => {
        while (!text.includes(wanted)) text += Buffer.from((await reader?.read())?.value ?? []).toString();
        return text;
      },
      close: () => aborting.abort(),
    };
  };
  const first = await follow();
  await first.until('"b"');
  await publish('chongqing', 'c');
  const text = await first.until('"c"');
  expect(text.match(/^data: .*$/gm)).toHaveLength(3);
  const seen = [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
  first.close();
  await publish('sichuan', 'd');
  const second = await follow(seen.at(-1));
  expect((await second.until('"d"')).match(/^data: .*$/gm)).toEqual(['data: {"id":"d","by":"sichuan"}']);
  second.close();
  while (province.gateway.openStreams > 0) await new Promise((resolve) => setImmediate(resolve));
});
