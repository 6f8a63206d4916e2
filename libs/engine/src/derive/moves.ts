import { otherSide, type Side } from '@chuanyu/contracts';
import { completing, returned } from '../workflow/everyday';
import { leadOf, sideOfRole, sidesOf, stateOf, type State, type Step, type Workflow } from '../workflow/workflow';

/** One way in which a step can stand in the chain: from where to where, who acts, and whether it answers an ask. */
export interface Move {
  /** Null where the case begins. */
  readonly from: string | null;
  readonly state: string;
  readonly turn: Side | null;
  /** `engine`: written by time or by the engine itself, for the side with the turn. */
  readonly actor: Side | 'engine';
  /** Embeds the ask of the side that had no turn. */
  readonly asked: boolean;
}

/** Steps that no officer takes, and the role under which the engine writes them. */
export const engineRoles: Readonly<Record<string, string>> = { lapse: 'time', 'refuse-ask': 'engine' };
export const isEngineStep = (step: Step): boolean => Object.hasOwn(engineRoles, step.name);
/** Everyday steps about the turn itself: the side without it cannot even ask for them. */
const onlyWithTurn: ReadonlySet<string> = new Set([
  'send-back',
  'readdress',
  'withdraw-returned',
  'complete',
  'supplement',
  'extend',
]);

export const ownSteps = (workflow: Workflow): readonly Step[] =>
  [...workflow.steps.values()].filter((step) => !step.everyday);
export const everydayStepsOf = (workflow: Workflow): readonly Step[] =>
  [...workflow.steps.values()].filter((step) => step.everyday);
/** The workflow's own states that are not final. */
const ownOpen = (workflow: Workflow): readonly State[] =>
  [...workflow.states.values()].filter((state) => !state.everyday && state.turn !== undefined);
const allOpen = (workflow: Workflow): readonly State[] =>
  [...workflow.states.values()].filter((state) => state.turn !== undefined);
/** The sides that may hold the turn in a state. */
export const holdersOf = (state: State): readonly Side[] =>
  state.turn === undefined ? [] : state.turn === 'other' ? ['origin', 'counterpart'] : [state.turn];
export const takersOn = (workflow: Workflow, step: Step, side: Side): readonly string[] =>
  step.by.filter((role) => sideOfRole(workflow, role) === side);
export const signersOn = (workflow: Workflow, step: Step, side: Side): readonly string[] =>
  step.signedBy.filter((role) => sideOfRole(workflow, role) === side);
/** May the side without the turn ask for it? */
export const canBeAsked = (workflow: Workflow, step: Step): boolean =>
  !workflow.domestic && step.opens === undefined && !isEngineStep(step) && !onlyWithTurn.has(step.name);
/** Own steps whose form the side that gave it may replace. */
export const correctable = (workflow: Workflow): readonly Step[] =>
  ownSteps(workflow).filter((step) => step.form !== undefined);

/** The states that a case may have been in before each state: where `back` leads. */
export const comesFrom = (workflow: Workflow): ReadonlyMap<string, ReadonlySet<string>> => {
  const known = new Map<string, Set<string>>();
  const add = (to: string, from: string): boolean => {
    const before = known.get(to) ?? new Set<string>();
    known.set(to, before);
    if (before.has(from)) return false;
    before.add(from);
    return true;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const step of ownSteps(workflow)) {
      for (const from of leaves(workflow, step)) {
        const lead = leadOf(step, from);
        const targets = typeof lead === 'object' ? [...(known.get(from) ?? [])] : [lead ?? []].flat();
        for (const to of targets) changed = add(to, from) || changed;
      }
    }
    for (const state of ownOpen(workflow))
      if (state.late !== undefined) changed = add(state.late, state.name) || changed;
  }
  return known;
};
/** Own states that a step may leave: by right from any, since it is taken wherever the case has got to meanwhile. */
const leaves = (workflow: Workflow, step: Step): readonly string[] =>
  step.byRight ? ownOpen(workflow).map((state) => state.name) : step.from;

