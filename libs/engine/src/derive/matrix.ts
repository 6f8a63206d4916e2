import { otherSide, type Side } from '@chuanyu/contracts';
import type { State, Step, Workflow } from '../workflow/workflow';

/**
 * Who may do what in every state, worked out from the workflow file alone and from the tables in `docs/`: a second
 * opinion beside `case/possible.ts`, which generated tests compare with it. So it shares no code with that file.
 */
export interface Cell {
  readonly state: string;
  /** The side with the turn; null in a final state. */
  readonly holder: Side | null;
  readonly step: string;
  readonly side: Side;
  readonly role: string;
  readonly how: 'take' | 'ask' | 'right' | null;
  /** Why not, or why so: for the reader of a failed test. */
  readonly because: string;
}
type Verdict = Pick<Cell, 'how' | 'because'>;
const no = (because: string): Verdict => ({ how: null, because });
const yes = (how: 'take' | 'ask' | 'right', because: string): Verdict => ({ how, because });

interface At {
  readonly workflow: Workflow;
  readonly state: State;
  readonly holder: Side;
  readonly side: Side;
}
const atHome = ({ holder, side }: At): boolean => holder === side;
/** The states that the file itself declares, and that are not the end. */
const declaredOpen = ({ state }: At): boolean => !state.everyday && state.turn !== undefined;
const takeOrAsk = (at: At): Verdict => (atHome(at) ? yes('take', 'has the turn') : yes('ask', 'asks the holder'));
const takeOnly = (at: At): Verdict => (atHome(at) ? yes('take', 'has the turn') : no('only with the turn'));

/** The everyday steps, one sentence each. */
const everyday: Readonly<Record<string, (at: At) => Verdict>> = {
  'pass-on': (at) => (declaredOpen(at) ? takeOrAsk(at) : no('not while it rests')),
  extend: (at) =>
    !declaredOpen(at) ? no('not while it rests') : at.state.due === undefined ? no('no due time') : takeOnly(at),
  correct: (at) => {
    if (at.workflow.domestic) return declaredOpen(at) ? takeOnly(at) : no('ended');
    return atHome(at) ? yes('take', 'has the turn') : yes('right', 'corrects its own by right');
  },
  'send-back': (at) =>
    at.state.name === at.workflow.opening.opens && at.side === 'counterpart'
      ? takeOnly(at)
      : no('only what has just been received'),
  readdress: (at) => (at.state.name === 'returned' && at.side === 'origin' ? takeOnly(at) : no('nothing sent back')),
  'withdraw-returned': (at) =>
    at.state.name === 'returned' && at.side === 'origin' ? takeOnly(at) : no('nothing sent back'),
  complete: (at) => (declaredOpen(at) ? takeOnly(at) : no('not while it rests')),
  supplement: (at) => (at.state.name === 'completing' ? takeOnly(at) : no('nothing was asked for')),
  lapse: () => no('time takes it'),
  'refuse-ask': () => no('the engine takes it'),
};

const declared = (step: Step, at: At): Verdict => {
  if (step.opens !== undefined) return no('opens a case');
  if (step.follows !== undefined) return no('follows the parent');
  if (!step.from.includes(at.state.name)) return no(`leaves ${step.from.join(', ')}`);
  if (atHome(at)) return yes('take', 'has the turn');
  return step.byRight ? yes('right', 'by right') : yes('ask', 'asks the holder');
};

const verdict = (step: Step, role: string, at: At): Verdict => {
  if (!step.by.includes(role)) return no('another role');
  const rule = everyday[step.name];
  return step.everyday ? (rule ? rule(at) : no('unknown everyday step')) : declared(step, at);
};

/** Every cell: state × holder × step × role. A state whose turn is the other side's stands once for each holder. */
export const matrix = (workflow: Workflow): readonly Cell[] =>
  [...workflow.states.values()].flatMap((state) =>
    holders(state).flatMap((holder) =>
      (['origin', 'counterpart'] as const).flatMap((side) =>
        Object.keys(workflow.roles[side]).flatMap((role) =>
          [...workflow.steps.values()].map((step) => ({
            state: state.name,
            holder,
            step: step.name,
            side,
            role,
            ...(holder === null ? no('ended') : verdict(step, role, { workflow, state, holder, side })),
          })),
        ),
      ),
    ),
  );
const holders = (state: State): readonly (Side | null)[] => {
  if (state.turn === undefined) return [null];
  return state.turn === 'other' ? ['origin', otherSide('origin')] : [state.turn];
};
