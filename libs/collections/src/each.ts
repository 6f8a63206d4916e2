import type { Collection, Document, Kept, Query } from './port';

/** Where a page begins: behind the one before, or at the beginning. */
export interface From {
  readonly after?: string;
}

/** Page after page, while each says where the next one begins. */
export async function* eachPage<P extends { readonly next?: string }>(
  ask: (from: From) => Promise<P>,
): AsyncGenerator<P> {
  for (let from: From = {}; ;) {
    const page = await ask(from);
    yield page;
    if (page.next === undefined) return;
    from = { after: page.next };
  }
}

/**
 * All that a query finds, in its order, however much it is: `limit` is how many are held at a time. What is saved meanwhile is met as it
 * was or as it is; what keeps its place in the order is met once.
 */
export async function* each<T extends Document>(
  of: Pick<Collection<T>, 'find'>,
  query: Omit<Query, 'after'>,
): AsyncGenerator<Kept<T>> {
  for await (const { items } of eachPage((from) => of.find({ ...query, ...from }))) yield* items;
}
