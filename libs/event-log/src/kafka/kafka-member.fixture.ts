import { MovableClock } from '@chuanyu/reference';
import { openKafkaLog } from './index';

/** A process of its own that is a member of a group, and says `handling <value>` of each record, which it holds for a moment. */
async function main(broker: string, topic: string, group: string, hold: number): Promise<void> {
  const log = await openKafkaLog({
    connection: { brokers: [broker] },
    clock: new MovableClock(),
    sessionTimeout: 6000,
    onError: () => undefined,
  });
  await log.subscribe({
    group,
    topics: [topic],
    from: 'beginning',
    handle: async ({ value }) => {
      await new Promise<void>((resolve) => process.send?.(`handling ${String(value)}`, () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, hold));
    },
  });
  process.send?.('joined');
}

const [, , broker = '', topic = '', group = '', hold = ''] = process.argv;
void main(broker, topic, group, Number(hold));
