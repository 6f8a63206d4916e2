import type { CaseDocument, OwnAsk } from './document';

/** Of no consequence yet on the other side; in force here where it is by right. */
export const isPending = ({ status }: Pick<OwnAsk, 'status'>): boolean => status === 'open' || status === 'queued';
/** Rights of this side that do not stand in the chain yet, in order. A correction moves nothing, and waits for nothing. */
export const openRights = (document: CaseDocument): readonly OwnAsk[] =>
  document.asks.filter((own) => isPending(own) && own.ask.byright && own.ask.step !== 'correct');
/** Has this case taken, or asked for, or noted for its opening, what follows from that step of its parent? */
export const hasFollowed = (document: CaseDocument, key: string): boolean =>
  document.keys.some((each) => each.key === key) ||
  document.asks.some(({ ask }) => ask.stepkey === key) ||
  document.membership?.toFollow.some((each) => each.key === key) === true;
