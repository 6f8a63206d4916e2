import {
  hashOf,
  Refusal,
  otherSide,
  shared,
  type Actor,
  type Ask,
  type JsonObject,
  type Opening,
  type PrivatePart,
  type Side,
  type StepData,
  type StepEvent,
} from '@chuanyu/contracts';
import { dateOf } from '@chuanyu/reference';
import { textIn } from '../form/disclosure';
import { versionOf } from '../form/marks';
import { PassOn, Readdress } from '../workflow/everyday';
import type { Step, Workflow } from '../workflow/workflow';
import { keepClaims, keysHeld, takeClaims } from './claims';
import type { Context, Work } from './context';
import { withinLimit } from './crossing';
import { leaveErrands } from './errands';
import { hasTurn, type CaseDocument, type Head, type KeptKey, type Link } from './document';
import { factsOf } from './facts';
import { comesBack, dueAfter, enters, isProvisional, placeAfter } from './place';

export const typeOf = (workflow: Workflow, step: Step): string =>
  `${workflow.id}.${step.name}.v${versionOf(step.form)}`;

export interface NewEvent {
  readonly step: Step;
  readonly by: Actor;
  readonly signed?: string | null;
  readonly form: { readonly shared: JsonObject | null; readonly private: JsonObject | null };
  readonly yields?: { readonly shared: JsonObject | null; readonly private: JsonObject | null };
  readonly key: string;
  readonly clause: string | null;
  readonly ask?: Ask;
  readonly opening?: Opening;
  readonly officer?: string | null;
  readonly signer?: string | null;
  readonly overrides?: PrivatePart['overrides'];
}

/** The side with the turn writes the next event of the chain. Throws a `Refusal` where it cannot be. */
export const append = (work: Work, context: Context, made: NewEvent): Link => {
  if (!context.mayWrite)
    throw new Refusal('restoring', '本省（市）正在从备份恢复，待对方重新接纳后方可办理', { retryAfter: 30 });
  const { case: document } = work;
  const { head } = document;
  const { workflow } = context;
  const { state, turn } = placeAfter(workflow, head, made.step);
  const form = { ...made.form.shared, ...made.form.private };
  const facts = factsOf(withForm(document, context, made, document.side), context, form);
  const before = keysHeld(document, context, factsOf<unknown>(document, context, null));
  const due = dueAfter(context, head, made.step, state, facts, made.form.shared);
  const data: StepData = {
    from: head.state,
    state,
    turn,
    due: turn === null ? null : (due?.at ?? null),
    by: made.by,
    signed: made.signed ?? null,
    form: made.form.shared,
    yields: made.yields?.shared ?? null,
    ask: made.ask ?? null,
    opening: made.opening ?? null,
    salt: context.uuid(),
  };
  const event: StepEvent = {
    specversion: '1.0',
    envelope: 1,
    id: `${document.id}/${head.sequence + 1}`,
    type: typeOf(workflow, made.step),
    source: `${context.province}/${workflow.domain}`,
    subject: document.id,
    time: context.now,
    dataschema: typeOf(workflow, made.step),
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
    casesequence: head.sequence + 1,
    previoushash: head.hash,
    tenure: turn === head.turn && head.sequence > 0 ? head.tenure : head.tenure + 1,
    stepkey: made.key,
    casealias: document.alias,
    definition: document.definition,
    clause: made.clause,
    data,
    private: {
      officer: made.officer ?? null,
      signer: made.signer ?? null,
      form: made.form.private,
      yields: made.yields?.private ?? null,
      overrides: made.overrides ?? [],
    },
  };
  withinLimit(shared(event), context.limits.event);
  const link: Link = { event, hash: hashOf(event), signature: null, at: context.now };
  absorb(work, context, made.step, link, document.side);
  document.claims = takeClaims(document, context, made.step, facts, before);
  work.send.push({
    kind: 'step',
    to: document.peer,
    epoch: context.epoch,
    domain: document.domain,
    case: document.id,
    event,
  });
  if (document.peer !== null && document.resend === null)
    document.resend = { next: later(context.now, context.limits.resend), tries: 0 };
  return link;
};

/** The document as it will be with the form in it: a due time may be counted from a date in the very form that is submitted. */
const withForm = (document: CaseDocument, context: Context, made: NewEvent, side: Side): CaseDocument => {
  if (made.step.everyday) return document;
  const fact = { ...made.form, by: actingSide(document, context, made.by), sequence: document.head.sequence + 1 };
  const yielded = made.step.yields
    ? {
        [made.step.yields.form.name]: {
          ...(made.yields ?? { shared: null, private: null }),
          by: side,
          sequence: fact.sequence,
        },
      }
    : {};
  const formed = made.step.form ? { [made.step.form.name]: fact } : {};
  return { ...document, facts: { ...document.facts, ...formed, ...yielded } };
};
const actingSide = (document: CaseDocument, context: Context, by: Actor): Side =>
  by.province === context.province ? document.side : otherSide(document.side);

export const later = (now: string, milliseconds: number): string =>
  new Date(Date.parse(now) + milliseconds).toISOString();

/**
 * Takes an event that follows into the document: the same for the side that wrote it and for the side that receives it.
 * `writer` is the side that had the turn.
 */
