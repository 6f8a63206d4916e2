import { Duplicate, type Collection } from '@chuanyu/collections';
import { parseType, topics } from '@chuanyu/contracts';
import { NotYet, type EventLog, type LogRecord } from '@chuanyu/event-log';
import type { PublishedMark } from './published';
import type { QuarantineStore } from './quarantine';
import type { Validators } from './validators';

/** What a peer publishes, for the integrators of this province: each event once, and nothing that its workflow does not publish. */
export class Mirror {
  constructor(
    private readonly options: {
      readonly peer: string;
      readonly log: EventLog;
      readonly validators: Validators;
      readonly marks: Collection<PublishedMark>;
      readonly quarantine: QuarantineStore;
    },
  ) {}

  async handle(record: LogRecord): Promise<void> {
    const { peer, log, validators, marks, quarantine } = this.options;
    const { value } = record;
    const said = isPublic(value) ? value : undefined;
    const parsed = said && parseType(said.type);
    if (!said || !parsed || record.topic !== topics.published(peer, parsed.domain))
      return quarantine.put(peer, record, 'bad-form', 'no public event of this topic');
    const found = validators.latest(said.type);
    if (!found) throw new NotYet(`${said.type} is not known here yet`);
    const wrong =
      record.key === said.alias
        ? validators.published(found.workflow, found.step, value)
        : 'another key than its alias';
    if (wrong !== undefined) return quarantine.put(peer, record, 'bad-schema', wrong);
    const id = `${peer} ${said.id}`;
    const known = await marks.get(id);
    if (known) return;
    // Without the headers: nothing that is not checked goes on.
    await log.append([{ topic: record.topic, key: record.key, value }]);
    try {
      await marks.insert({ id, at: said.date });
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
  }
}
const isPublic = (value: unknown): value is Readonly<Record<'id' | 'type' | 'alias' | 'date' | 'province', string>> =>
  typeof value === 'object' &&
  value !== null &&
  ['id', 'type', 'alias', 'date', 'province'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'string',
  );
