import { Refusal, type Fault } from '@chuanyu/contracts';
import type { FastifyReply } from 'fastify';
import type { Gateway } from '../config';
import { publishedOf } from '../gateway-log-use';
import { EventStream } from '../streams/event-stream';
import { Places } from '../streams/places';

/** How far each topic was read, by its name. */
type Positions = Readonly<Record<string, string>>;
export interface PublicBatch {
  readonly events: readonly unknown[];
  /** `after=` for what follows. */
  readonly next: string;
  /** There may be more at once. */
  readonly full: boolean;
}

/** What both provinces publish for integrators: read from the log, in the order of each topic. */
export class PublicEvents {
  private readonly places: Places;
  private readonly streams = new Set<EventStream>();
  constructor(private readonly gateway: Gateway) {
    this.places = new Places(gateway.limits.publicPerAddress, gateway.limits.publicInAll);
  }

  /** Of one domain, or of all; of the own province and those paired with it. */
  topics(domain?: string): readonly string[] {
    const { province, peers, workflows } = this.gateway;
    return publishedOf(province.id, peers, domain === undefined ? workflows.domains() : [domain]);
  }

  async read(domain: string | undefined, after: string | undefined, limit: number): Promise<PublicBatch> {
    const from = after === undefined ? {} : this.positionsOf(after);
    const of = this.topics(domain);
    const events: unknown[] = [];
    const reached: Record<string, string> = { ...from };
    let full = false;
    for (const [at, topic] of of.entries()) {
      // Each gets its share of what is left, so that a busy topic keeps no other from being read.
      const share = Math.ceil((limit - events.length) / (of.length - at));
      if (share === 0) break;
      const position = from[topic];
      const { records, next } = await this.readTopic(topic, position, share);
      events.push(...records.map(({ value }) => value));
      reached[topic] = next;
      full ||= records.length === share;
    }
    return { events, next: cursorOf(reached), full };
  }

  /** Goes on as events are published, as fast as they are read. */
  follow(domain: string | undefined, after: string | undefined, address: string, reply: FastifyReply): void {
    let from = after;
    if (from !== undefined) this.positionsOf(from);
    const giveBack = this.places.take(address);
    const { limits, province } = this.gateway;
    let news = true;
    let running = false;
    const stream: EventStream = new EventStream(reply, {
      heartbeatMilliseconds: limits.heartbeatMilliseconds,
      bytes: limits.streamBytes,
      onEnd: () => {
        for (const stop of stops) stop();
        this.streams.delete(stream);
        giveBack();
      },
    });
    this.streams.add(stream);
    const pump = async (): Promise<void> => {
      if (running) return;
      running = true;
      try {
        while (news && stream.isOpen) {
          news = false;
          const { events, next, full } = await this.read(domain, from, 100);
          // The place to go on from stands with the last event of each batch.
          events.forEach((data, at) => stream.send({ data, ...(at === events.length - 1 ? { id: next } : {}) }));
          from = next;
          news ||= full;
          await stream.drained();
        }
      } catch (error) {
        province.onError(`${province.id}/gateway`, error);
        stream.end();
      } finally {
        running = false;
      }
    };
    const onNews = () => {
      news = true;
      void pump();
    };
    const stops = this.topics(domain).map((topic) => province.log.onAppend(topic, onNews));
    void pump();
  }

  stop(): void {
    for (const stream of [...this.streams]) stream.end();
  }
  get open(): number {
    return this.places.open;
  }

  private async readTopic(topic: string, after: string | undefined, limit: number) {
    try {
      return await this.gateway.province.log.read(topic, { limit, ...(after === undefined ? {} : { after }) });
    } catch (error) {
      if (error instanceof RangeError) throw badCursor();
      throw error;
    }
  }
  private positionsOf(cursor: string): Positions {
    const known = this.topics();
    const positions = positionsIn(cursor);
    if (!positions || !Object.keys(positions).every((topic) => known.includes(topic))) throw badCursor();
    return positions;
  }
}

const fault: Fault = { pointer: '/after', rule: 'cursor', detail: '应为此前答复中的 next，或不带（从头读起）' };
const badCursor = () => new Refusal('bad-request', '查询参数有误', { errors: [fault] });
const cursorOf = (positions: Positions): string => Buffer.from(JSON.stringify(positions)).toString('base64url');
const positionsIn = (cursor: string): Positions | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const texts = Object.entries(value).every(([, each]) => typeof each === 'string' && each.length <= 200);
    // Written again it must be the same: a decoder forgives stray characters.
    return texts && cursorOf(value as Positions) === cursor ? (value as Positions) : undefined;
  } catch {
    return undefined;
  }
};
