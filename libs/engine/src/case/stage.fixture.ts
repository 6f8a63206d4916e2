import { otherSide, type Message, type Refusal, type Side, type StepEvent } from '@chuanyu/contracts';
import { FixedClock, publishedCalendar, hours, type Calendar } from '@chuanyu/reference';
import {
  applyParked,
  Attachment,
  back,
  defaultLimits,
  defineWorkflow,
  ListOf,
  newCase,
  noteReceipt,
  OneOf,
  Optional,
  Private,
  receiveAsk,
  receiveStep,
  Shared,
  returnDraft,
  signDraft,
  takeIn,
  takeStep,
  Text,
  wake,
  workingDays,
  after,
  type Attached,
  type CaseDocument,
  type Command,
  type Context,
  type Limits,
  type Taken,
  type Who,
  type Work,
} from '../index';

export class Request {
  @Text(4000) @Shared('事项', 'health') subject!: string;
  @OneOf('一室', '二室') @Shared('房间') room!: string;
  @Text(200) @Optional() @Private('内部意见') opinion?: string;
}
class Paper {
  @Attachment() @Shared('材料', 'family') file!: Attached;
}
export class Reply {
  @Text(200) @Shared('答复') answer!: string;
  @Attachment() @Optional() @Private('底稿') draft?: Attached;
  @ListOf(Paper) @Optional() @Shared('材料清单', 'family') papers?: Paper[];
}
class Why {
  @Text(200) @Shared('理由') reason!: string;
}

/** A small workflow with one of everything that the specs beside this file look at. */
export const visit = defineWorkflow('prison.visit', {
  title: '会见',
  english: 'Visit',
  docket: '会',
  serves: [],
  basis: [],
  roles: {
    origin: { applicant: '申请人', 'applicant-leader': '申请单位负责人' },
    counterpart: { warden: '狱政民警', 'warden-leader': '监狱负责人' },
  },
  claims: [
    { title: '房间已被占用', side: 'counterpart', during: ['planned'], keys: ({ last }) => [last(Request).room] },
  ],
  // prettier-ignore
  states: {
    applied:  { title: '待安排', turn: 'counterpart', due: hours(4), late: 'overdue' },
    overdue:  { title: '逾期',   turn: 'origin', due: workingDays(2) },
    planned:  { title: '已安排', turn: 'counterpart', due: after('delivery', hours(8)) },
    paused:   { title: '暂停',   turn: 'counterpart', due: hours(1) },
    held:     { title: '已会见' },
    revoked:  { title: '已撤销' },
  },
  // prettier-ignore
  steps: {
    apply:  { title: '申请', opens: 'applied', by: 'applicant', form: Request, signedBy: 'applicant-leader' },
    amend:  { title: '变更', from: ['overdue', 'applied'], to: 'applied', by: 'applicant', form: Request },
    plan:   { title: '安排', from: ['applied', 'overdue'], to: 'planned', by: ['warden', 'applicant'] },
    note:   { title: '备注', from: ['applied', 'overdue', 'planned', 'paused'], stays: true, by: ['applicant', 'warden'], form: Reply },
    hold:   { title: '会见', from: 'planned', to: 'held', by: 'warden', signedBy: 'warden-leader' },
    pause:  { title: '暂停', from: ['applied', 'overdue', 'planned'], to: 'paused', by: 'warden', byRight: true },
    resume: { title: '恢复', from: 'paused', to: back, by: 'warden' },
    revoke: { title: '撤销', from: ['applied', 'overdue', 'planned', 'paused'], to: 'revoked', by: 'applicant', form: Why, byRight: true },
  },
});

export const provinces = { origin: 'sichuan', counterpart: 'chongqing' } as const;
const units: Readonly<Record<string, { readonly province: string; readonly kind: string }>> = {
  'sc-office': { province: 'sichuan', kind: 'judicial-office' },
  'cq-prison': { province: 'chongqing', kind: 'prison' },
  'cq-other': { province: 'chongqing', kind: 'prison' },
};
export const applicant: Who = { officer: 'sc.1', unit: 'sc-office', roles: ['applicant'] };
export const applicantLeader: Who = { officer: 'sc.9', unit: 'sc-office', roles: ['applicant-leader'] };
export const warden: Who = { officer: 'cq.1', unit: 'cq-prison', roles: ['warden'] };
export const wardenLeader: Who = { officer: 'cq.9', unit: 'cq-prison', roles: ['warden-leader'] };
export const request = { subject: '家属会见', room: '一室' };

