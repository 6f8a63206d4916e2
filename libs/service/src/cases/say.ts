import { topics, type Message } from '@chuanyu/contracts';
import type { EventLog } from '@chuanyu/event-log';

/** Says something that belongs to no save of a case, straight to its domain's topic: the exchange carries it on. */
export const say = (
  log: Pick<EventLog, 'append'>,
  message: Message,
  key = `${message.kind} ${message.to ?? ''}`,
): Promise<void> =>
  log.append([
    {
      topic: topics.events(message.domain),
      key,
      value: message,
      headers: { kind: message.kind, to: message.to ?? '' },
    },
  ]);
