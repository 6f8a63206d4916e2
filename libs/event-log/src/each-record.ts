import type { EventLog, LogRecord } from './port';

const PAGE = 500;

/** All that lies on a topic, oldest first by partition; what is appended meanwhile, too, up to where nothing more is found. */
export async function* eachRecord(log: Pick<EventLog, 'read'>, topic: string): AsyncGenerator<LogRecord> {
  for (let from: { readonly after?: string } = {}; ;) {
    const { records, next } = await log.read(topic, { limit: PAGE, ...from });
    if (records.length === 0) return;
    yield* records;
    from = { after: next };
  }
}
