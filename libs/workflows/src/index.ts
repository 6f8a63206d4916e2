import { Workflows } from '@chuanyu/engine';
import { agreement } from './coordination/agreement';
import { releaseHandover } from './prison/release-handover';

/** Every workflow of the platform: a new one is registered by its line here. */
export const workflows = new Workflows([releaseHandover, agreement]);
export { releaseHandover, agreement };
export { clausesOfAgreement } from './coordination/clauses';
