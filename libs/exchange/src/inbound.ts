import {
  canonical,
  sha256,
  topics,
  type AskMessage,
  type Json,
  type Message,
  type PieceMessage,
  type StepEvent,
  type StepMessage,
  type WantMessage,
} from '@chuanyu/contracts';
import { typeOf } from '@chuanyu/engine';
import { learnTrace } from '@chuanyu/service';
import { excessOf } from './disclosure';
import { NotYet, type EventLog, type LogRecord } from '@chuanyu/event-log';
import type { Clock } from '@chuanyu/reference';
import { bodyOf, messageOf, saidAt, topicOf } from './crossing';
import type { ArrivingFiles } from './files/arriving-files';
import type { HeldMessages } from './held';
import { unwrap, verifyParcel, type KeySet, type Opener } from './keys';
import type { Publisher } from './published';
import type { QuarantineStore } from './quarantine';
import { receiptOf } from './receipt';
import type { Validators } from './validators';

export interface InboundOptions {
  readonly province: string;
  readonly peer: string;
  readonly domains: readonly string[];
  readonly log: EventLog;
  readonly clock: Clock;
  readonly opener: Opener;
  readonly keys: () => KeySet;
  /** This province's own public keys. */
  readonly ownKeys: () => KeySet['peers'][number];
  readonly validators: Validators;
  readonly publisher: Publisher;
  readonly quarantine: QuarantineStore;
  readonly files: ArrivingFiles;
  /** The peer asks for pieces of a file. */
  readonly onWant: (message: WantMessage) => Promise<void>;
  /** Control messages that are for the exchange itself: keys that the peer announces, or says to have taken. */
  readonly onKey: (announcement: unknown) => Promise<void>;
  /** Takes announced keys where they can be believed; answers whether they were. */
  readonly takeKey: (announcement: unknown) => Promise<boolean>;
  /** Does its clause let it in? */
  readonly mayComeIn: (message: StepMessage | AskMessage) => boolean;
  readonly eventLimit: number;
}

/** Milliseconds for which a record waits for the key it was signed with. */
const WAIT_FOR_KEY = 10 * 60_000;

/** From the peer's border topics to `<domain>.inbound`: opened, verified, checked, and only then passed on. */
export class Inbound {
  held!: HeldMessages;
  private readonly waitingSince = new Map<string, number>();
  constructor(private readonly options: InboundOptions) {}

  async handle(record: LogRecord): Promise<void> {
    const { peer, quarantine } = this.options;
    const opened = await this.open(record);
    if (!opened.ok) {
      if (opened.fault.waits && this.mayWait(record)) throw new NotYet(opened.fault.title);
      return quarantine.put(peer, this.forTheRecord(record), opened.fault.code, opened.fault.title);
    }
    const { parcel } = opened;
    const message = messageOf(parcel);
    if (!message || !this.options.domains.includes(message.domain))
      return quarantine.put(peer, record, 'bad-form', `a ${parcel.kind} that cannot be read`);
    const wrong = this.misplaced(message, record) ?? this.wrong(message) ?? (await this.unproven(message));
    if (wrong !== undefined) {
      await quarantine.put(peer, record, 'bad-schema', wrong);
      return this.sayNegative(message, wrong);
    }
    const signature = { kid: parcel.kid, signature: parcel.signature, epoch: parcel.epoch };
    if (message.kind === 'step') learnTrace(message.event.traceparent);
    switch (message.kind) {
      case 'piece':
        return this.piece(message, record);
      case 'want':
        return this.options.onWant(message);
      case 'step':
        await this.expectFiles(message);
        await this.held.pass({ ...message, signature });
        return;
      case 'ask':
        await this.expectFiles(message);
        await this.held.pass({
          ...message,
          ask: { ...message.ask, signature },
        });
        return;
      case 'key':
        return this.options.onKey(message.announcement);
      case 'row':
        return;
      case 'fence':
        return this.deliver(message, { partition: message.partition, barrier: '1' });
      case 'counts':
        return this.options.log.append([
          { topic: topics.counts, key: `${peer} ${message.domain}`, value: { ...message, province: peer } },
        ]);
      case 'receipt':
      case 'repair':
      case 'urge':
      case 'heads':
      case 'readmission':
      case 'versions':
        return this.deliver(message);
    }
  }