type Place = Pick<Move, 'state' | 'turn'>;
const placesAfter = (workflow: Workflow, step: Step, from: State, holder: Side): readonly Place[] => {
  const at = (name: string): Place => {
    const { turn } = stateOf(workflow, name);
    return { state: name, turn: turn === 'other' ? otherSide(holder) : (turn ?? null) };
  };
  if (step.name === 'lapse') return from.late === undefined ? [] : [at(from.late)];
  const stays: Place = { state: from.name, turn: holder };
  if (step.to === undefined) return [stays];
  if (typeof step.to === 'string') return [at(step.to)];
  // By the state that rests, where the case rests: and from one that is not named it leads nowhere.
  if ('by' in step.to) return restingIn(workflow, from, holder).map((name) => mapped(step, name, at) ?? stays);
  if (from.everyday) return restingIn(workflow, from, holder).map(at);
  return [...(comesFrom(workflow).get(from.name) ?? [])].map(at);
};
const mapped = (step: Step, from: string, at: (name: string) => Place): Place | undefined => {
  const lead = leadOf(step, from);
  return typeof lead === 'string' ? at(lead) : undefined;
};
/** The states that may rest while the case is in an everyday one; of any other, itself. */
const restingIn = (workflow: Workflow, from: State, holder: Side): readonly string[] => {
  if (from.name === returned) return [workflow.opening.opens ?? ''];
  if (from.name !== completing) return [from.name];
  return ownOpen(workflow).flatMap((state) => (state.turn === otherSide(holder) ? [state.name] : []));
};

/** Every way in which the step can stand in the chain; none where it never can (no state falls late, nothing to correct). */
export const movesOf = (workflow: Workflow, step: Step): readonly Move[] => {
  if (step.opens !== undefined) {
    const { turn } = stateOf(workflow, step.opens);
    return [{ from: null, state: step.opens, turn: holderOrNull(turn), actor: 'origin', asked: false }];
  }
  if (step.name === 'correct' && correctable(workflow).length === 0) return [];
  if (step.name === 'refuse-ask' && !hasAsks(workflow)) return [];
  if (step.from.includes(returned) && !canBeSentBack(workflow)) return [];
  const everywhere = step.byRight || isEngineStep(step);
  const from = everywhere ? allOpen(workflow) : step.from.map((name) => stateOf(workflow, name));
  return from.flatMap((state) =>
    holdersOf(state).flatMap((holder) =>
      placesAfter(workflow, step, state, holder).flatMap((place) =>
        actorsOf(workflow, step, holder).map((acting) => ({ from: state.name, ...place, ...acting })),
      ),
    ),
  );
};
/** The side addressed sends a case back at its beginning only, and only with the turn. */
const canBeSentBack = (workflow: Workflow): boolean =>
  stateOf(workflow, workflow.opening.opens ?? '').turn === 'counterpart';
const hasAsks = (workflow: Workflow): boolean =>
  [...workflow.steps.values()].some(
    (step) => canBeAsked(workflow, step) && movesOf(workflow, step).some((move) => move.asked),
  );
const holderOrNull = (turn: State['turn']): Side | null => (turn === 'other' ? 'origin' : (turn ?? null));
const actorsOf = (workflow: Workflow, step: Step, holder: Side): readonly Pick<Move, 'actor' | 'asked'>[] => {
  if (isEngineStep(step)) return [{ actor: 'engine', asked: step.name === 'refuse-ask' }];
  return sidesOf(workflow, step)
    .filter((side) => side === holder || canBeAsked(workflow, step))
    .filter((side) => step.name !== 'correct' || correctableBy(workflow, side).length > 0)
    .map((side) => ({ actor: side, asked: side !== holder }));
};
/** Names of the steps whose form this side may have given. */
export const correctableBy = (workflow: Workflow, side: Side): readonly string[] =>
  correctable(workflow)
    .filter((step) => takersOn(workflow, step, side).length > 0)
    .map((step) => step.name);
