import { topics } from '@chuanyu/contracts';
import type { LogUse } from '@chuanyu/event-log';

/** Names of topics that `alsoSay` and `beyond` of a domain use, more than every domain does. */
export interface AlsoUses {
  readonly writes?: readonly string[];
  /** Without a group. */
  readonly reads?: readonly string[];
  /** By the group of the service. */
  readonly hears?: readonly string[];
}

export const groupOf = (domain: string): string => `${domain}.service`;

/** What a domain's service does on its province's log. */
export const useOfDomain = (domain: string, { writes = [], reads = [], hears = [] }: AlsoUses = {}): LogUse => {
  const named = (name: string) => ({ name });
  const beats = { name: topics.beats(domain), partitions: 1 };
  return {
    writes: [...[topics.events(domain), topics.counts, ...writes].map(named), beats],
    // Its own steps and those that were brought are read again after a restore.
    reads: [...[topics.events(domain), topics.inbound(domain), ...reads].map(named), beats],
    groups: [{ group: groupOf(domain), topics: [topics.inbound(domain), topics.clauses, ...hears] }],
  };
};
