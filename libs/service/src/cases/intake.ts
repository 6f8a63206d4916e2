import { Duplicate, type Collection, type CollectionDefinition, type Document } from '@chuanyu/collections';
import { sha256, topics, uuidOf, type Message, type MessageKind } from '@chuanyu/contracts';
import { Quarantine } from '@chuanyu/engine';
import { Poison, type EventLog, type LogRecord } from '@chuanyu/event-log';
import type { Clock } from '@chuanyu/reference';
import type { CaseReceiver } from './receive';

/** A message of the other side that a case could not believe: kept as it came, with the reason. */
export interface SetAside extends Document {
  readonly case: string;
  readonly from: string;
  readonly code: string;
  readonly detail: string;
  readonly at: string;
  readonly message: Message;
}
export const setAsideOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.quarantine`,
  fields: ['case', 'at'],
  sets: {},
});

const kinds: ReadonlySet<string> = new Set<MessageKind>([
  'step',
  'ask',
  'receipt',
  'repair',
  'urge',
  'heads',
  'fence',
  'readmission',
  'row',
  'counts',
  'key',
  'versions',
]);

/**
 * Stands before the receiver: what a case refuses to believe is set aside alone (`docs/protocol.md` 12), with an alarm
 * and a dated negative to the sender. It must not end among the dead letters of the log: there it would keep every
 * later message of its case from being heard, the true one too, and one lie would stop a case for good.
 */
export class Intake implements Pick<CaseReceiver, 'receive'> {
  constructor(
    private readonly receiver: Pick<CaseReceiver, 'receive'>,
    private readonly kept: Collection<SetAside>,
    private readonly options: {
      readonly province: string;
      readonly domain: string;
      readonly log: EventLog;
      readonly clock: Clock;
      readonly epoch: () => number;
      readonly onAlarm: (what: string) => void;
    },
  ) {}

  async receive(message: Message, record: Pick<LogRecord, 'partition'> = { partition: 0 }): Promise<void> {
    // Nobody would hear of a kind that no handler knows: it must not pass for handled.
    if (!kinds.has(message.kind)) throw new Poison(`unknown kind ${message.kind}`);
    try {
      await this.receiver.receive(message, record);
    } catch (error) {
      const reason = error instanceof Poison ? error.cause : undefined;
      if (!(reason instanceof Quarantine) || message.from === undefined) throw error;
      await this.setAside(message, message.from, reason);
    }
  }

  private async setAside(message: Message, from: string, reason: Quarantine): Promise<void> {
    const { province, domain, clock, onAlarm } = this.options;
    const id = 'case' in message ? message.case : '';
    const detail = reason.message;
    try {
      await this.kept.insert({
        id: uuidOf(`${from} ${reason.code} ${sha256(JSON.stringify(message))}`),
        case: id,
        from,
        code: reason.code,
        detail,
        at: clock.now(),
        message,
      });
      onAlarm(`${province}/${domain} set aside a ${message.kind} from ${from} for case ${id}: ${detail}`);
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
    if (message.kind === 'step') await this.sayNegative(id, from, message.event.casesequence, reason);
  }
  private async sayNegative(id: string, to: string, sequence: number, { code, message }: Quarantine): Promise<void> {
    const { province, domain, clock, log, epoch } = this.options;
    const said: Message = {
      kind: 'receipt',
      to,
      epoch: epoch(),
      domain,
      case: id,
      receipt: {
        id: uuidOf(`${id} ${province} delivered ${sequence} ${code}`),
        case: id,
        receipt: 'delivered',
        negative: { code, detail: message.slice(0, 500) },
        sequence,
        time: clock.now(),
        unit: null,
        province,
      },
    };
    await log.append([{ topic: topics.events(domain), key: id, value: said, headers: { kind: 'receipt', to } }]);
  }
}
