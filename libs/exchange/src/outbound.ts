import {
  shared,
  topics,
  type ReceiptMessage,
  type AskMessage,
  type Message,
  type Signature,
  type StepMessage,
} from '@chuanyu/contracts';
import { partsOf } from '@chuanyu/engine';
import { NotYet, Poison, type EventLog, type LogRecord } from '@chuanyu/event-log';
import type { Clock } from '@chuanyu/reference';
import { excessOf } from './disclosure';
import { bodyOf, keyOf, topicOf } from './crossing';
import type { SentFiles } from './files/sent-files';
import type { HeldMessages } from './held';
import { KeyError, wrap, type Keyring, type Sealer } from './keys';
import type { Publisher } from './published';
import { receiptOf } from './receipt';
import type { Validators } from './validators';

export interface OutboundOptions {
  readonly province: string;
  readonly peers: readonly string[];
  readonly log: EventLog;
  readonly clock: Clock;
  readonly keyring: () => Keyring;
  readonly sealer: Sealer;
  readonly validators: Validators;
  readonly publisher: Publisher;
  readonly files: SentFiles;
  /** What an operator must look at. */
  readonly onAlarm: (what: string) => void;
}

/** From `<domain>.events` to the border: what may cross is computed again, then signed, sealed and put out. */
export class Outbound {
  held!: HeldMessages;
  constructor(private readonly options: OutboundOptions) {}

  async handle(record: LogRecord): Promise<void> {
    const message = record.value as Message;
    if (!isMessage(record.value)) throw new Poison('a record that is no message');
    if (message.to === null) return;
    if (!this.options.peers.includes(message.to)) throw new Poison(`not paired with ${message.to}`);
    switch (message.kind) {
      case 'step':
      case 'ask':
        return this.held.pass(await this.checked(message));
      case 'fence':
      case 'receipt':
      case 'repair':
      case 'urge':
      case 'heads':
      case 'readmission':
      case 'counts':
      case 'key':
      case 'versions':
      case 'want':
        return void (await this.put(message, message.to));
      case 'piece':
      // They come from the file store, straight to the border.
    }
    throw new Poison(`unknown kind ${(message as Message).kind}`);
  }

  /** What may not cross would otherwise lie unnoticed in the dead letters, its case waiting for ever. */
  private async checked(message: StepMessage | AskMessage): Promise<StepMessage | AskMessage> {
    try {
      return this.recheck(message);
    } catch (error) {
      if (!(error instanceof Poison)) throw error;
      this.options.onAlarm(`${this.options.province} ${message.case}: ${error.message}`);
      await this.sayNegative(message, 'refused-at-border', '交换网关复核未通过，未发往对方，请联系运维');
      throw error;
    }
  }
  /** The engine settled what crosses; here it is computed a second time, and any excess is refused. */
  private recheck(message: StepMessage | AskMessage): StepMessage | AskMessage {
    const { validators } = this.options;
    if (message.kind === 'ask') {
      const workflow = validators.find(`${message.workflow}.${message.ask.step}.v1`, message.definition);
      const step = workflow?.workflow.steps.get(message.ask.step);
      if (!workflow || !step) throw new Poison(`unknown step ${message.ask.step}`);
      const wrong =
        partsOf(workflow.workflow, step, message.ask.form).excess[0] ??
        validators.ask(workflow.workflow, step, message.ask);
      if (wrong !== undefined) throw new Poison(`disclosure: ask ${message.ask.ask} may not cross: ${wrong}`);
      return message;
    }
    const found = validators.find(message.event.type, message.event.definition);
    if (!found) throw new Poison(`unknown type ${message.event.type}`);
    const event = shared(message.event);
    const wrong = excessOf(found.workflow, found.step, event) ?? validators.event(found.workflow, found.step, event);
    if (wrong !== undefined) throw new Poison(`disclosure: event ${event.id} may not cross: ${wrong}`);
    return { ...message, event };
  }

  /** The gate has let it through. */
  async cross(message: StepMessage | AskMessage): Promise<void> {
    if (message.to === null) return;
    // Taken before it is put out: the peer may be quicker with its own receipts than we with ours.
    const time = this.options.clock.now();
    // Written down before the event can name them to the peer: it may ask for them at once.
    await this.options.files.note(message, message.to);
    const signature = await this.put(message, message.to);
    this.options.files.go();
    if (message.kind === 'ask') return;
    await this.accept(message, signature, time);
    const found = this.options.validators.find(message.event.type, message.event.definition);
    if (found) await this.options.publisher.publish(found.workflow, found.step, message.event);
  }

  async put(message: Message, to: string): Promise<Signature> {
    const { province, log, clock, keyring, sealer } = this.options;
    const topic = topicOf(message, province, to);
    const parcel = { from: province, to, kind: message.kind, epoch: message.epoch, body: bodyOf(message) };
    const { value, headers, signature } = await wrap(parcel, topic, { keyring: keyring(), sealer, clock }).catch(
      (error: unknown) => {
        // The peer's next key may be on its way, behind a cut: what waits for it must not end among the dead.
        throw error instanceof KeyError ? new NotYet(error.message) : error;
      },
    );
    const fence = message.kind === 'fence' ? { partition: message.partition, barrier: { barrier: '1' } } : undefined;
    await log.append([
      {
        topic,
        key: keyOf(message),
        value,
        headers: { ...headers, ...fence?.barrier },
        ...(fence ? { partition: fence.partition } : {}),
      },
    ]);
    return signature;
  }

  /** accepted: signed, and on the border log. */
  private async accept(message: StepMessage, signature: Signature, time: string): Promise<void> {
    const named = ['accepted', message.event.casesequence];
    await this.tellCase(
      receiptOf(message, { province: this.options.province, to: null, receipt: 'accepted', time, named, signature }),
    );
  }
  /** What is held shows on the case. */
  async sayHeld(message: StepMessage | AskMessage, why: string): Promise<void> {
    await this.sayNegative(message, 'held', why);
  }
  private async sayNegative(message: StepMessage | AskMessage, code: string, why: string): Promise<void> {
    if (message.kind === 'ask') return;
    const { province, clock } = this.options;
    const negative = { code, detail: why };
    const named = [code, message.event.casesequence];
    await this.tellCase(
      receiptOf(message, { province, to: null, receipt: 'accepted', time: clock.now(), named, negative }),
    );
  }
  /** What concerns only this province's own case goes straight back to it. */
  private async tellCase(receipt: ReceiptMessage): Promise<void> {
    await this.options.log.append([
      { topic: topics.inbound(receipt.domain), key: receipt.case, value: receipt, headers: { kind: 'receipt' } },
    ]);
  }
}

const isMessage = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  'to' in value &&
  (value.to === null || typeof value.to === 'string');
