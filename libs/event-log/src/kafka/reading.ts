import type { LogRecord } from '../port';
import type { ClusterView } from './cluster';
import { incoming } from './message';
import type { Topics } from './topics';

const FETCH_BYTES = 1_000_000;

export interface Page {
  readonly records: readonly LogRecord[];
  readonly next: string;
}

/**
 * Reading without a group: partition by partition, each from where the cursor says. A cursor is the log's generation and an
 * offset for each partition.
 */
export class Reading {
  constructor(
    private readonly topics: Topics,
    private readonly view: ClusterView,
    private readonly generation: string,
  ) {}

  async read(topic: string, after: string | undefined, limit: number): Promise<Page> {
    const partitions = await this.topics.partitions(topic);
    const [starts, ends] = [await this.view.starts(topic, partitions), await this.view.ends(topic, partitions)];
    const asked = after === undefined ? [] : this.offsetsOf(after);
    const offsets = Array.from({ length: partitions }, (_, partition) => {
      const [offset, start, end] = [asked[partition] ?? 0, starts.get(partition) ?? 0, ends.get(partition) ?? 0];
      // Beyond the end: the topic was made anew, and is read from its beginning.
      return offset < start || offset > end ? start : offset;
    });
    const records: LogRecord[] = [];
    for (const [partition, offset] of offsets.entries()) {
      let next = offset;
      for (const end = ends.get(partition) ?? 0; next < end && records.length < limit;) {
        const { messages } = await this.view.fetch(topic, partition, next, FETCH_BYTES);
        const taken = messages.slice(0, limit - records.length);
        records.push(...taken.map((message) => incoming(topic, partition, message).record));
        next = taken.length > 0 ? Number(taken.at(-1)?.offset) + 1 : end;
      }
      offsets[partition] = next;
    }
    return { records, next: `${this.generation}.${offsets.join('-')}` };
  }

  private offsetsOf(cursor: string): readonly number[] {
    const [generation, offsets] = cursor.split('.');
    const numbers = (offsets ?? '').split('-').map(Number);
    if (!offsets || !numbers.every(Number.isSafeInteger)) throw new RangeError('not a cursor of this log');
    // A cursor of another log: this one is read from its beginning (protocol, rule 25).
    return generation === this.generation ? numbers : [];
  }
}
