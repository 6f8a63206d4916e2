import type { Officer } from '@chuanyu/access';
import { Refusal } from '@chuanyu/contracts';
import { isInstant } from '@chuanyu/reference';
import type { FastifyReply } from 'fastify';
import type { Gateway } from '../config';
import { EventStream } from '../streams/event-stream';
import { Places } from '../streams/places';
import type { KeptRow } from './kept-row';
import type { Lists } from './lists';
import type { RowBook, RowChange } from './row-book';
import type { Viewer } from './viewer';

/** A reader that was away for longer than so many changes reads its lists again. */
const MOST_MISSED = 500;

interface Follower {
  readonly viewer: Viewer;
  readonly stream: EventStream;
  /** What changed while it was still being told what it had missed. */
  waiting: RowChange[] | undefined;
}

/**
 * Live changes of the lists: `case` with the list's line for each case that the officer may find, `gone` where they may not find it any
 * more, `reset` where too much was missed. The id of each is when the case changed.
 */
export class Changes {
  private readonly followers = new Set<Follower>();
  private readonly places: Places;
  private readonly stopListening: () => void;
  constructor(
    private readonly gateway: Gateway,
    private readonly lists: Lists,
    private readonly book: RowBook,
  ) {
    this.places = new Places(gateway.limits.changesPerOfficer);
    this.stopListening = book.onChange((change) => this.tell(change));
  }

  /** Until the token expires. `since` is the id of the last change that was seen. Throws before anything is answered. */
  follow(officer: Officer, expires: string, since: string | undefined, reply: FastifyReply): void {
    if (since !== undefined && !isInstant(since))
      throw new Refusal('bad-request', '请求头有误', {
        errors: [{ pointer: '', rule: 'last-event-id', detail: 'Last-Event-ID 应为此前收到的 id，或不带' }],
      });
    const { limits, province } = this.gateway;
    const giveBack = this.places.take(officer.id);
    const left = Date.parse(expires) - province.realTime.millis();
    const expiry = setTimeout(() => stream.end(), left).unref();
    const stream: EventStream = new EventStream(reply, {
      heartbeatMilliseconds: limits.heartbeatMilliseconds,
      bytes: limits.streamBytes,
      onEnd: () => {
        clearTimeout(expiry);
        this.followers.delete(follower);
        giveBack();
      },
    });
    const follower: Follower = {
      viewer: this.lists.viewer(officer),
      stream,
      waiting: since === undefined ? undefined : [],
    };
    this.followers.add(follower);
    if (since !== undefined)
      this.tellMissed(follower, since).catch((error: unknown) => {
        province.onError(`${province.id}/gateway`, error);
        stream.end();
      });
  }

  stop(): void {
    this.stopListening();
    for (const { stream } of [...this.followers]) stream.end();
  }
  /** Streams that are open now. */
  get open(): number {
    return this.places.open;
  }

  private tell(change: RowChange): void {
    if (this.followers.size === 0) return;
    const item = this.lists.itemMaker();
    const line = { id: change.after.row.changedAt, data: item(change.after) };
    for (const follower of this.followers) {
      if (follower.waiting) {
        follower.waiting.push(change);
        if (follower.waiting.length > MOST_MISSED) follower.stream.end();
      } else this.tellOne(follower, change, line);
    }
  }
  private tellOne(
    { viewer, stream }: Follower,
    { before, after }: RowChange,
    line: { readonly id: string; readonly data: unknown },
  ): void {
    if (viewer.mayFind(after)) stream.send({ event: 'case', ...line });
    else if (before && viewer.mayFind(before)) stream.send({ event: 'gone', id: line.id, data: { id: after.id } });
  }
  private async tellMissed(follower: Follower, since: string): Promise<void> {
    const { viewer, stream } = follower;
    const { where, or } = viewer.visible;
    const { items, next } = await this.book.rows.find({
      filter: { where: { ...where, 'row.changedAt': { gte: since } }, or },
      sort: { by: 'row.changedAt', order: 'ascending' },
      limit: MOST_MISSED,
    });
    const item = this.lists.itemMaker();
    const told = new Map<string, KeptRow>();
    if (next === undefined) {
      for (const { document } of items) {
        told.set(document.id, document);
        stream.send({ event: 'case', id: document.row.changedAt, data: item(document) });
        await stream.drained();
      }
    } else stream.send({ event: 'reset', data: {} });
    const waiting = follower.waiting ?? [];
    follower.waiting = undefined;
    for (const change of waiting) {
      const { row } = change.after;
      if (row.revision > (told.get(row.id)?.row.revision ?? -1))
        this.tellOne(follower, change, { id: row.changedAt, data: item(change.after) });
    }
  }
}
