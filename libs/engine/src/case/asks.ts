import { canonical, otherSide, Refusal, type Ask, type Signature } from '@chuanyu/contracts';
import { textIn } from '../form/disclosure';
import { isSigned, sideOfRole, type Step, type Workflow } from '../workflow/workflow';
import { append, later, recentLink, type NewEvent } from './chain';
import { Quarantine, type Context, type Work } from './context';
import { withinLimit } from './crossing';
import { hasTurn, isOpen, ownUnit, type CaseDocument, type OwnAsk } from './document';
import { engineOnly, holderOnly } from './possible';
import { isPending, openRights } from './rights';

/** A step by the side without the turn: asked of the other side, answered in the chain (`docs/protocol.md` 13–17). */
export const askFor = (work: Work, context: Context, made: NewEvent & { readonly byright: boolean }): Ask => {
  const { case: document } = work;
  // Rights take effect in the order in which they were used: one that follows another is sent when that one is in the chain.
  const waits = made.byright && made.step.name !== 'correct' && openRights(document).length > 0;
  const ask: Ask = {
    ask: context.uuid(),
    case: document.id,
    step: made.step.name,
    tenure: document.head.tenure,
    basis: document.head.sequence,
    stepkey: made.key,
    time: context.now,
    by: made.by,
    signed: made.signed ?? null,
    form: made.form.shared,
    yields: made.yields?.shared ?? null,
    clause: made.clause,
    salt: context.uuid(),
    byright: made.byright,
  };
  withinLimit(ask, context.limits.ask);
  document.asks.push({
    ask,
    private: made.form.private,
    privateYields: made.yields?.private ?? null,
    officer: made.officer ?? null,
    signer: made.signer ?? null,
    status: waits ? 'queued' : 'open',
    reason: null,
    sequence: null,
    next: later(context.now, context.limits.resend),
    tries: 0,
  });
  if (!waits) sendAsk(work, context, ask);
  return ask;
};
export const sendAsk = (work: Work, context: Context, ask: Ask): void => {
  const { case: document } = work;
  work.send.push({
    kind: 'ask',
    to: document.peer,
    epoch: context.epoch,
    domain: document.domain,
    case: document.id,
    workflow: document.workflow,
    definition: document.definition,
    ask,
  });
};

/** Puts every ask that is not answered yet out again. */
export const sendOpenAsks = (work: Work, context: Context): void => {
  for (const own of work.case.asks) if (own.status === 'open') sendAsk(work, context, own.ask);
};

/** An ask of the other side arrives, once or many times. */
export const receiveAsk = (work: Work, context: Context, ask: Ask): void => {
  const { case: document } = work;
  if (ask.by.province !== document.peer || sideOfRole(context.workflow, ask.by.role) !== otherSide(document.side)) {
    throw new Quarantine('wrong-side', `an ask by ${ask.by.province}/${ask.by.role}`);
  }
  if (context.units.get(ask.by.unit)?.province !== document.peer)
    throw new Quarantine('wrong-unit', `an ask by ${ask.by.unit}`);
  if (document.waiting.some((each) => each.ask === ask.ask) || isAnswered(document, ask)) return;
  document.waiting.push(ask);
  answerWaiting(work, context);
};
const isAnswered = (document: CaseDocument, ask: Ask): boolean =>
  document.answered.includes(ask.ask) || document.recent.some((link) => link.event.data.ask?.ask === ask.ask);

/** Looks at every ask that waits: void ones are dropped, those ahead go on waiting, the others are answered in the chain. */
export const answerWaiting = (work: Work, context: Context): void => {
  const { case: document } = work;
  const all = document.waiting;
  document.waiting = [];
  for (const ask of all) {
    const { head } = document;
    const closed = head.sequence > 0 && !isOpen(document);
    if (isAnswered(document, ask) || closed || document.status === 'frozen') continue;
    const ahead = ask.tenure > head.tenure || ask.basis > head.sequence;
    if (ahead && !context.without.has(14)) document.waiting.push(ask);
    else if (ask.tenure < head.tenure && !context.without.has(13)) continue;
    else if ((hasTurn(document) || ahead) && context.mayWrite) answer(work, context, ask);
    else if (!context.without.has(13)) document.waiting.push(ask);
  }
};

