import { Duplicate, each, type Collection } from '@chuanyu/collections';
import { linkId, type CaseDocument, type Link } from '@chuanyu/engine';
import type { ArchivedLink } from './collections';

/** Keeps a link outside its document; the same again changes nothing. */
export const keepLink = async (history: Collection<ArchivedLink>, id: string, link: Link): Promise<void> => {
  const sequence = link.event.casesequence;
  try {
    await history.insert({ id: linkId(id, sequence), case: id, sequence, link });
  } catch (error) {
    if (!(error instanceof Duplicate)) throw error;
  }
};

/** The whole chain as this side holds it, oldest first. */
export const wholeChain = async (
  history: Collection<ArchivedLink>,
  document: CaseDocument,
): Promise<readonly Link[]> => {
  const archived = each(history, {
    filter: { where: { case: document.id, sequence: { lte: document.archived } } },
    sort: { by: 'sequence', order: 'ascending' },
    limit: 500,
  });
  const old = document.archived === 0 ? [] : await Array.fromAsync(archived, (kept) => kept.document.link);
  return [...old, ...document.recent.filter((link) => link.event.casesequence > document.archived)];
};