  /** Also of what must wait behind an earlier message of its case; but not of what no clause lets in. */
  private async expectFiles(message: StepMessage | AskMessage): Promise<void> {
    if (this.options.mayComeIn(message)) await this.options.files.waitsFor(message);
  }
  private async piece(message: PieceMessage, record: LogRecord): Promise<void> {
    const { peer, quarantine, files } = this.options;
    const wrong = await files.onPiece(message, record);
    if (wrong !== undefined) await quarantine.put(peer, this.forTheRecord(record), 'bad-piece', wrong);
  }
  /** What is kept of a piece that is not believed must not fill the disk: its hash stands for it. */
  private forTheRecord(record: LogRecord): LogRecord {
    const { peer, province } = this.options;
    if (record.topic !== topics.files(peer, province)) return record;
    return { ...record, value: sha256(JSON.stringify(record.value)), headers: {} };
  }

  private async open(record: LogRecord): ReturnType<typeof unwrap> {
    const { peer, province, opener, keys, clock, takeKey } = this.options;
    const context = { from: peer, to: province, topic: record.topic };
    const unwrapped = () =>
      unwrap(record.value, record.headers, context, {
        opener,
        keys: keys(),
        at: (parcel) => saidAt(parcel.body) ?? clock.now(),
      });
    const first = await unwrapped();
    if (first.ok || first.fault.code !== 'unknown-key') return first;
    // An announcement that was lost is said again under the very key that it brings; what vouches for it is in itself.
    const sealed = await opener.open(record.value, record.headers, context);
    const announcement = sealed.ok ? announcementIn(sealed.json) : undefined;
    return announcement !== undefined && (await takeKey(announcement)) ? unwrapped() : first;
  }
  /** Steps and asks stand on their domain's topic, where their order is kept, pieces among files; all else on control. */
  private misplaced(message: Message, record: LogRecord): string | undefined {
    const { peer, province } = this.options;
    return record.topic === topicOf(message, peer, province)
      ? undefined
      : `a ${message.kind} of ${message.domain} on another topic`;
  }

  /** A key may be announced a little later, on another topic; an invented one never is. */
  private mayWait(record: LogRecord): boolean {
    const position = `${record.topic}/${record.partition}/${record.offset}`;
    const now = this.options.clock.millis();
    const since = this.waitingSince.get(position) ?? now;
    this.waitingSince.set(position, since);
    if (now - since < WAIT_FOR_KEY) return true;
    this.waitingSince.delete(position);
    return false;
  }

  /** The gate has let it through: onto this province's log, and `relayed` back. */
  async cross(message: StepMessage | AskMessage): Promise<void> {
    // Taken before it is handed on: the case may be quicker to say `delivered` than we are.
    const time = this.options.clock.now();
    await this.deliver(message);
    if (message.kind === 'ask') return;
    await this.say(message, time);
    const found = this.options.validators.find(message.event.type, message.event.definition);
    if (found) await this.options.publisher.publish(found.workflow, found.step, message.event);
  }
  private async deliver(
    message: Message,
    fence?: { readonly partition: number; readonly barrier: string },
  ): Promise<void> {
    const key = 'case' in message ? message.case : `${message.kind} ${this.options.peer}`;
    const traceparent = message.kind === 'step' ? message.event.traceparent : undefined;
    const headers = {
      kind: message.kind,
      from: this.options.peer,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(fence ? { barrier: fence.barrier } : {}),
    };
    await this.options.log.append([
      {
        topic: topics.inbound(message.domain),
        key,
        value: message,
        headers,
        ...(fence ? { partition: fence.partition } : {}),
      },
    ]);
  }

