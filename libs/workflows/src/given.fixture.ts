import {
  anAttached,
  defaultLimits,
  follow,
  isFinal,
  claimOf,
  newCase,
  noteReceipt,
  possibilities,
  receiveAsk,
  receiveStep,
  sideOfRole,
  signDraft,
  takeStep,
  wake,
  type CaseDocument,
  type Class,
  type Context,
  type Errand,
  type Taken,
  type Who,
  type Work,
  type Workflow,
} from '@chuanyu/engine';
import { FixedClock, publishedCalendar } from '@chuanyu/reference';

type Side = CaseDocument['side'];
type Message = Work['send'][number];
type Form = Errand['form'];

const provinces: Readonly<Record<Side, string>> = { origin: 'sichuan', counterpart: 'chongqing' };
const units: Readonly<Record<Side, string>> = { origin: 'sc-unit', counterpart: 'cq-unit' };
const otherOf = (side: Side): Side => (side === 'origin' ? 'counterpart' : 'origin');

/**
 * One case of a workflow in both provinces, over the real engine and nothing else: what a workflow's own test is written
 * in. `given(workflow).take(role, step, form)`; what one side says, the other hears at once. A refusal is thrown.
 */
export const given = (workflow: Workflow, parent?: ParentCase): GivenCase => new GivenCase(workflow, parent);
/** The case under which it is opened, as the side that opens it holds it. */
export type ParentCase = NonNullable<ReturnType<Context['parent']>>;

export class GivenCase {
  /** Monday, 09:00 in Shanghai. */
  readonly clock = new FixedClock(Date.parse('2026-11-23T01:00:00.000Z'));
  /** Whatever was said, in order. */
  readonly said: Message[] = [];
  private readonly cases: Readonly<Record<Side, { document: CaseDocument }>>;
  private readonly records = new Map<string, object>();
  private readonly taken = new Set<string>();
  private isCut = false;
  private onItsWay: { readonly side: Side; readonly message: Message }[] = [];
  private count = 0;
  private draft = '';

  constructor(
    readonly workflow: Workflow,
    /** Replaced where it moves on. */
    public parent?: ParentCase,
  ) {
    this.cases = {
      origin: { document: this.replica('origin') },
      counterpart: { document: this.replica('counterpart') },
    };
  }

  /** An officer with this role takes a step on the own side; where it must be signed it is a draft, until `sign`. */
  take(role: string, step: string, form: object | null = null, overrides: readonly string[] = []): Taken {
    const side = this.sideOf(role);
    const key = `key ${(this.count += 1)}`;
    return this.change(side, (work, context) => {
      const taken = takeStep(work, context, {
        step,
        form,
        key,
        fingerprint: key,
        who: this.who(side, role),
        overrides: overrides.map((advice) => ({ advice, reason: '有此必要' })),
        ...(this.workflow.domestic ? {} : { to: { province: provinces.counterpart, unit: units.counterpart } }),
      });
      if (taken.as === 'draft') this.draft = taken.what;
      return taken;
    });
  }
  /** An officer with this role signs the latest draft. */
  sign(role: string): Taken {
    const side = this.sideOf(role);
    return this.change(side, (work, context) => signDraft(work, context, this.draft, this.who(side, role)));
  }
  /** The unit in charge on this side keeps this record under that key. */
  keeps(side: Side, register: Class, key: string, record: object): this {
    this.records.set(`${side} ${register.name} ${key}`, record);
    return this;
  }
  /** Another case holds the claim: the n-th of the workflow file, from 0. */
  isTaken(claim: number, key: string): this {
    this.taken.add(claimOf(this.contextOf('origin'), claim, key));
    return this;
  }
  /** The parent takes a step, and the engine what follows it here. */
  follow(step: string, form: object | null = null): void {
    const own = [...this.workflow.steps.values()].find((each) => each.follows === step);
    if (!own) throw new Error(`nothing of ${this.workflow.id} follows ${step}`);
    const by = { province: provinces.origin, unit: units.origin, role: own.by[0] ?? '' };
    const key = `key ${(this.count += 1)}`;
    const errand = { member: '', step: own.name, form: form as Form, key, by, signed: own.signedBy[0] ?? null };
    this.change('origin', (work, context) =>
      follow(work, context, { ...errand, officer: null, signer: null, next: context.now, tries: 0 }),
    );
  }
  /** Time passes, and does what it does. */
  wait(milliseconds: number): void {
    this.clock.advance(milliseconds);
    for (const side of ['origin', 'counterpart'] as const) this.change(side, (work, context) => wake(work, context));
  }

