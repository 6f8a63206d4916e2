import { Workflows } from '@chuanyu/engine';
import { agreement } from './coordination/agreement';
import { legalityReview } from './judicial-office/legality-review';
import { traineeCertificate } from './lawyer/trainee-certificate';
import { traineeRecognition } from './lawyer/trainee-recognition';
import { traineeRequest } from './lawyer/trainee-request';
import { releaseHandover } from './prison/release-handover';

/** Every workflow of the platform: a new one is registered by its line here. */
export const workflows = new Workflows([
  releaseHandover,
  agreement,
  legalityReview,
  traineeRequest,
  traineeCertificate,
  traineeRecognition,
]);
export { releaseHandover, agreement, legalityReview, traineeRequest, traineeCertificate, traineeRecognition };
export { clausesOfAgreement } from './coordination/clauses';
