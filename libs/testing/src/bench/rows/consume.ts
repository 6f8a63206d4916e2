import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Controller, Module, type INestMicroservice, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { LogStrategy, type EventLog } from '@chuanyu/event-log';
import { BareKafka } from '../bare/kafkajs';
import { BareSqlite } from '../bare/sqlite';
import { openLog } from '../engine';
import { compare, inWords, peakMemory, Stopwatch, type Measured } from '../rounds';
import type { Ground, Line, Row } from '../row';

const AIM = 0.95;

/** A handler that does nothing, behind NestJS as every service has it; beside the plainest reader of the same events. */
export const consume: Row = {
  name: 'consume',
  title: 'consume one event through our log’s Nest strategy',
  reference: 'kafka: plain kafkajs eachBatch; embedded: the bare rows in order',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    const lines: Line[] = [];
    for (const size of ground.quick ? [600] : [20_000, 60_000, 180_000]) {
      const events = await Events.appended(ground, size, 600);
      const { ours, reference, ratio, cpu } = await compare(ground.rounds, {
        reference: () => events.plainly(size),
        ours: () => events.throughNest(size),
      });
      await events.close();
      lines.push({
        of: '1 KB, 600 keys, no-op',
        size: `${inWords(size)} events`,
        ours,
        reference,
        ratio,
        ...(ground.engine === 'kafka' ? { aim: `≥ ${AIM}`, met: ratio.median >= AIM } : {}),
        cpu,
        memory: peakMemory(),
      });
      say(`consume: ${inWords(size)} events: ${ratio.median.toFixed(2)}`);
    }
    return lines;
  },
};

/** Events of one topic, and the ways in which they are read. */
export class Events {
  private constructor(
    private readonly log: EventLog,
    private readonly topic: string,
    private readonly bare: { read(each: () => Promise<void> | undefined, count: number): Promise<Measured> },
    readonly close: () => Promise<void>,
  ) {}

  static async appended(ground: Ground, count: number, keys: number): Promise<Events> {
    const file = join(ground.folder, `${randomUUID()}.db`);
    const log = await openLog(ground, 'sichuan', file);
    const topic = `bench.${randomUUID()}`;
    await log.declare([{ name: topic }]);
    const value = (n: number) => ({ n, text: 'x'.repeat(950) });
    const bare = ground.engine === 'embedded' ? new BareSqlite(`${file}-bare`) : undefined;
    for (let from = 0; from < count; from += 500) {
      const records = Array.from({ length: Math.min(500, count - from) }, (_, at) => ({
        topic,
        key: `案件-${(from + at) % keys}`,
        value: value(from + at),
      }));
      await log.append(records);
      bare?.insert(records.map((record) => ({ key: record.key, value: JSON.stringify(record.value) })));
    }
    const plain = bare ? new BareRows(bare) : new BareTopic(new BareKafka(ground.brokers['sichuan'] ?? ''), topic);
    return new Events(log, topic, plain, async () => {
      await log.close();
      bare?.close();
    });
  }

  /** One after the other, each awaited where there is something to await: as kafkajs' eachMessage does. */
  plainly(count: number, work?: () => Promise<void>): Promise<Measured> {
    return this.bare.read(() => work?.(), count);
  }

  async throughNest(count: number, work?: () => Promise<void>): Promise<Measured> {
    const watch = new Stopwatch();
    let seen = 0;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const app = await microservice(this.log, this.topic, async () => {
      watch.begin();
      await work?.();
      if (++seen === count) finish();
    });
    await app.listen();
    await finished;
    const measured = watch.end(count);
    await app.close();
    return measured;
  }
}

const microservice = (log: EventLog, topic: string, handle: () => Promise<void>): Promise<INestMicroservice> => {
  @Controller()
  class Handler {
    @EventPattern<string>(topic)
    event(): Promise<void> {
      return handle();
    }
  }
  @Module({ controllers: [Handler] })
  class Handling {}
  const root: Type = Handling;
  const strategy = new LogStrategy({ log, group: randomUUID() });
  return NestFactory.createMicroservice(root, { strategy, logger: false });
};

class BareTopic {
  constructor(
    private readonly kafka: BareKafka,
    private readonly topic: string,
  ) {}
  async read(each: () => Promise<void> | undefined, count: number): Promise<Measured> {
    const watch = new Stopwatch();
    let seen = 0;
    let measured: Measured | undefined;
    await this.kafka.consume(this.topic, (done) => {
      const note = (value: Buffer | null) => {
        watch.begin();
        JSON.parse(value?.toString() ?? '');
      };
      const noted = () => {
        if (++seen < count) return;
        measured ??= watch.end(count);
        done();
      };
      if (each() === undefined)
        return {
          eachBatch: async ({ batch }) => {
            for (const { value } of batch.messages) {
              note(value);
              noted();
            }
          },
        };
      return {
        eachMessage: async ({ message }) => {
          note(message.value);
          await each();
          noted();
        },
      };
    });
    if (!measured) throw new Error('the topic was left before it was read');
    return measured;
  }
}

class BareRows {
  constructor(private readonly rows: BareSqlite) {}
  async read(each: () => Promise<void> | undefined, count: number): Promise<Measured> {
    const watch = new Stopwatch().begin();
    let seen = 0;
    for (const value of this.rows.read()) {
      JSON.parse(value);
      await each();
      if (++seen === count) break;
    }
    return watch.end(count);
  }
}
