import type { AuditLog } from '@chuanyu/access';
import { Duplicate, type Collection, type CollectionDefinition, type Document } from '@chuanyu/collections';
import { sha256, uuidOf } from '@chuanyu/contracts';
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
    private readonly audit: AuditLog,
  ) {}
  async put(peer: string, record: LogRecord, code: string, detail: string): Promise<void> {
    const position = `${record.topic}/${record.partition}/${record.offset}`;
    try {
      await this.kept.insert({
        // The same record brought twice is one: it is delivered again after a restart.
        id: uuidOf([peer, position, code, sha256(JSON.stringify([record.value ?? null, record.headers]))].join(' ')),
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
    } catch (error) {
      if (error instanceof Duplicate) return;
      throw error;
    }
    await this.audit.append({
      who: 'exchange',
      act: 'quarantine',
      outcome: 'refused',
      detail: { peer, record: position, code },
    });
    this.alarm(`quarantined ${position} from ${peer}: ${code} ${detail}`);
  }
  async all(limit = 100): Promise<readonly Quarantined[]> {
    const page = await this.kept.find({ sort: { by: 'at', order: 'descending' }, limit });
    return page.items.map(({ document }) => document);
  }
  async tally(): Promise<readonly { readonly peer: string; readonly code: string; readonly count: number }[]> {
    const found = await this.kept.tally(['peer', 'code']);
    return found.map(({ values: [peer, code], count }) => ({ peer: String(peer), code: String(code), count }));
  }
}
