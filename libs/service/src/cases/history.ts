import { Duplicate, type Collection } from '@chuanyu/collections';
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
  const old: Link[] = [];
  for (let after: string | undefined; old.length < document.archived;) {
    const page = await history.find({
      filter: { where: { case: document.id, sequence: { lte: document.archived } } },
      sort: { by: 'sequence', order: 'ascending' },
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    old.push(...page.items.map(({ document: { link } }) => link));
    if (page.next === undefined) break;
    after = page.next;
  }
  return [...old, ...document.recent.filter((link) => link.event.casesequence > document.archived)];
};
