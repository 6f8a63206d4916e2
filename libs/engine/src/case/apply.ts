import { hashOf, otherSide, parseType, type Ask, type Side, type Signature, type StepEvent } from '@chuanyu/contracts';
import { isSigned, sideOfRole, type Step } from '../workflow/workflow';
import { answerWaiting, checkOwnAsk, noteAnswer, reviewOwnAsks } from './asks';
import { absorb, later, recentLink } from './chain';
import { numberClaim, takeClaims } from './claims';
import { Quarantine, Waits, type Context, type Work } from './context';
import type { CaseDocument, OwnAsk } from './document';
import { factsOf } from './facts';
import { dueFromDelivery, placeAfter } from './place';
import { sayDelivered, sayNegative } from './receipts';
import { askAgain } from './repair';

export interface Received {
  /** Read from this province's own log after a restore, not brought by the other side. */
  readonly fromOwnLog?: true;
  readonly event: StepEvent;
  readonly signature: Signature | null;
}

/**
 * An event of the other side arrives: once, twice, early or late (`docs/protocol.md` 7–12).
 * Next in line is applied, a later one is parked and the gap asked for, an earlier one must be the very same.
 */
export const receiveStep = (work: Work, context: Context, received: Received): void => {
  const { case: document } = work;
  const { event } = received;
  if (document.status === 'frozen') return;
  if (event.definition !== context.workflow.version && !context.without.has(10))
    throw new Waits(`${document.workflow} version ${event.definition} is not known here`);
  if (event.casesequence <= document.head.sequence) compare(work, context, received);
  else park(document, context, received);
  applyParked(work, context);
};

/** An event that was applied already: equal is a duplicate, different is a fork. */
const compare = (work: Work, context: Context, { event, signature }: Received): void => {
  const { case: document } = work;
  const mine = heldHash(document, context, event.casesequence);
  if (mine !== undefined && mine !== hashOf(event)) return freeze(work, context, { event, signature }, mine);
  if (!context.without.has(8)) sayDelivered(work, context);
};
const heldHash = (document: CaseDocument, context: Context, sequence: number): string | undefined =>
  recentLink(document, sequence)?.hash ?? context.archivedHash(sequence);
const freeze = (work: Work, context: Context, { event }: Received, mine: string): void => {
  const { case: document } = work;
  if (context.without.has(8) || isFrozen(document)) return;
  document.status = 'frozen';
  document.fork = { sequence: event.casesequence, mine, theirs: hashOf(event), event };
  sayNegative(work, context, event.casesequence, 'fork', '两地记录在此序号处不同，办件已冻结');
};

const park = (document: CaseDocument, context: Context, received: Received): void => {
  const known = document.parked.some(
    ({ event }) => event.casesequence === received.event.casesequence && hashOf(event) === hashOf(received.event),
  );
  if (!known)
    document.parked = [...document.parked, received]
      .sort((a, b) => a.event.casesequence - b.event.casesequence)
      .slice(0, context.limits.parked);
};

/** Applies what follows, as far as it goes; asks for what is missing before the rest. */
export const applyParked = (work: Work, context: Context): void => {
  const { case: document } = work;
  let applied = false;
  for (;;) {
    freezeOnOther(work, context);
    const next = document.parked.find(({ event }) => event.casesequence === document.head.sequence + 1);
    document.parked = document.parked.filter(
      (each) => each !== next && each.event.casesequence > document.head.sequence,
    );
    if (!next || isFrozen(document)) break;
    try {
      applied = apply(work, context, next) || applied;
    } catch (error) {
      // Poison is quarantined alone: what was parked behind a good event must not keep that one from being saved.
      if (!(error instanceof Quarantine) || !applied) throw error;
      sayNegative(work, context, next.event.casesequence, error.code, error.message.slice(0, 500));
      break;
    }
    if (isFrozen(document)) break;
    reviewOwnAsks(work, context);
    answerWaiting(work, context);
  }
  if (applied) sayDelivered(work, context);
  if (document.parked.length === 0) document.repair = null;
  else askForMissing(work, context);
};
/** Two versions of one event were parked, and one of them was applied: the other is not forgotten. */
const freezeOnOther = (work: Work, context: Context): void => {
  const { case: document } = work;
  for (const each of document.parked.filter(({ event }) => event.casesequence <= document.head.sequence)) {
    const mine = heldHash(document, context, each.event.casesequence);
    if (mine !== undefined && mine !== hashOf(each.event)) freeze(work, context, each, mine);
  }
};
/** Asked anew after each event: applying one may freeze the case. */
const isFrozen = (document: CaseDocument): boolean => document.status === 'frozen';
const askForMissing = (work: Work, context: Context): void => {
  const { case: document } = work;
  if (document.repair !== null) return;
  document.repair = { next: later(context.now, context.limits.resend), tries: 0 };
  askAgain(work, context);
};
const apply = (work: Work, context: Context, received: Received): boolean => {
  const { case: document } = work;
  const { event, signature } = received;
  if (event.previoushash !== document.head.hash) {
    freeze(work, context, received, document.head.hash);
    return false;
  }
  if (event.data.opening && (event.data.opening.under === null) !== (context.workflow.under === undefined))
    throw new Quarantine('wrong-parent', `opened under ${String(event.data.opening.under)}`);
  if (event.data.opening)
    document.side = event.data.opening.origin.province === context.province ? 'origin' : 'counterpart';
  const writer = writerOf(document, context, event);
  const step = checkedStep(document, context, event, writer);
  if (!leadsWhereItSays(document, context, event, step)) {
    freeze(work, context, received, '');
    return false;
  }
  const own =
    event.data.ask && event.data.ask.by.province === context.province
      ? checkOwnAsk(document, event.data.ask)
      : undefined;
  const at = document.head.sequence;
  const asOwn = own ? withPrivate(event, own) : event;
  absorb(work, context, step, { event: asOwn, hash: hashOf(event), signature, at: context.now }, writer);
  if (context.without.has(5)) document.claims = takeClaims(document, context, step, factsOf(document, context, {}));
  // Who wrote an event, or brought it, has everything before it.
  if (!received.fromOwnLog) document.delivered = Math.max(document.delivered, event.casesequence);
  if (!received.fromOwnLog) document.resend = null;
  if (writer === document.side) recoverOwn(document, event);
  if (own) noteAnswer(document, own, at + 1);
  const fromDelivery = event.data.due === null ? dueFromDelivery(context, event.data.state, context.now) : undefined;
  if (fromDelivery && document.head.state === event.data.state)
    Object.assign(document.head, { due: fromDelivery.at, provisional: fromDelivery.provisional });
  return true;
};
const withPrivate = (event: StepEvent, own: OwnAsk): StepEvent => ({
  ...event,
  private: { officer: own.officer, signer: own.signer, form: own.private, yields: own.privateYields, overrides: [] },
});
/** Who wrote it: after a restore a province is also brought its own events back, proven by its own signature at the border. */
const writerOf = (document: CaseDocument, context: Context, event: StepEvent): Side =>
  event.source.startsWith(`${context.province}/`) ? document.side : otherSide(document.side);