export const absorb = (work: Work, context: Context, step: Step, link: Link, writer: Side): void => {
  const { case: document } = work;
  const { event } = link;
  const { data } = event;
  const actor = actingSide(document, context, data.by);
  const begins = event.tenure !== document.head.tenure;
  document.head = nextHead(document, context, step, link);
  if (begins) {
    document.heldSince = hasTurn(document) ? context.now : null;
    document.answered = [];
  }
  if (document.opening === null && data.opening) {
    document.opening = data.opening;
    document.month = dateOf(event.time).slice(0, 7);
  }
  if (document.status === 'draft' || document.status === 'placeholder') document.status = 'live';
  document.recent.push(link);
  const acted = [event.private?.officer, event.private?.signer].filter((each) => typeof each === 'string');
  document.acted = [...new Set([...document.acted, ...acted])];
  noteFacts(document, context, step, event, actor);
  document.claims = keepClaims(document, context);
  if (data.ask && data.ask.by.province !== context.province) document.answered.push(data.ask.ask);
  if (actor === document.side) noteKey(document, event);
  if (writer === document.side && document.peer !== null) document.marks[event.casesequence] = {};
  leaveErrands(document, context, step, event);
};
/** The key stands in the chain: so an event of this side that comes back from the other one answers the caller as well. */
const noteKey = (document: CaseDocument, { casesequence, stepkey, data }: StepEvent): void => {
  if (data.by.role === 'time' || data.by.role === 'engine') return;
  const known = document.keys.find(({ key }) => key === stepkey);
  const answer: Pick<KeptKey, 'as' | 'what'> = data.ask
    ? { as: 'ask', what: data.ask.ask }
    : { as: 'step', what: String(casesequence) };
  document.keys = [
    ...document.keys.filter((each) => each !== known),
    { key: stepkey, fingerprint: known?.fingerprint ?? null, ...answer },
  ];
};
/** Both sides work out the head alike; the due time is the writer's word. */
const nextHead = (document: CaseDocument, context: Context, step: Step, { event, hash }: Link): Head => {
  const { head } = document;
  const { data } = event;
  const moved = enters(head, step);
  const goesToRest = moved && data.turn !== null && context.workflow.states.get(data.state)?.everyday === true;
  const back = comesBack(head, step);
  const units = { ...head.units };
  if (data.opening) {
    units.origin = data.opening.origin.unit;
    units.counterpart = data.opening.counterpart?.unit ?? null;
  }
  const unit = data.form?.['unit'];
  if (step.form === Readdress && typeof unit === 'string') units.counterpart = unit;
  if (step.form === PassOn && typeof unit === 'string') units[actingSide(document, context, data.by)] = unit;
  const point = step.name === 'complete' ? data.form?.['point'] : undefined;
  return {
    sequence: event.casesequence,
    hash,
    state: data.state,
    turn: data.turn,
    tenure: event.tenure,
    since: moved && !back ? event.time : head.since,
    due: goesToRest ? null : data.due,
    provisional: moved
      ? !back && !goesToRest && isProvisional(context, data.state, data.due)
      : step.name !== 'extend' && head.provisional,
    before: moved && !back ? (head.resting?.state ?? head.state) : head.before,
    resting: restingAfter(head, event, moved, goesToRest),
    units,
    extended: step.name === 'extend' ? true : moved && !goesToRest && !back ? false : head.extended,
    points: typeof point === 'string' ? [...head.points, point] : head.points,
    untouched:
      head.untouched &&
      (step.opens !== undefined || ['pass-on', 'send-back', 'readdress', 'refuse-ask'].includes(step.name)),
  };
};
/** What rests, with the due time that its writer saw: the other side may not have heard yet from when it runs. */
const restingAfter = (head: Head, event: StepEvent, moved: boolean, goesToRest: boolean): Head['resting'] => {
  if (!moved) return head.resting;
  return goesToRest && head.state !== null ? { state: head.state, due: event.data.due, since: event.time } : null;
};
const noteFacts = (document: CaseDocument, context: Context, step: Step, event: StepEvent, actor: Side): void => {
  const { data } = event;
  const sequence = event.casesequence;
  if (step.name === 'correct') {
    const form = context.workflow.steps.get(textIn(data.form, 'step') ?? '')?.form;
    const known = form && document.facts[form.name];
    const value = data.form?.['form'];
    if (form && known && known.sequence === data.form?.['sequence'] && typeof value === 'object' && value !== null) {
      document.facts[form.name] = {
        ...known,
        shared: value as JsonObject,
        private: event.private ? event.private.form : known.private,
      };
    }
    return;
  }
  if (step.everyday) return;
  if (step.form)
    document.facts[step.form.name] = { shared: data.form, private: event.private?.form ?? null, by: actor, sequence };
  if (step.yields)
    document.facts[step.yields.form.name] = {
      shared: data.yields,
      private: event.private?.yields ?? null,
      by: actor,
      sequence,
    };
};

/** The link at this sequence, while it is still in the document. */
export const recentLink = (document: CaseDocument, sequence: number): Link | undefined =>
  document.recent.find((link) => link.event.casesequence === sequence);