const answer = (work: Work, context: Context, ask: Ask): void => {
  const { case: document } = work;
  const step = context.workflow.steps.get(ask.step);
  const state = document.head.state ?? '';
  const common = {
    by: ask.by,
    signed: ask.signed,
    key: ask.stepkey,
    clause: ask.clause,
    ask,
    form: { shared: ask.form, private: null },
    yields: { shared: ask.yields, private: null },
  };
  if (!step || !mayBeAsked(context.workflow, step, ask))
    return refuse(work, context, ask, 'not-possible', '此操作不能由其提请办理');
  if (!ask.byright && !step.from.includes(state))
    return refuse(work, context, ask, 'too-late', '办件环节已经变化，不能按提请办理');
  const before = structuredClone(document);
  try {
    append(work, context, { ...common, step });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    Object.assign(document, before);
    refuse(work, context, ask, error.code === 'claim-taken' ? 'claim-taken' : 'not-possible', error.detail);
  }
};
/** Only what the asker's engine would have asked: the role takes such a step, and the step can be asked for at all. */
const mayBeAsked = (workflow: Workflow, step: Step, ask: Ask): boolean =>
  step.by.includes(ask.by.role) &&
  isSigned(workflow, step, ask.by.role, ask.signed) &&
  step.opens === undefined &&
  !engineOnly.has(step.name) &&
  (ask.byright ? step.byRight : !step.byRight && !holderOnly.has(step.name));
const refuse = (work: Work, context: Context, ask: Ask, code: string, reason: string): void => {
  const { case: document } = work;
  const step = context.workflow.steps.get('refuse-ask');
  if (!step || context.without.has(15)) return;
  append(work, context, {
    step,
    by: { province: context.province, unit: ownUnit(document), role: 'engine' },
    form: { shared: { ask: ask.ask, code, reason }, private: null },
    key: `refuse ${ask.ask}`,
    clause: ask.clause,
    ask,
  });
};

/** What an event of the other side says of an ask that this side made. Throws where the embedded ask is not the one that was sent. */
export const checkOwnAsk = (document: CaseDocument, ask: Ask): OwnAsk | undefined => {
  const known = document.asks.find((each) => each.ask.ask === ask.ask);
  const { signature: _, ...said } = ask as Ask & { signature?: Signature };
  if (known && canonical(known.ask) !== canonical(said))
    throw new Quarantine('altered-ask', `ask ${ask.ask} is not what was asked`);
  return known;
};

/** After the chain has moved: asks of an earlier tenure are void; a step by right is renewed by itself until it stands in the chain. */
export const reviewOwnAsks = (work: Work, context: Context): void => {
  const { case: document } = work;
  for (const own of document.asks.filter((each) => each.status === 'open' && each.ask.tenure < document.head.tenure)) {
    if (!context.without.has(13) || own.ask.byright) own.status = 'void';
    if (!own.ask.byright) continue;
    if (!context.mayWrite) {
      own.status = 'open';
      continue;
    }
    if (!isOpen(document)) {
      own.reason = '办件已办结，未能入链';
      continue;
    }
    const made = madeAgain(context.workflow, own);
    if (!made) continue;
    if (hasTurn(document)) take(work, context, own, made);
    else askFor(work, context, { ...made, byright: true });
  }
  releaseQueued(work, context);
  const kept = document.asks.filter(isPending);
  const ended = document.asks.filter((each) => !isPending(each)).slice(-20);
  document.asks = [...ended, ...kept];
};
const take = (work: Work, context: Context, own: OwnAsk, made: NewEvent): void => {
  const link = append(work, context, made);
  own.status = 'taken';
  own.sequence = link.event.casesequence;
};
const madeAgain = (workflow: Workflow, own: OwnAsk): NewEvent | undefined => {
  const step = workflow.steps.get(own.ask.step);
  return (
    step && {
      step,
      by: own.ask.by,
      signed: own.ask.signed,
      form: { shared: own.ask.form, private: own.private },
      yields: { shared: own.ask.yields, private: own.privateYields },
      key: own.ask.stepkey,
      clause: own.ask.clause,
      officer: own.officer,
      signer: own.signer,
    }
  );
};
/** The next right goes out when the one before stands in the chain; in the tenure that this one has left. */
const releaseQueued = (work: Work, context: Context): void => {
  const { case: document } = work;
  for (;;) {
    const [next] = openRights(document);
    if (next?.status !== 'queued') return;
    const made = madeAgain(context.workflow, next);
    if (!isOpen(document) || !made) {
      next.status = 'void';
      next.reason = '办件已办结，未能入链';
    } else if (!context.mayWrite) {
      return;
    } else if (hasTurn(document)) {
      take(work, context, next, made);
    } else {
      const ask = { ...next.ask, tenure: document.head.tenure, basis: document.head.sequence };
      const sent: OwnAsk = { ...next, ask, status: 'open', next: later(context.now, context.limits.resend) };
      document.asks = document.asks.map((each) => (each === next ? sent : each));
      return sendAsk(work, context, ask);
    }
  }
};

/** The own ask is answered by this event of the chain. */
export const noteAnswer = (document: CaseDocument, own: OwnAsk, sequence: number): void => {
  const event = recentLink(document, sequence)?.event;
  const refused = event?.type.includes('.refuse-ask.') === true;
  own.status = refused ? 'refused' : 'taken';
  own.sequence = sequence;
  if (refused) own.reason = textIn(event.data.form, 'reason') ?? null;
};
