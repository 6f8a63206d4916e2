import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { MovableClock } from '@chuanyu/reference';
import { LogStrategy, RethrowFilter } from '../nest-strategy';
import { partitionOf } from '../partition';
import { PARTITIONS, type EventLog, type NewRecord } from '../port';
import { clientOf, senderOf } from './connection';
import { openKafkaLog, type KafkaConnection } from './index';

/**
 * Rates of the log against plain kafkajs on the same broker, in interleaved rounds; medians and ratios, one line each.
 *   script/node libs/event-log/src/kafka/rates.fixture.ts --broker 127.0.0.1:9092 [--events 240000] [--rounds 5]
 *   --only consume,wait,append for some of them
 * All read the value as JSON, as whoever wants it must; the one that does not says so.
 */
const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: '127.0.0.1:9092' },
    events: { type: 'string', default: '240000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'consume,wait,append' },
  },
});
const connection: KafkaConnection = { brokers: [values.broker] };
const [events, rounds] = [Number(values.events), Number(values.rounds)];
const say = (line: string) => void process.stdout.write(`${line}\n`);

const payload = { text: 'x'.repeat(950) };
const record = (topic: string, n: number, keys: number): NewRecord => ({
  topic,
  key: `案件-${n % keys}`,
  value: { n, ...payload },
});

/** Of one round: events per second, and CPU time per event in microseconds. */
interface Rate {
  readonly rate: number;
  readonly cpu: number;
}
type Measured = () => Promise<Rate>;

