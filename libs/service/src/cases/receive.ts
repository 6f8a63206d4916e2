import {
  Refusal,
  shared,
  type AskMessage,
  type HeadsMessage,
  type Message,
  type Side,
  type StepMessage,
} from '@chuanyu/contracts';
import {
  newCase,
  noteReceipt,
  noteUrge,
  proofOf,
  Quarantine,
  receiveAsk,
  receiveStep,
  repeat,
  Waits,
  type CaseDocument,
} from '@chuanyu/engine';
import { NotYet, Poison, type LogRecord } from '@chuanyu/event-log';
import type { Fences } from '../restore/fences';
import type { Standing } from '../restore/standing';
import type { CaseStatements } from './statements';
import { NoSuchCase, type CaseKeeper } from './keeper';

/** Takes in what the exchange brings on `<domain>.inbound`: safe to run twice and at once. */
export class CaseReceiver {
  constructor(
    private readonly keeper: CaseKeeper,
    /** Statements of where the other side stands. */
    private readonly onHeads: (message: HeadsMessage) => Promise<void> = () => Promise.resolve(),
    /** Restores of this side and of peers. */
    private readonly standing?: Standing,
    private readonly fences?: Fences,
    private readonly statements?: CaseStatements,
  ) {}

  async receive(message: Message, record: Pick<LogRecord, 'partition'> = { partition: 0 }): Promise<void> {
    // Of an epoch that its sender has left: void, whatever it says.
    if (this.fences?.isStale(message, record)) return;
    try {
      await this.dispatch(message);
    } catch (error) {
      if (error instanceof Quarantine) throw new Poison(error.message, { cause: error });
      if (error instanceof Waits) throw new NotYet(error.message);
      if (error instanceof Refusal) throw new Poison(error.message, { cause: error });
      throw error;
    }
  }

  private async dispatch(message: Message): Promise<void> {
    switch (message.kind) {
      case 'step':
        await this.step(message);
        return this.standing?.review();
      case 'ask':
        return this.ask(message);
      case 'receipt':
        return this.ifHere(message.case, (id) =>
          this.keeper.change(id, (work, context) => noteReceipt(work, context, message.receipt, message.signature)),
        );
      case 'repair':
        return this.ifHere(message.case, (id) => this.repair(id, message.after));
      case 'urge':
        return this.ifHere(message.case, (id) => this.keeper.change(id, (work) => noteUrge(work, message.urge)));
      case 'heads':
        return this.onHeads(message);
      case 'fence':
        return this.fences?.onFence(message);
      case 'readmission':
        return this.standing?.onReadmission(message);
      case 'row':
      case 'counts':
      case 'key':
      case 'piece':
      case 'want':
        return;
      case 'versions':
        return this.statements?.onVersions(message);
    }
  }

  private async step(message: StepMessage): Promise<void> {
    const { from } = message;
    const event = shared(message.event);
    if (from === undefined) throw new Quarantine('no-sender', event.id);
    this.mustKnow(event.type.split('.').slice(0, 2).join('.'), event.definition);
    const side: Side = event.data.opening?.origin.province === this.keeper.options.province ? 'origin' : 'counterpart';
    const begin = () =>
      this.placeholder(
        message.case,
        event.type.split('.').slice(0, 2).join('.'),
        event.definition,
        from,
        side,
        event.casealias,
      );
    await this.keeper.changeOrBegin(message.case, begin, (work, context) => {
      if (work.case.peer !== from)
        throw new Quarantine('wrong-province', `the case is shared with ${String(work.case.peer)}`);
      receiveStep(work, context, { event, signature: message.signature ?? null });
    });
  }
  private async ask(message: AskMessage): Promise<void> {
    const { ask, from } = message;
    if (from === undefined) throw new Quarantine('no-sender', ask.ask);
    this.mustKnow(message.workflow, message.definition);
    const begin = () => this.placeholder(message.case, message.workflow, message.definition, from, 'counterpart', '');
    await this.keeper.changeOrBegin(message.case, begin, (work, context) => {
      if (work.case.peer !== from)
        throw new Quarantine('wrong-province', `the case is shared with ${String(work.case.peer)}`);
      receiveAsk(work, context, ask);
    });
  }
  /** The other side lacks events: sent again in order, those that were moved to the history too, by the same way as the first time. */
  async repair(id: string, after: number): Promise<void> {
    const kept = await this.keeper.get(id);
    const chain = kept ? await this.keeper.chain(kept.document) : [];
    await this.keeper.change(id, (work, context) => {
      const old = chain.filter(({ event }) => event.casesequence > after && event.casesequence <= work.case.archived);
      for (const { event, signature } of old) {
        work.send.push({
          kind: 'step',
          to: work.case.peer,
          epoch: context.epoch,
          domain: work.case.domain,
          case: id,
          event,
          ...proofOf(event, signature, context),
        });
      }
      repeat(work, context, Math.max(after, work.case.archived));
    });
  }

  /** An event of a version that is not known here waits, and is applied after the upgrade. */
  private mustKnow(workflow: string, definition: number): void {
    if (this.keeper.options.workflows.get(workflow, definition)) return;
    if (this.keeper.options.workflows.highest(workflow) === 0) throw new Quarantine('unknown-workflow', workflow);
    throw new Waits(`${workflow} version ${definition} is not known here yet`);
  }
  private placeholder(
    id: string,
    workflow: string,
    definition: number,
    peer: string,
    side: Side,
    alias: string,
  ): CaseDocument {
    const { province, domain, clock } = this.keeper.options;
    return newCase({
      id,
      workflow,
      domain,
      definition,
      province,
      peer,
      side,
      status: 'placeholder',
      alias,
      createdAt: clock.now(),
    });
  }
  private async ifHere(id: string, change: (id: string) => Promise<unknown>): Promise<void> {
    try {
      await change(id);
    } catch (error) {
      // A receipt or notice about a case that this province has lost says nothing that the heads will not say.
      if (!(error instanceof NoSuchCase)) throw error;
    }
  }
}