  /** An event that this side is said to have written itself is believed only with its own signature. */
  private async unproven(message: Message): Promise<string | undefined> {
    const { province, peer, keys, ownKeys } = this.options;
    if (message.kind !== 'step' || !message.event.source.startsWith(`${province}/`)) return undefined;
    if (!message.proof) return 'an event of this side without its signature';
    const { kid, signature, epoch } = message.proof;
    const body = bodyOf({
      kind: 'step',
      to: peer,
      epoch: epoch ?? 0,
      domain: message.domain,
      case: message.case,
      event: message.event,
    });
    const parcel = { from: province, to: peer, kind: 'step', epoch: epoch ?? 0, body, kid, signature };
    const verified = await verifyParcel({ peers: [...keys().peers, ownKeys()] }, parcel, { at: message.event.time });
    return verified.ok ? undefined : `an event of this side whose signature is not ours: ${verified.fault.code}`;
  }

  /** Does it fit what the workflow lets cross, and its size? A version not known here is left to the case, where it waits. */
  private wrong(message: Message): string | undefined {
    const { peer, validators } = this.options;
    if (message.kind === 'step') return this.wrongEvent(message.event, message);
    if (message.kind === 'receipt' && (message.receipt.case !== message.case || message.receipt.province !== peer))
      return 'a receipt of another case or province';
    if (message.kind !== 'ask') return validators.control(message.kind, bodyOf(message));
    if (message.ask.case !== message.case) return 'an ask of another case';
    if (!message.workflow.startsWith(`${message.domain}.`)) return 'an ask of another domain';
    if (canonical(message.ask).length > this.options.eventLimit) return 'too large';
    const type = `${message.workflow}.${message.ask.step}.v1`;
    const found = validators.find(type, message.definition);
    if (!found) return validators.knows(type, message.definition) ? 'a step that is not known' : undefined;
    return validators.ask(found.workflow, found.step, message.ask);
  }
  private wrongEvent(event: StepEvent, { case: id, domain }: StepMessage): string | undefined {
    const misshapen = this.options.validators.envelope(event);
    if (misshapen !== undefined) return misshapen;
    if (event.subject !== id || event.id !== `${id}/${event.casesequence}`) return 'an event of another case';
    const { peer, province } = this.options;
    if (!event.type.startsWith(`${domain}.`) || ![`${peer}/${domain}`, `${province}/${domain}`].includes(event.source))
      return 'an event of another domain or province';
    if ('private' in event) return 'a private part crossed the border';
    if (Buffer.byteLength(canonical(event)) > this.options.eventLimit) return 'too large';
    const { validators } = this.options;
    const found = validators.find(event.type, event.definition);
    if (!found) return validators.knows(event.type, event.definition) ? 'a step that is not known' : undefined;
    if (event.type !== typeOf(found.workflow, found.step) || event.dataschema !== event.type)
      return 'a version of the form that is not known';
    return excessOf(found.workflow, found.step, event) ?? validators.event(found.workflow, found.step, event);
  }

  private async say(
    message: StepMessage,
    time: string,
    negative?: { readonly code: string; readonly detail: string },
  ): Promise<void> {
    const { province, peer, log } = this.options;
    const named = ['relayed', message.event.casesequence, negative?.code ?? ''];
    const said = receiptOf(message, {
      province,
      to: peer,
      receipt: 'relayed',
      time,
      named,
      ...(negative ? { negative } : {}),
    });
    await log.append([
      { topic: topics.events('exchange'), key: message.case, value: said, headers: { kind: 'receipt', to: peer } },
    ]);
  }
  private async sayNegative(message: Message, detail: string): Promise<void> {
    if (message.kind === 'step') await this.say(message, this.options.clock.now(), { code: 'quarantined', detail });
  }
  /** What is held here shows on the sender's case. */
  async sayHeld(message: StepMessage | AskMessage, why: string): Promise<void> {
    if (message.kind === 'step') await this.say(message, this.options.clock.now(), { code: 'held', detail: why });
  }
}

/** What a parcel announces, if it is of that kind; who sealed it is not known yet. */
const announcementIn = (parcel: Json): unknown => {
  const { kind, body } = parcel as {
    readonly kind?: unknown;
    readonly body?: { readonly announcement?: unknown } | null;
  };
  return kind === 'key' ? (body?.announcement ?? undefined) : undefined;
};
