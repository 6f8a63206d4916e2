import { CaseMaker } from '../made-cases';
import { blockOf, type BlockAsked } from '../archive';
import { serve } from './answering';

/** Makes blocks of cases for an archive: the engine's work, which is most of filling, on a core of its own. */
serve(async () => ({
  ready: true,
  answers: { block: (asked: BlockAsked) => blockOf(asked, (seed, now, before) => new CaseMaker(seed, now, before)) },
  stop: async () => undefined,
}));
