import { Workflows } from '@chuanyu/engine';
import { agreement } from './coordination/agreement';
import { rehabilitationVisit } from './drug-rehab/remote-visit';
import { legalityReview } from './judicial-office/legality-review';
import { releaseHandover } from './prison/release-handover';
import { prisonVisit } from './prison/remote-visit';

/** Every workflow of the platform: a new one is registered by its line here. */
export const workflows = new Workflows([releaseHandover, agreement, legalityReview, prisonVisit, rehabilitationVisit]);
export { releaseHandover, agreement, legalityReview, prisonVisit, rehabilitationVisit };
export { clausesOfAgreement } from './coordination/clauses';
