import { MovableClock } from '@chuanyu/reference';
import { openSqliteLog } from './sqlite';

/**
 * A process of its own that, told to go, appends until it is killed or `count` is reached, handles what it appended, and says of both:
 * `appended <n>` when record n is acknowledged, `handled <n>` before the handler ends.
 */
async function main(file: string, topic: string, key: string, count: number): Promise<void> {
  const log = await openSqliteLog({ file, clock: new MovableClock(), pollMilliseconds: 10 });
  await log.declare([{ name: topic }]);
  // Ends when the parent is sure to get it, whatever becomes of this process.
  const say = (what: string) => new Promise<void>((resolve) => process.send?.(what, () => resolve()));
  const running = await log.subscribe({
    group: `child.${key}`,
    topics: [topic],
    from: 'beginning',
    handle: async (record) => {
      if (record.key === key) await say(`handled ${String(record.value)}`);
    },
  });
  const { records } = await log.read(topic, { limit: 1_000_000 });
  const first = records.filter((record) => record.key === key).length;
  for (let n = first; n < first + count; n += 2) {
    // Two appends in one turn, in one transaction.
    await Promise.all([n, n + 1].map((value) => log.append([{ topic, key, value }])));
    await say(`appended ${n + 1}`);
  }
  await running.drained();
  await log.close();
  process.disconnect();
}

const [, , file = '', topic = '', key = '', count = ''] = process.argv;
process.once('message', () => void main(file, topic, key, Number(count)));