/** What the own side kept beside the events of its own that it has lost: the case number, the callers' keys. */
const recoverOwn = (document: CaseDocument, event: StepEvent): void => {
  const number = event.data.opening?.number;
  const [, docket, n] = /^(.*〕)(\d+)号$/.exec(number ?? '') ?? [];
  if (number !== undefined && docket !== undefined && n !== undefined) {
    document.serial = { docket, n: Number(n) };
    document.claims = [...new Set([...document.claims, numberClaim(number)])];
  }
  if (document.keys.some((each) => each.key === event.stepkey) || event.data.ask) return;
  document.keys.push({ key: event.stepkey, fingerprint: null, as: 'step', what: String(event.casesequence) });
};

/** The turn, the state that the step leaves, role and unit of the side that acts, and the state it leads to. */
const checkedStep = (document: CaseDocument, context: Context, event: StepEvent, writer: Side): Step => {
  const { workflow } = context;
  const { data } = event;
  const type = parseType(event.type);
  const step = type && type.workflow === workflow.id ? workflow.steps.get(type.step) : undefined;
  if (!step) throw new Quarantine('unknown-type', event.type);
  const turn = event.casesequence === 1 ? 'origin' : document.head.turn;
  if (turn !== writer)
    throw new Quarantine('not-its-turn', `sequence ${event.casesequence} was written without the turn`);
  if (data.from !== document.head.state)
    throw new Quarantine('wrong-state', `leaves ${String(data.from)}, the case is in ${String(document.head.state)}`);
  // A right is taken in any open state: as an ask, by the holder itself, or renewed where the turn has come back.
  const inState =
    step.opens !== undefined
      ? document.head.sequence === 0
      : step.name === 'lapse' || step.name === 'refuse-ask' || step.byRight || step.from.includes(data.from ?? '');
  if (!inState) throw new Quarantine('wrong-state', `${step.name} does not leave ${String(data.from)}`);
  checkActor(document, context, event, step, writer);
  return step;
};
/** Both sides work out alike where a step leads; where they do not, they would go apart. */
const leadsWhereItSays = (document: CaseDocument, context: Context, event: StepEvent, step: Step): boolean => {
  const { head } = document;
  const { state, turn } = placeAfter(context.workflow, head, step);
  const begins = turn !== head.turn || head.sequence === 0;
  const { data, tenure } = event;
  return state === data.state && turn === data.turn && tenure === head.tenure + (begins ? 1 : 0);
};
const checkActor = (document: CaseDocument, context: Context, { data }: StepEvent, step: Step, writer: Side): void => {
  const answered: Ask | null = data.ask;
  const engine = step.name === 'lapse' || step.name === 'refuse-ask';
  const asked = answered !== null && !engine;
  const acting = asked === (writer === document.side) ? document.peer : context.province;
  const opener = data.opening?.origin.province;
  if (data.by.province !== (opener ?? acting)) throw new Quarantine('wrong-side', `acts for ${data.by.province}`);
  if (context.units.get(data.by.unit)?.province !== data.by.province) throw new Quarantine('wrong-unit', data.by.unit);
  if (engine) {
    if (data.by.role !== (step.name === 'lapse' ? 'time' : 'engine')) throw new Quarantine('wrong-role', data.by.role);
    return;
  }
  const side = data.by.province === context.province ? document.side : otherSide(document.side);
  if (!isSigned(context.workflow, step, data.by.role, data.signed)) throw new Quarantine('not-signed', step.name);
  if (!step.by.includes(data.by.role) || sideOfRole(context.workflow, data.by.role) !== side)
    throw new Quarantine('wrong-role', data.by.role);
};