/** One province's replica of the case, and what it has said and not yet sent. */
export class Replica {
  sent: Message[] = [];
  taken = new Set<string>();
  missing: string | undefined;
  limits: Limits = defaultLimits;
  calendar: Calendar = publishedCalendar;
  archived = new Map<number, string>();
  uploaded = new Map<string, { readonly size: number; readonly type: string }>();
  constructor(
    readonly side: Side,
    public document: CaseDocument,
    readonly clock: FixedClock,
    private readonly ids: () => string,
  ) {}
  get context(): Context {
    return {
      province: provinces[this.side],
      abbreviation: this.side === 'origin' ? '川' : '渝',
      workflow: visit,
      now: this.clock.now(),
      calendar: this.calendar,
      units: { get: (id) => units[id] },
      clauses: { covering: () => (this.missing === undefined ? { clause: 'agreement/1' } : { missing: this.missing }) },
      find: () => undefined,
      file: (hash, unit) => this.uploaded.get(`${unit} ${hash}`),
      under: () => ({ count: 0, of: 0 }),
      parent: () => undefined,
      epoch: 1,
      mayWrite: true,
      uuid: this.ids,
      taken: this.taken,
      held: (claims) => new Set(claims.filter((claim) => this.taken.has(claim))),
      serial: 1,
      limits: this.limits,
      archivedHash: (sequence) => this.archived.get(sequence),
      without: new Set(),
    };
  }
  /** As the keeper does it: on a copy, kept only where nothing is refused. */
  change<T>(change: (work: Work, context: Context) => T): T {
    const work: Work = { case: structuredClone(this.document), send: [] };
    const result = change(work, this.context);
    this.document = work.case;
    this.sent.push(...work.send);
    return result;
  }
  take(step: string, who: Who, form: unknown = null, more: Partial<Command> = {}): Taken {
    const command: Command = { step, form, key: this.ids(), fingerprint: 'f', who, overrides: [], ...more };
    return this.change((work, context) => takeStep(work, context, command));
  }
  sign(signer: Who, draft = this.document.drafts[0]?.id ?? ''): Taken {
    return this.change((work, context) => signDraft(work, context, draft, signer));
  }
  return(who: Who, reason: string): void {
    this.change((work, context) => returnDraft(work, context, this.document.drafts[0]?.id ?? '', who, reason));
  }
  look(who: Who): boolean {
    return this.change((work, context) => takeIn(work, context, who));
  }
  wake(after: number): void {
    this.clock.advance(after);
    this.change(wake);
  }
  receive(message: Message): void {
    this.change((work, context) => {
      if (message.kind === 'step') receiveStep(work, context, { event: crossed(message.event), signature: null });
      else if (message.kind === 'ask') receiveAsk(work, context, message.ask);
      else if (message.kind === 'receipt') noteReceipt(work, context, message.receipt);
      else applyParked(work, context);
    });
  }
  /** Moves everything but the last links out of the document, as the keeper does. */
  archive(keep: number): void {
    const old = this.document.recent.slice(0, -keep);
    for (const { event, hash } of old) this.archived.set(event.casesequence, hash);
    this.document = { ...this.document, recent: this.document.recent.slice(-keep), archived: old.length };
  }
  said<K extends Message['kind']>(kind: K): Extract<Message, { kind: K }>[] {
    return this.sent.filter((message): message is Extract<Message, { kind: K }> => message.kind === kind);
  }
}
const crossed = ({ private: _, ...event }: StepEvent): StepEvent => event;

/** Two replicas of one visit and no network: what is said crosses when the spec lets it. */
export class Stage {
  readonly origin: Replica;
  readonly counterpart: Replica;
  constructor() {
    let n = 0;
    const ids = () => `id-${n++}`;
    const at = Date.parse('2026-11-23T01:00:00.000Z');
    const empty = (side: Side, status: 'draft' | 'placeholder') =>
      newCase({
        id: 'case',
        workflow: visit.id,
        domain: visit.domain,
        definition: 1,
        province: provinces[side],
        peer: provinces[otherSide(side)],
        side,
        status,
        alias: 'alias',
        createdAt: new Date(at).toISOString(),
      });
    this.origin = new Replica('origin', empty('origin', 'draft'), new FixedClock(at), ids);
    this.counterpart = new Replica('counterpart', empty('counterpart', 'placeholder'), new FixedClock(at), ids);
  }
  /** A visit that both provinces have. */
  static opened(form: object = request): Stage {
    const stage = new Stage();
    stage.draft(form);
    stage.origin.sign(applicantLeader);
    stage.carry();
    return stage;
  }
  draft(form: object = request): Taken {
    return this.origin.take('apply', applicant, form, { to: { province: 'chongqing', unit: 'cq-prison' } });
  }
  /** Both sides hear all that the other has said, until neither says more. */
  carry(): void {
    for (let left = 10; left > 0 && this.origin.sent.length + this.counterpart.sent.length > 0; left--) {
      for (const message of this.origin.sent.splice(0)) this.counterpart.receive(message);
      for (const message of this.counterpart.sent.splice(0)) this.origin.receive(message);
    }
  }
  get isOne(): boolean {
    return this.origin.document.head.hash === this.counterpart.document.head.hash;
  }
}

/** The code with which it is refused; undefined where it is not. */
export const refusalOf = (run: () => unknown): Refusal | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Refusal;
  }
};
