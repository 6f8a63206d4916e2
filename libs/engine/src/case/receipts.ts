import { uuidOf, type Receipt, type ReceiptKind, type Signature } from '@chuanyu/contracts';
import { later, recentLink } from './chain';
import type { Context, Who, Work } from './context';
import { ownUnit, type CaseDocument } from './document';
import { dueFromDelivery } from './place';
import { askAgain } from './repair';

/** Signed evidence, outside the chain: accepted → relayed → delivered → opened. delivered and opened cover all sequences up to theirs. */
const receiptOf = (
  document: CaseDocument,
  context: Context,
  receipt: ReceiptKind,
  sequence: number,
  negative?: Receipt['negative'],
  time = context.now,
): Receipt => ({
  id: uuidOf([document.id, document.side, receipt, sequence, negative?.code ?? ''].join(' ')),
  case: document.id,
  receipt,
  sequence,
  time,
  unit: ownUnit(document) || null,
  province: context.province,
  ...(negative ? { negative } : {}),
});
const say = (work: Work, context: Context, receipt: Receipt): void => {
  const { case: document } = work;
  work.send.push({
    kind: 'receipt',
    to: document.peer,
    epoch: context.epoch,
    domain: document.domain,
    case: document.id,
    receipt,
  });
};
/** Everything up to the head is applied here, since the instant at which the head was saved: said again, it is the same receipt. */
export const sayDelivered = (work: Work, context: Context): void => {
  const { sequence } = work.case.head;
  say(
    work,
    context,
    receiptOf(work.case, context, 'delivered', sequence, undefined, recentLink(work.case, sequence)?.at),
  );
};
export const sayNegative = (work: Work, context: Context, sequence: number, code: string, detail: string): void =>
  say(work, context, receiptOf(work.case, context, 'delivered', sequence, { code, detail }));

/** The latest event that the other side brought. */
export const latestOfPeer = (document: CaseDocument): number =>
  document.recent.filter((link) => link.event.data.by.province !== document.province).at(-1)?.event.casesequence ??
  document.opened.mine;
/** Somebody of the addressed unit must look at it first. */
export const isToTakeIn = (document: CaseDocument): boolean =>
  document.status === 'live' && latestOfPeer(document) > document.opened.mine;

/** 签收: the first look of an officer of the addressed unit at what the other side brought mints the `opened` receipt, once. Returns whether it was the first. */
export const takeIn = (work: Work, context: Context, who: Who): boolean => {
  const { case: document } = work;
  const latest = latestOfPeer(document);
  if (latest <= document.opened.mine && !context.without.has(20)) return false;
  document.opened.mine = latest;
  document.local.push({ at: context.now, officer: who.officer, act: 'take-in', detail: String(latest) });
  say(work, context, receiptOf(document, context, 'opened', latest));
  return true;
};

/** A receipt of the other side, or of the own exchange (`accepted`, with the signature under which the event crossed). */
export const noteReceipt = (work: Work, context: Context, receipt: Receipt, signature?: Signature): void => {
  const { case: document } = work;
  if (receipt.negative) return noteNegative(document, receipt, receipt.negative);
  const { sequence, time } = receipt;
  switch (receipt.receipt) {
    case 'accepted': {
      const at = document.recent.findIndex((link) => link.event.casesequence === sequence);
      const link = document.recent[at];
      if (link && signature && link.signature === null) document.recent[at] = { ...link, signature };
      mark(document, sequence, 'accepted', time);
      work.sameLine = true;
      return;
    }
    case 'relayed':
      work.sameLine = true;
      mark(document, sequence, 'relayed', time);
      return;
    case 'delivered':
      if (sequence > document.head.sequence) askAgain(work, context);
      document.delivered = Math.max(document.delivered, Math.min(sequence, document.head.sequence));
      if (document.delivered >= document.head.sequence) document.resend = null;
      else if (document.resend !== null)
        document.resend = { next: later(context.now, context.limits.resend), tries: 0 };
      markUpTo(document, sequence, 'delivered', time);
      startTerm(document, context, sequence, time);
      return;
    case 'opened':
      document.opened.theirs = Math.max(document.opened.theirs, sequence);
      markUpTo(document, sequence, 'opened', time);
      return;
  }
};
const mark = (document: CaseDocument, sequence: number, kind: ReceiptKind, time: string): void => {
  const marks = document.marks[sequence];
  if (marks && marks[kind] === undefined) marks[kind] = time;
  if (marks?.negative && stages.indexOf(kind) >= stages.indexOf(marks.negative.receipt)) delete marks.negative;
};
const stages: readonly ReceiptKind[] = ['accepted', 'relayed', 'delivered', 'opened'];
const markUpTo = (document: CaseDocument, sequence: number, kind: ReceiptKind, time: string): void => {
  for (const known of Object.keys(document.marks))
    if (Number(known) <= sequence) mark(document, Number(known), kind, time);
};
const noteNegative = (document: CaseDocument, receipt: Receipt, negative: NonNullable<Receipt['negative']>): void => {
  const marks = document.marks[receipt.sequence];
  // By stage, not by date: the clocks of two provinces differ, and what was said before may be brought again.
  if (marks && stages.slice(stages.indexOf(receipt.receipt)).every((kind) => marks[kind] === undefined))
    marks.negative = { ...negative, receipt: receipt.receipt, time: receipt.time };
  if (negative.code !== 'fork' || document.status === 'frozen') return;
  document.status = 'frozen';
  document.fork = {
    sequence: receipt.sequence,
    mine: recentLink(document, receipt.sequence)?.hash ?? '',
    theirs: '',
    event: null,
  };
};
/** A term from delivery begins for both sides at the instant in the receipt. */
const startTerm = (document: CaseDocument, context: Context, sequence: number, time: string): void => {
  const { head } = document;
  if (head.due !== null || head.state === null || sequence < head.sequence) return;
  const due = dueFromDelivery(context, head.state, time);
  if (due) Object.assign(head, { due: due.at, provisional: due.provisional });
};
