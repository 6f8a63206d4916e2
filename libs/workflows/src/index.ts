import { Workflows } from '@chuanyu/engine';
import { agreement } from './coordination/agreement';
import { rehabilitationVisit } from './drug-rehab/remote-visit';
import { bulletin } from './coordination/bulletin';
import { milestone } from './coordination/milestone';
import { obstacle } from './coordination/obstacle';
import { project } from './coordination/project';
import { legalityReview } from './judicial-office/legality-review';
import { traineeCertificate } from './lawyer/trainee-certificate';
import { traineeRecognition } from './lawyer/trainee-recognition';
import { traineeRequest } from './lawyer/trainee-request';
import { releaseHandover } from './prison/release-handover';
import { prisonVisit } from './prison/remote-visit';

/** Every workflow of the platform: a new one is registered by its line here. */
export const workflows = new Workflows([
  releaseHandover,
  agreement,
  project,
  milestone,
  obstacle,
  bulletin,
  legalityReview,
  traineeRequest,
  traineeCertificate,
  traineeRecognition,
  prisonVisit,
  rehabilitationVisit,
]);
export { releaseHandover, agreement, legalityReview, traineeRequest, traineeCertificate, traineeRecognition };
export { project, milestone, obstacle, bulletin };
export { prisonVisit, rehabilitationVisit };
export { clausesOfAgreement } from './coordination/clauses';
export { Project, Change } from './coordination/project';
export { Standing, stages } from './coordination/standing';
export { Milestone } from './coordination/milestone';
export { Obstacle, Taking } from './coordination/obstacle';
export { Bulletin } from './coordination/bulletin';
