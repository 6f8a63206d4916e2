import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { MovableClock } from '@chuanyu/reference';
import { partitionOf } from '../partition';
import { PARTITIONS, type EventLog, type NewRecord } from '../port';
import { clientOf, senderOf } from './connection';
import { openKafkaLog, type KafkaConnection } from './index';

/**
 * Rates of the log against plain kafkajs on the same broker, in interleaved rounds; medians and ratios, one line each.
 *   script/node libs/event-log/src/kafka/rates.fixture.ts --broker 127.0.0.1:9092 [--events 60000] [--rounds 5]
 */
const { values } = parseArgs({
  options: {
    broker: { type: 'string', default: '127.0.0.1:9092' },
    events: { type: 'string', default: '60000' },
    rounds: { type: 'string', default: '5' },
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

async function plainBatches(
  topic: string,
  count: number,
  eachMessage: boolean,
  work?: () => Promise<void>,
): Promise<Rate> {
  const consumer = clientOf(connection).consumer({ groupId: randomUUID(), maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let seen = 0;
  const watch = new Stopwatch();
  await new Promise<void>((resolve, reject) => {
    const note = (value: Buffer | null) => {
      watch.begin();
      JSON.parse(value?.toString() ?? '');
      if (++seen === count) resolve();
    };
    consumer
      .run(
        eachMessage
          ? { eachMessage: async ({ message }) => (note(message.value), await work?.()) }
          : { eachBatch: async ({ batch }) => batch.messages.forEach(({ value }) => note(value)) },
      )
      .catch(reject);
  });
  const rate = watch.end(count);
  await consumer.disconnect();
  return rate;
}

async function ofLog(log: EventLog, topic: string, count: number, work: () => Promise<void>): Promise<Rate> {
  let seen = 0;
  const watch = new Stopwatch();
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const running = await log.subscribe({
    group: randomUUID(),
    topics: [topic],
    from: 'beginning',
    handle: async () => {
      watch.begin();
      await work();
      if (++seen === count) finish();
    },
  });
  await finished;
  const rate = watch.end(count);
  await running.stop();
  return rate;
}

async function filled(log: EventLog, count: number, keys: number): Promise<string> {
  const topic = `rates.${randomUUID()}`;
  await log.declare([{ name: topic }]);
  for (let from = 0; from < count; from += 500)
    await log.append(Array.from({ length: Math.min(500, count - from) }, (_, n) => record(topic, from + n, keys)));
  return topic;
}

async function main(): Promise<void> {
  const log = await openKafkaLog({ connection, clock: new MovableClock() });
  const millisecond = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
  const nothing = async () => undefined;

  const many = await filled(log, events, 600);
  await compare('no-op handler', {
    'kafkajs eachBatch': () => plainBatches(many, events, false),
    'our log': () => ofLog(log, many, events, nothing),
  });
  const few = Math.floor(events / 60);
  const slow = await filled(log, few, 600);
  await compare('1 ms awaited, 600 keys', {
    'kafkajs eachMessage': () => plainBatches(slow, few, true, millisecond),
    'our log': () => ofLog(log, many, events, millisecond),
  });
  const fifty = await filled(log, Math.floor(events / 3), 50);
  await compare('1 ms awaited, 50 keys', {
    'kafkajs eachMessage': () => plainBatches(slow, few, true, millisecond),
    'our log': () => ofLog(log, fifty, Math.floor(events / 3), millisecond),
  });

  const topic = `rates.${randomUUID()}`;
  await log.declare([{ name: topic }]);
  const sender = senderOf(connection);
  await sender.connect();
  const appended = async (send: (records: readonly NewRecord[]) => Promise<unknown>) => {
    const watch = new Stopwatch();
    watch.begin();
    for (let from = 0; from < events / 3; from += 100)
      await send(Array.from({ length: 100 }, (_, n) => record(topic, from + n, 600)));
    return watch.end(events / 3);
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
  await log.close();
}

void main();
