import { Workflows } from '@chuanyu/engine';
import { agreement } from './coordination/agreement';
import { legalityReview } from './judicial-office/legality-review';
import { releaseHandover } from './prison/release-handover';

/** Every workflow of the platform: a new one is registered by its line here. */
export const workflows = new Workflows([releaseHandover, agreement, legalityReview]);
export { releaseHandover, agreement, legalityReview };
export { clausesOfAgreement } from './coordination/clauses';
