import { topics } from '@chuanyu/contracts';
import type { DomainServiceConfig } from '@chuanyu/service';
import { clausesOfAgreement } from '@chuanyu/workflows';

type Peculiar = Pick<DomainServiceConfig, 'limits' | 'alsoSay'>;

/** What a domain's service has beyond its workflows: most have nothing. */
const peculiar: Readonly<Record<string, Peculiar>> = {
  coordination: {
    // An agreement stays whole in its document: its clauses are derived from every suspension it has had.
    limits: { recent: 500 },
    alsoSay: (document) =>
      clausesOfAgreement(document).map((clause) => ({ topic: topics.clauses, key: clause.id, value: clause })),
  },
};
export const peculiarTo = (domain: string): Peculiar => peculiar[domain] ?? {};
