import type { Signature, StepEvent } from '@chuanyu/contracts';
import type { Context, Work } from './context';

/** Asks the other side to send again what follows the head. */
export const askAgain = (work: Work, context: Context): void => {
  const { case: document } = work;
  work.send.push({
    kind: 'repair',
    to: document.peer,
    epoch: context.epoch,
    domain: document.domain,
    case: document.id,
    after: document.head.sequence,
  });
};

/** An event that the receiver itself wrote is brought back with its own signature, so that it can know it again. */
export const proofOf = (
  event: StepEvent,
  signature: Signature | null,
  context: Pick<Context, 'province'>,
): { readonly proof?: Signature } =>
  signature !== null && !event.source.startsWith(`${context.province}/`) ? { proof: signature } : {};

/** Puts the events after this sequence out again, in order, as far as they are in the document. */
export const repeat = (work: Work, context: Context, after: number): void => {
  const { case: document } = work;
  for (const { event, signature } of document.recent) {
    if (event.casesequence <= after) continue;
    work.send.push({
      kind: 'step',
      to: document.peer,
      epoch: context.epoch,
      domain: document.domain,
      case: document.id,
      event,
      ...proofOf(event, signature, context),
    });
  }
};
