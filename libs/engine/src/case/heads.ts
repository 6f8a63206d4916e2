import { recentLink } from './chain';
import type { Context, Work } from './context';
import { askAgain, repeat } from './repair';
import { sayNegative } from './receipts';

/** The other side states where it stands (`docs/protocol.md` 21): a difference behind is repaired, a difference in hash is a fork. */
export const compareHead = (
  work: Work,
  context: Context,
  theirs: { readonly sequence: number; readonly hash: string },
): void => {
  const { case: document } = work;
  if (document.status === 'frozen' || document.status === 'draft') return;
  const { sequence, hash } = document.head;
  if (theirs.sequence > sequence) return askAgain(work, context);
  const mine =
    theirs.sequence === sequence
      ? hash
      : theirs.sequence === 0
        ? undefined
        : (recentLink(document, theirs.sequence)?.hash ?? context.archivedHash(theirs.sequence));
  if (mine !== undefined && mine !== theirs.hash) {
    document.status = 'frozen';
    document.fork = { sequence: theirs.sequence, mine, theirs: theirs.hash, event: null };
    sayNegative(work, context, theirs.sequence, 'fork', '两地链头在此序号处不同，办件已冻结');
  } else if (theirs.sequence < sequence) {
    repeat(work, context, theirs.sequence);
  }
};
