import { topics } from '@chuanyu/contracts';
import type { LogUse } from '@chuanyu/event-log';
import { SHAPE } from './lists/kept-row';

/** How the names of the lists' groups begin: a version of the gateway whose rows have another shape has another group. */
export const LISTS = 'gateway.lists.';
export const listsGroup = `${LISTS}${SHAPE}`;

/** The topics of public events, of the own province and of those paired with it, which are mirrored here. */
export const publishedOf = (province: string, peers: readonly string[], domains: readonly string[]) =>
  [province, ...peers].flatMap((each) => domains.map((domain) => topics.published(each, domain)));

/** What a province's gateway does on its log. */
export const useOfGateway = (province: string, peers: readonly string[], domains: readonly string[]): LogUse => ({
  writes: [],
  reads: publishedOf(province, peers, domains).map((name) => ({ name })),
  groups: [{ group: listsGroup, topics: domains.map(topics.events) }],
});
