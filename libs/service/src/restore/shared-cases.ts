import type { CaseKeeper } from '../cases/keeper';

/** Where every case stands that is shared with a peer (with any, where none is named). */
export async function* sharedCases(
  keeper: CaseKeeper,
  peer: string | undefined,
): AsyncGenerator<{ id: string; sequence: number; hash: string; parked: boolean }> {
  for (let after: string | undefined; ;) {
    const where = peer === undefined ? { peer: { not: null } } : { peer };
    const page = await keeper.options.cases.find({
      filter: { where: { ...where, status: { in: ['live', 'frozen', 'placeholder'] } } },
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    for (const { document } of page.items)
      yield {
        id: document.id,
        sequence: document.head.sequence,
        hash: document.head.hash,
        parked: document.parked.length > 0,
      };
    if (page.next === undefined) return;
    after = page.next;
  }
}