  /** What one side says waits. */
  cut(): void {
    this.isCut = true;
  }
  loseWhatIsOnItsWay(): void {
    this.onItsWay = [];
  }
  heal(): void {
    this.isCut = false;
    for (const { side, message } of this.onItsWay.splice(0)) this.hear(side, message);
  }

  /** The case as a side keeps it. */
  at(side: Side): CaseDocument {
    return this.cases[side].document;
  }
  get state(): string | null {
    return this.at('origin').head.state;
  }
  get isClosed(): boolean {
    return this.state !== null && isFinal(this.workflow, this.state);
  }
  /** Names of the steps that an officer with this role may take now. */
  possible(role: string): readonly string[] {
    const side = this.sideOf(role);
    const all = possibilities(this.at(side), this.workflow, this.who(side, role));
    return all.filter(({ how }) => how !== null).map(({ step }) => step);
  }
  /** What was said to the other province. */
  get crossed(): readonly Message[] {
    return this.said.filter(({ to }) => to !== null);
  }

  private sideOf(role: string): Side {
    const side = sideOfRole(this.workflow, role);
    if (!side) throw new Error(`${this.workflow.id} has no role ${role}`);
    return side;
  }
  private who(side: Side, role: string): Who {
    return { officer: `an-officer.${role}`, unit: units[side], roles: [role] };
  }
  /** As the service does it: a change of a copy, kept with what it says, or not at all. */
  private change<T>(side: Side, act: (work: Work, context: Context) => T): T {
    const work: Work = { case: structuredClone(this.at(side)), send: [] };
    const result = act(work, this.contextOf(side));
    this.cases[side].document = work.case;
    this.said.push(...work.send);
    for (const message of work.send) if (message.to !== null) this.cross(otherOf(side), message);
    return result;
  }
  private cross(side: Side, message: Message): void {
    if (this.isCut) this.onItsWay.push({ side, message });
    else this.hear(side, message);
  }
  private hear(side: Side, message: Message): void {
    this.change(side, (work, context) => {
      if (message.kind === 'step') {
        const { private: _, ...event } = message.event;
        receiveStep(work, context, { event, signature: null });
      }
      if (message.kind === 'ask') receiveAsk(work, context, message.ask);
      if (message.kind === 'receipt') noteReceipt(work, context, message.receipt);
    });
  }

  private replica(side: Side): CaseDocument {
    const { id, domain, version, domestic } = this.workflow;
    return newCase({
      id: '11111111-1111-8111-8111-111111111111',
      workflow: id,
      domain,
      definition: version,
      province: provinces[side],
      peer: domestic ? null : provinces[otherOf(side)],
      side,
      status: side === 'origin' ? 'draft' : 'placeholder',
      alias: '22222222-2222-4222-8222-222222222222',
      createdAt: this.clock.now(),
      ...(this.parent && side === 'origin' ? { under: 'the parent' } : {}),
    });
  }
  private contextOf(side: Side): Context {
    return {
      province: provinces[side],
      abbreviation: side === 'origin' ? '川' : '渝',
      workflow: this.workflow,
      now: this.clock.now(),
      calendar: publishedCalendar,
      units: {
        get: (id) => {
          const [province, kinds] = id.startsWith('cq-')
            ? (['chongqing', this.workflow.units.counterpart] as const)
            : (['sichuan', this.workflow.units.origin] as const);
          return { province, kind: kinds[0] ?? 'prison' };
        },
      },
      clauses: { covering: () => ({ clause: 'agreement/1' }) },
      find: <T>(register: Class<T>, key: string) =>
        this.records.get(`${side} ${register.name} ${key}`) as T | undefined,
      file: () => anAttached,
      under: () => ({ count: 0, of: 0 }),
      parent: () => (side === 'origin' ? this.parent : undefined),
      epoch: 1,
      mayWrite: true,
      uuid: () => `00000000-0000-4000-8000-${String((this.count += 1)).padStart(12, '0')}`,
      taken: this.taken,
      held: (claims) => new Set(claims.filter((claim) => this.taken.has(claim))),
      serial: 1,
      limits: defaultLimits,
      archivedHash: () => undefined,
      without: new Set(),
    };
  }
}