/** Events per second of each, by the median of rounds in which all take their turn. */
async function compare(title: string, contestants: Readonly<Record<string, Measured>>): Promise<void> {
  const rates = new Map<string, Rate[]>(Object.keys(contestants).map((name) => [name, []]));
  // The first round warms up both.
  for (let round = 0; round <= rounds; round++)
    for (const [name, measure] of Object.entries(contestants)) {
      const rate = await measure();
      if (round > 0) rates.get(name)?.push(rate);
    }
  const median = (of: readonly number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
  const lines = [...rates].map(([name, of]) => ({
    name,
    rate: median(of.map(({ rate }) => rate)),
    cpu: median(of.map(({ cpu }) => cpu)),
    all: of.map(({ rate }) => Math.round(rate)).join(' '),
  }));
  const reference = lines[0]?.rate ?? 1;
  for (const { name, rate, cpu, all } of lines)
    say(
      `${title} · ${name}: ${Math.round(rate)}/s, ${(rate / reference).toFixed(2)}, ${cpu.toFixed(1)} µs CPU (${all})`,
    );
}

/** Measures from the first `begin` to the end. */
class Stopwatch {
  private began?: { readonly at: number; readonly cpu: NodeJS.CpuUsage };

  begin(): void {
    this.began ??= { at: performance.now(), cpu: process.cpuUsage() };
  }

  end(count: number): Rate {
    if (!this.began) return { rate: 0, cpu: 0 };
    const { user, system } = process.cpuUsage(this.began.cpu);
    return { rate: count / ((performance.now() - this.began.at) / 1000), cpu: (user + system) / count };
  }
}

interface Plain {
  readonly by: 'eachBatch' | 'eachMessage';
  readonly commits?: boolean;
  readonly reads?: boolean;
  readonly work?: () => Promise<void>;
}

async function plain(topic: string, count: number, { by, commits = true, reads = true, work }: Plain): Promise<Rate> {
  const consumer = clientOf(connection).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let seen = 0;
  const watch = new Stopwatch();
  await new Promise<void>((resolve, reject) => {
    const note = (value: Buffer | null) => {
      watch.begin();
      if (reads) JSON.parse(value?.toString() ?? '');
      if (++seen === count) resolve();
    };
    consumer
      .run({
        autoCommit: commits,
        ...(by === 'eachMessage'
          ? { eachMessage: async ({ message }) => (note(message.value), await work?.()) }
          : { eachBatch: async ({ batch }) => batch.messages.forEach(({ value }) => note(value)) }),
      })
      .catch(reject);
  });
  const rate = watch.end(count);
  await consumer.disconnect();
  return rate;
}

/** Counts what is handled, up to an end. */
class Count {
  readonly finished: Promise<void>;
  private finish = (): void => undefined;
  private readonly watch = new Stopwatch();
  private seen = 0;

  constructor(private readonly count: number) {
    this.finished = new Promise<void>((resolve) => (this.finish = resolve));
  }

  begin(): void {
    this.watch.begin();
  }

  end(): void {
    if (++this.seen === this.count) this.finish();
  }

  get rate(): Rate {
    return this.watch.end(this.count);
  }
}

async function ofLog(log: EventLog, topic: string, count: number, work: () => Promise<void>): Promise<Rate> {
  const counted = new Count(count);
  const running = await log.subscribe({
    group: randomUUID(),
    topics: [topic],
    from: 'beginning',
    handle: async () => {
      counted.begin();
      await work();
      counted.end();
    },
  });
  await counted.finished;
  const { rate } = counted;
  await running.stop();
  return rate;
}

async function ofNest(log: EventLog, topic: string, count: number): Promise<Rate> {
  const counted = new Count(count);
  @Controller()
  class Handlers {
    @EventPattern<string>(topic)
    async on(): Promise<void> {
      counted.begin();
      counted.end();
    }
  }
  @Module({ controllers: [Handlers] })
  class App {}
  const app = await NestFactory.createMicroservice(App, {
    strategy: new LogStrategy({ log, group: randomUUID() }),
    logger: false,
  });
  app.useGlobalFilters(new RethrowFilter());
  await app.listen();
  await counted.finished;
  const { rate } = counted;
  await app.close();
  return rate;
}

async function filled(log: EventLog, count: number, keys: number): Promise<string> {
  const topic = `rates.${randomUUID()}`;
  await log.declare([{ name: topic }]);
  for (let from = 0; from < count; from += 500)
    await log.append(Array.from({ length: Math.min(500, count - from) }, (_, n) => record(topic, from + n, keys)));
  return topic;
}

const millisecond = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

async function consuming(log: EventLog): Promise<void> {
  const topic = await filled(log, events, 600);
  await compare('no-op handler', {
    'kafkajs eachBatch': () => plain(topic, events, { by: 'eachBatch' }),
    'kafkajs eachBatch, value unread': () => plain(topic, events, { by: 'eachBatch', reads: false }),
    'kafkajs eachBatch, never commits': () => plain(topic, events, { by: 'eachBatch', commits: false }),
    'our log': () => ofLog(log, topic, events, async () => undefined),
    'our Nest strategy': () => ofNest(log, topic, events),
  });
}

async function waiting(log: EventLog): Promise<void> {
  const few = Math.floor(events / 240);
  const slow = await filled(log, few, 600);
  for (const keys of [600, 50]) {
    const count = Math.floor((events * keys) / 800);
    const topic = await filled(log, count, keys);
    await compare(`1 ms awaited, ${keys} keys`, {
      'kafkajs eachMessage': () => plain(slow, few, { by: 'eachMessage', work: millisecond }),
      'our log': () => ofLog(log, topic, count, millisecond),
    });
  }
}

async function appending(log: EventLog): Promise<void> {
  const topic = `rates.${randomUUID()}`;
  await log.declare([{ name: topic }]);
  const sender = senderOf(connection);
  await sender.connect();
  const count = events / 12;
  const appended = async (send: (records: readonly NewRecord[]) => Promise<unknown>) => {
    const watch = new Stopwatch();
    watch.begin();
    for (let from = 0; from < count; from += 100)
      await send(Array.from({ length: 100 }, (_, n) => record(topic, from + n, 600)));
    return watch.end(count);
  };
  await compare('append in hundreds', {
    'kafkajs idempotent': () =>
      appended((records) =>
        sender.send({
          topic,
          acks: -1,
          messages: records.map(({ key, value }) => ({
            key,
            value: JSON.stringify(value),
            partition: partitionOf(key, PARTITIONS),
          })),
        }),
      ),
    'our log': () => appended((records) => log.append(records)),
  });
  await sender.disconnect();
}

async function main(): Promise<void> {
  const log = await openKafkaLog({ connection, clock: new MovableClock() });
  const all = { consume: consuming, wait: waiting, append: appending };
  for (const [name, measure] of Object.entries(all)) if (values.only.split(',').includes(name)) await measure(log);
  await log.close();
}

void main();
