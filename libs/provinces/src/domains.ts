import { checklistService, checklistUses } from '@chuanyu/checklist';
import { topics } from '@chuanyu/contracts';
import type { DomainServiceConfig } from '@chuanyu/service';
import { clausesOfAgreement } from '@chuanyu/workflows';

type Peculiar = Pick<DomainServiceConfig, 'limits' | 'alsoSay' | 'beyond' | 'alsoUses'>;

/** What a domain's service has beyond its workflows: most have nothing. */
const peculiar: Readonly<Record<string, Peculiar>> = {
  coordination: {
    // Agreements and projects stay whole in their documents: clauses and the checklist follow from all that happened in them.
    limits: { recent: 500 },
    alsoSay: (document) =>
      clausesOfAgreement(document).map((clause) => ({ topic: topics.clauses, key: clause.id, value: clause })),
    beyond: checklistService,
    alsoUses: { ...checklistUses, writes: [topics.clauses] },
  },
};
export const peculiarTo = (domain: string): Peculiar => peculiar[domain] ?? {};
