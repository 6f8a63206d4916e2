import type { CaseDocument } from '@chuanyu/engine';
import type { Collection, Condition, Filter, Kept } from '@chuanyu/collections';

/** All that the filter finds, by id. */
export async function* casesIn(cases: Collection<CaseDocument>, filter: Filter): AsyncGenerator<Kept<CaseDocument>> {
  for (let after: string | undefined; ;) {
    const page = await cases.find({ filter, limit: 500, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    if (page.next === undefined) return;
    after = page.next;
  }
}

export type CaseHead = readonly [id: string, sequence: number, hash: string];

/** Where every case stands of which these conditions are true, by id. However many they are, none of them is read. */
export async function* headsOf(
  cases: Pick<Collection<CaseDocument>, 'values'>,
  where: Readonly<Record<string, Condition>>,
): AsyncGenerator<CaseHead> {
  for (let after: string | undefined; ;) {
    const page = await cases.values(['head.sequence', 'head.hash'], {
      filter: { where },
      limit: 1000,
      ...(after === undefined ? {} : { after }),
    });
    for (const { id, values } of page.items) yield [id, Number(values[0]), String(values[1])];
    if (page.next === undefined) return;
    after = page.next;
  }
}

/** Those that are shared with a peer (with any, where none is named). */
export const sharedCases = (
  cases: Pick<Collection<CaseDocument>, 'values'>,
  peer: string | undefined,
): AsyncGenerator<CaseHead> =>
  headsOf(cases, { peer: peer ?? { not: null }, status: { in: ['live', 'frozen', 'placeholder'] } });
