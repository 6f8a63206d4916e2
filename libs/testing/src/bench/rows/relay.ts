import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openSqlite, type Collection } from '@chuanyu/collections';
import { topics } from '@chuanyu/contracts';
import type { CaseDocument } from '@chuanyu/engine';
import { partitionOf, PARTITIONS, startRelay, type EventLog } from '@chuanyu/event-log';
import { realTime } from '@chuanyu/reference';
import { casesOf } from '@chuanyu/service';
import { BareKafka } from '../bare/kafkajs';
import { BareSqlite } from '../bare/sqlite';
import { openLog } from '../engine';
import { CaseMaker, outgoingOf, type MadeCase } from '../made-cases';
import { compare, inWords, peakMemory, Stopwatch, type Measured } from '../rounds';
import type { Ground, Line, Row } from '../row';

const AIM = 0.8;
const BATCH = 100;

/** From the messages that lie saved with their case documents to the log, in order and settled; beside who sends the same text and forgets. */
export const relay: Row = {
  name: 'relay',
  title: 'relay from case documents to the log',
  reference: 'kafka: plain kafkajs producer in batches of 100; embedded: the bare insert, 100 in one transaction',
  engines: ['embedded', 'kafka'],
  async measure(ground, say) {
    const log = await openLog(ground, 'sichuan', join(ground.folder, 'log.db'));
    const topic = topics.events('prison');
    await log.declare([{ name: topic }]);
    const database = await openSqlite({ file: join(ground.folder, 'cases.db') });
    const cases = await database.collection<CaseDocument>(casesOf('prison'));
    const maker = new CaseMaker(1, realTime.millis());
    const made = Array.from({ length: 200 }, () => maker.make('verified').sichuan);
    const plain = await plainSender(ground);
    const lines: Line[] = [];
    for (const size of ground.quick ? [300] : [2000, 8000, 24_000]) {
      const messages = messagesOf(made, size);
      const { ours, reference, ratio, cpu } = await compare(ground.rounds, {
        reference: async () => {
          const watch = new Stopwatch().begin();
          for (let from = 0; from < size; from += BATCH) {
            const batch = messages.slice(from, from + BATCH);
            await plain.send(
              topic,
              batch.map(({ key, value }) => ({ key, value: JSON.stringify(value) })),
            );
          }
          return watch.end(size);
        },
        ours: async () => relayed(cases, log, made, size),
      });
      lines.push({
        of: 'messages of real cases, about 1 KB',
        size: `${inWords(size)} messages`,
        ours,
        reference,
        ratio,
        aim: `≥ ${AIM}`,
        met: ratio.median >= AIM,
        cpu,
        memory: peakMemory(),
      });
      say(`relay: ${inWords(size)} messages: ${ratio.median.toFixed(2)}`);
    }
    await plain.close();
    await log.close();
    await database.close();
    return lines;
  },
};

const messagesOf = (made: readonly MadeCase[], count: number) => {
  const said = made.flatMap((each) => each.said);
  return Array.from({ length: count }, (_, n) => {
    const message = said[n % said.length];
    if (!message) throw new Error('nothing was said');
    return outgoingOf(message, randomUUID());
  });
};

/** The saving is not measured: from the first look of the relay until nothing is left to settle. */
async function relayed(
  cases: Collection<CaseDocument>,
  log: EventLog,
  made: readonly MadeCase[],
  count: number,
): Promise<Measured> {
  const messages = messagesOf(made, count);
  const inserts: Promise<unknown>[] = [];
  for (let n = 0; n < messages.length; n += 2) {
    const document = made[n % made.length]?.document;
    if (document) inserts.push(cases.insert({ ...document, id: randomUUID(), claims: [] }, messages.slice(n, n + 2)));
  }
  await Promise.all(inserts);
  const watch = new Stopwatch().begin();
  const running = startRelay({
    outbox: cases,
    log,
    onError: (error) => {
      throw error;
    },
  });
  await running.flushed();
  const measured = watch.end(count);
  await running.stop();
  return measured;
}

interface PlainSender {
  send(topic: string, messages: readonly { readonly key: string; readonly value: string }[]): Promise<void>;
  close(): Promise<void>;
}
const plainSender = async (ground: Ground): Promise<PlainSender> => {
  if (ground.engine === 'embedded') {
    const bare = new BareSqlite(join(ground.folder, 'bare.db'));
    return { send: async (_, messages) => bare.insert(messages), close: async () => bare.close() };
  }
  const producer = await new BareKafka(ground.brokers['sichuan'] ?? '').producer();
  return {
    send: (topic, messages) =>
      producer.send(
        topic,
        messages.map((message) => ({ ...message, partition: partitionOf(message.key, PARTITIONS) })),
      ),
    close: () => producer.close(),
  };
};
