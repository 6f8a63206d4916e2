import { topics } from '@chuanyu/contracts';
import type { AlsoUses } from '@chuanyu/service';

/** What the checklist uses of the log: rows of its own domain's cases, and everybody's counts, from the beginning when it is made anew. */
export const checklistUses: AlsoUses = {
  reads: [topics.counts],
  hears: [topics.events('coordination'), topics.counts],
};
