import { randomUUID } from 'node:crypto';
import type { Collection, CollectionDefinition, Document } from '@chuanyu/collections';
import type { LogRecord } from '@chuanyu/event-log';

/** A record from across the border that was not believed or does not fit: kept as it came, with the reason. */
export interface Quarantined extends Document {
  readonly peer: string;
  readonly topic: string;
  readonly key: string;
  readonly position: string;
  readonly code: string;
  readonly detail: string;
  readonly at: string;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
}
export const quarantineDefinition: CollectionDefinition = {
  name: 'exchange.quarantine',
  fields: ['peer', 'at', 'code'],
  sets: {},
};

export class QuarantineStore {
  constructor(
    private readonly kept: Collection<Quarantined>,
    private readonly now: () => string,
    private readonly alarm: (what: string) => void,
  ) {}
  async put(peer: string, record: LogRecord, code: string, detail: string): Promise<void> {
    const position = `${record.topic}/${record.partition}/${record.offset}`;
    await this.kept.insert({
      id: randomUUID(),
      peer,
      topic: record.topic,
      key: record.key,
      position,
      code,
      detail,
      at: this.now(),
      value: record.value,
      headers: record.headers,
    });
    this.alarm(`quarantined ${position} from ${peer}: ${code} ${detail}`);
  }
  async all(limit = 100): Promise<readonly Quarantined[]> {
    const page = await this.kept.find({ sort: { by: 'at', order: 'descending' }, limit });
    return page.items.map(({ document }) => document);
  }
}
