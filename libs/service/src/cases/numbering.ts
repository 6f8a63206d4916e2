import type { Collection } from '@chuanyu/collections';
import type { CaseDocument } from '@chuanyu/engine';

/** The number that the next case of a docket and year gets: one more than the highest that was minted. */
export const nextSerial = async (cases: Collection<CaseDocument>, docket: string): Promise<number> => {
  const page = await cases.find({
    filter: { where: { 'serial.docket': docket } },
    sort: { by: 'serial.n', order: 'descending' },
    limit: 1,
  });
  return (page.items[0]?.document.serial?.n ?? 0) + 1;
};
