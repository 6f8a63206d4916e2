import type { CaseDocument } from '@chuanyu/engine';
import { each, eachPage, type Collection, type Condition, type Filter, type Kept } from '@chuanyu/collections';

/** All that the filter finds, by id. */
export const casesIn = (cases: Collection<CaseDocument>, filter: Filter): AsyncGenerator<Kept<CaseDocument>> =>
  each(cases, { filter, limit: 500 });

export type CaseHead = readonly [id: string, sequence: number, hash: string];

/** Where every case stands of which these conditions are true, by id. However many they are, none of them is read. */
export async function* headsOf(
  cases: Pick<Collection<CaseDocument>, 'values'>,
  where: Readonly<Record<string, Condition>>,
): AsyncGenerator<CaseHead> {
  const question = { filter: { where }, limit: 1000 };
  const pages = eachPage((from) => cases.values(['head.sequence', 'head.hash'], { ...question, ...from }));
  for await (const { items } of pages)
    for (const { id, values } of items) yield [id, Number(values[0]), String(values[1])];
}

/** Those that are shared with a peer (with any, where none is named). */
export const sharedCases = (
  cases: Pick<Collection<CaseDocument>, 'values'>,
  peer: string | undefined,
): AsyncGenerator<CaseHead> =>
  headsOf(cases, { peer: peer ?? { not: null }, status: { in: ['live', 'frozen', 'placeholder'] } });
