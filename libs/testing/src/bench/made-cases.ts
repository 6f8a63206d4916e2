import { officersOfTwo } from '@chuanyu/access';
import { shared, topics, uuidOf, type Message } from '@chuanyu/contracts';
import {
  anAttached,
  defaultLimits,
  newCase,
  nextWake,
  noteReceipt,
  receiveStep,
  signDraft,
  takeStep,
  type CaseDocument,
  type Command,
  type Context,
  type Who,
  type Work,
} from '@chuanyu/engine';
import type { Outgoing } from '@chuanyu/collections';
import { addDays, FixedClock, publishedCalendar, today, twoProvinces } from '@chuanyu/reference';
import { releaseHandover } from '@chuanyu/workflows';
import { everything } from '../everything-flows';
import { Personas } from '../personas';
import { Random } from '../simulation/random';

/** How far a case is carried: one event more with each. */
export const stages = ['notified', 'verified', 'planned', 'accepted', 'released', 'received'] as const;
export type Stage = (typeof stages)[number];

export type ProvinceName = 'sichuan' | 'chongqing';
/** A replica, and all that its province said of the case. */
export interface MadeCase {
  readonly document: CaseDocument;
  readonly said: readonly Message[];
}
export type BothReplicas = Readonly<Record<ProvinceName, MadeCase>>;

const DAY = 86_400_000;
const offices = twoProvinces
  .unitsOf('chongqing', 'resettlement-office')
  .filter(({ id }) => officersOfTwo.ofUnit(id, 'resettlement-officer').length > 0)
  .map(({ id }) => id);
const whoOf = (unit: string, role: string): Who => ({
  officer: officersOfTwo.ofUnit(unit, role)[0]?.id ?? role,
  unit,
  roles: [role],
});
const otherOf = (name: ProvinceName): ProvinceName => (name === 'sichuan' ? 'chongqing' : 'sichuan');

/**
 * Release handovers of Sichuan to Chongqing, made by the real engine on both sides, step by step, on dates of the last years. The same
 * seed makes the same cases.
 */
export class CaseMaker {
  private readonly random: Random;
  private readonly clock: FixedClock;
  private made = 0;

  constructor(
    private readonly seed: number,
    private readonly now: number,
    /** How many cases there are already: numbers go on behind them. */
    private readonly before = 0,
  ) {
    this.random = new Random(seed);
    this.clock = new FixedClock(now);
  }

  make(stage: Stage, followUps = 0): BothReplicas {
    const n = (this.made += 1);
    // Those that are under way are in time, so that nothing of them lapses when a service looks at them.
    const days = stages.indexOf(stage) * 20 + followUps * 30 + 2 + this.random.below(stage === 'received' ? 700 : 3);
    this.clock.advance(this.now - this.clock.millis() - days * DAY);
    const unit = this.random.pick(offices) ?? '';
    const officer = whoOf('sc-chengdu-prison', 'release-officer');
    const local = whoOf(unit, 'resettlement-officer');
    const personas = new Personas(this.seed * 7919 + n, () => today(this.clock));
    const notice = personas.aPrisonerNearRelease(80);
    const key = `${this.seed}-${n}`;
    const one = new OneCase(uuidOf(`bench ${key}`), this.clock, this.random, this.before + n);

    const to = { province: 'chongqing', unit };
    one.take('sichuan', { ...one.command('notify', notice, officer), to }, whoOf('sc-chengdu-prison', 'prison-leader'));
    const steps: readonly (() => void)[] = [
      () => one.take('chongqing', one.command('verify', personas.aVerification(), local)),
      () => one.take('sichuan', one.command('plan', personas.aPlan(), officer)),
      () => {
        const leader = whoOf(unit, 'resettlement-leader');
        one.take('chongqing', one.command('accept', personas.anAcceptance(), local), leader);
      },
      () => {
        this.clock.advance(Date.parse(`${notice.releaseDate}T02:00:00.000Z`) - this.clock.millis());
        const release = personas.aRelease(notice.releaseDate, addDays(notice.releaseDate, 30));
        one.take('sichuan', one.command('release', release, officer));
      },
      () => one.take('chongqing', one.command('receive', { on: notice.releaseDate }, local)),
    ];
    for (const step of steps.slice(0, stages.indexOf(stage))) step();
    for (let at = 0; at < followUps; at++) {
      this.clock.advance(30 * DAY);
      one.take('chongqing', one.command('follow-up', personas.aFollowUp(), local));
    }
    return one.replicas;
  }
}

