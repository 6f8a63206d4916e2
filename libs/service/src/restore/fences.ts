import type { FenceMessage, Message, ReadmissionMessage } from '@chuanyu/contracts';
import { PARTITIONS, partitionOf, type LogRecord } from '@chuanyu/event-log';
import { say } from '../cases/say';
import { sharedCases, type CaseHead } from '../cases/many-cases';
import type { StandingOptions } from './standing';

const HEADS_AT_ONCE = 500;

/** The peer's part in a restore: it adopts the restored province's next epoch, and tells it where their cases stand. */
export class Fences {
  constructor(private readonly options: Pick<StandingOptions, 'keeper' | 'book' | 'log'>) {}

  /** Is this message of an epoch that its sender has left? */
  isStale(message: Message, record: Pick<LogRecord, 'partition'>): boolean {
    if (message.from === undefined || message.kind === 'fence' || message.kind === 'readmission') return false;
    // The exchanges say these of each other's records, in the epoch of the record.
    if (message.kind === 'receipt' && message.receipt.receipt === 'relayed') return false;
    if (this.options.keeper.options.without?.has(24)) return false;
    return message.epoch < (this.options.book.now.adopted[`${message.from} ${record.partition}`]?.epoch ?? 0);
  }

  /** A peer was restored: its higher epoch is adopted, the same fence is answered again, any other is stale. */
  async onFence(fence: FenceMessage): Promise<void> {
    const { book } = this.options;
    const { from, partition, nonce, next, domain } = fence;
    if (from === undefined) return;
    const place = `${from} ${partition}`;
    const state = await book.update((before) => {
      const known = before.adopted[place];
      if (known && (next < known.epoch || (next === known.epoch && nonce !== known.nonce))) return {};
      return { adopted: { ...before.adopted, [place]: { epoch: next, nonce } } };
    });
    const adopted = state.adopted[place];
    const granted = adopted?.nonce === nonce && adopted.epoch === next;
    const heads: CaseHead[] = [];
    if (granted)
      for await (const head of sharedCases(this.options.keeper.options.cases, from))
        if (partitionOf(head[0], PARTITIONS) === partition) heads.push(head);
    const pages = Math.max(1, Math.ceil(heads.length / HEADS_AT_ONCE));
    for (let page = 0; page < pages; page++) {
      const answer: ReadmissionMessage = {
        kind: 'readmission',
        to: from,
        epoch: book.now.epoch,
        domain,
        nonce,
        partition,
        granted,
        known: adopted?.epoch ?? 0,
        heads: heads.slice(page * HEADS_AT_ONCE, (page + 1) * HEADS_AT_ONCE),
        last: page === pages - 1,
      };
      await say(this.options.log, answer, `readmission ${from}`);
    }
    if (granted) await this.resendParked(from, partition);
  }
  /** What was set aside here of the restored province's own events goes back to it: it may be the only copy. */
  private async resendParked(peer: string, partition: number): Promise<void> {
    const { keeper } = this.options;
    for await (const [id] of sharedCases(keeper.options.cases, peer)) {
      if (partitionOf(id, PARTITIONS) !== partition) continue;
      if (((await keeper.get(id))?.document.parked ?? []).length === 0) continue;
      await keeper.change(id, (work, context) => {
        for (const { event, signature } of work.case.parked) {
          if (!event.source.startsWith(`${peer}/`)) continue;
          work.send.push({
            kind: 'step',
            to: peer,
            epoch: context.epoch,
            domain: work.case.domain,
            case: id,
            event,
            ...(signature ? { proof: signature } : {}),
          });
        }
      });
    }
  }
}