/** Both replicas of a case, between which messages go at once. */
class OneCase {
  private readonly work: Readonly<Record<ProvinceName, Work>>;
  private readonly contexts: Readonly<Record<ProvinceName, Context>>;

  constructor(
    private readonly id: string,
    private readonly clock: FixedClock,
    private readonly random: Random,
    private readonly number: number,
  ) {
    const alias = random.uuid();
    const work = (side: 'origin' | 'counterpart'): Work => {
      const [province, peer] = side === 'origin' ? ['sichuan', 'chongqing'] : ['chongqing', 'sichuan'];
      const { id: workflow, domain, version: definition } = releaseHandover;
      const status = side === 'origin' ? 'draft' : 'placeholder';
      const createdAt = clock.now();
      const document = newCase({ id, workflow, domain, definition, province, peer, side, status, alias, createdAt });
      return { case: document, send: [] };
    };
    this.work = { sichuan: work('origin'), chongqing: work('counterpart') };
    this.contexts = { sichuan: this.contextOf('sichuan'), chongqing: this.contextOf('chongqing') };
  }
  get replicas(): BothReplicas {
    return { sichuan: this.finished('sichuan'), chongqing: this.finished('chongqing') };
  }

  /** As a service saves it. */
  private finished(side: ProvinceName): MadeCase {
    const { case: document, send: said } = this.work[side];
    document.changedAt = this.clock.now();
    document.wakeAt = nextWake(document, this.contexts[side]);
    return { document, said };
  }

  command(step: string, form: object, who: Who): Command {
    const key = uuidOf(`${this.id} ${step} ${this.clock.now()}`);
    return { step, form, key, fingerprint: key, who, overrides: [] };
  }
  take(side: ProvinceName, command: Command, signer?: Who): void {
    this.clock.advance(3_600_000);
    const [work, context] = [this.work[side], this.contexts[side]];
    const said = work.send.length;
    const taken = takeStep(work, context, command);
    if (signer) signDraft(work, context, taken.what, signer);
    work.case.revision += 1;
    this.cross(side, said);
  }
  /** What was said to the other side since arrives there, and what that says back. */
  private cross(from: ProvinceName, since: number): void {
    const to = otherOf(from);
    const [work, context] = [this.work[to], this.contexts[to]];
    for (const message of this.work[from].send.slice(since)) {
      const said = work.send.length;
      if (message.kind === 'step') receiveStep(work, context, { event: shared(message.event), signature: null });
      else if (message.kind === 'receipt') noteReceipt(work, context, message.receipt);
      else continue;
      work.case.revision += 1;
      this.cross(to, said);
    }
  }

  private contextOf(province: ProvinceName): Context {
    const { clock, random, number } = this;
    return {
      province,
      abbreviation: twoProvinces.province(province)?.abbreviation ?? '',
      workflow: releaseHandover,
      get now() {
        return clock.now();
      },
      calendar: publishedCalendar,
      units: { get: (id) => twoProvinces.unit(id) },
      clauses: { covering: () => ({ clause: everything.id }) },
      find: () => undefined,
      file: () => anAttached,
      under: () => ({ count: 0, of: 0 }),
      parent: () => undefined,
      epoch: 1,
      mayWrite: true,
      uuid: () => random.uuid(),
      taken: new Set(),
      held: () => new Set(),
      serial: number,
      limits: defaultLimits,
      archivedHash: () => undefined,
      without: new Set(),
    };
  }
}

/** As the service saves it beside its document. */
export const outgoingOf = (message: Message, id: string): Outgoing => ({
  id,
  topic: topics.events('prison'),
  key: 'case' in message ? message.case : message.kind,
  headers: { kind: message.kind },
  value: message,
});
