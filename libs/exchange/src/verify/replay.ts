import { canonical, otherSide, parseType, type Side, type StepEvent } from '@chuanyu/contracts';
import { isFinal, leadOf, sideOfRole, stateOf, type Step, type Workflow } from '@chuanyu/engine';

/** Where the chain has come to, worked out from the workflow file and nothing else: a second reading of the rules, beside the engine's. */
export interface Standing {
  readonly state: string | null;
  readonly turn: Side | null;
  readonly tenure: number;
  readonly before: string | null;
  /** The state to which a case comes back that was sent back or is being completed. */
  readonly resting: string | null;
}
export const beginning: Standing = { state: null, turn: 'origin', tenure: 0, before: null, resting: null };

export type Followed =
  { readonly next: Standing } | { readonly code: 'not-its-turn' | 'not-the-workflow'; readonly why: string };

/** One event further, or why it cannot follow. `provinces` says which province is which side. */
export const follow = (
  workflow: Workflow,
  at: Standing,
  event: StepEvent,
  provinces: Readonly<Record<Side, string | null>>,
): Followed => {
  const { data } = event;
  const type = parseType(event.type);
  const step = type?.workflow === workflow.id ? workflow.steps.get(type.step) : undefined;
  if (!step) return wrong(`「${workflow.title}」没有操作 ${event.type}`);
  if (at.turn === null) return { code: 'not-its-turn', why: '办件已办结，不应再有记录' };
  const writer = event.source.split('/')[0];
  if (writer !== provinces[at.turn])
    return { code: 'not-its-turn', why: `此时轮到${provinces[at.turn] ?? at.turn}，记录却由 ${String(writer)} 写入` };
  if (data.from !== at.state) return wrong(`办件在「${at.state ?? '起始'}」，记录却从「${data.from ?? '起始'}」出发`);
  if (!leaves(step, at.state)) return wrong(`「${step.title}」不能在环节 ${at.state ?? '起始'} 办理`);
  const actor = actorFault(workflow, step, event, at.turn, provinces);
  if (actor !== undefined) return wrong(actor);
  const next = standingAfter(workflow, at, step);
  if (next.state !== data.state || next.turn !== data.turn)
    return wrong(
      `「${step.title}」应到环节 ${String(next.state)}、办理方 ${String(next.turn)}，记录却写 ${data.state}、${String(data.turn)}`,
    );
  if (next.tenure !== event.tenure) return wrong(`轮次应为 ${next.tenure}，记录却写 ${event.tenure}`);
  return { next };
};
const wrong = (why: string): Followed => ({ code: 'not-the-workflow', why });

const byEngine = new Set(['lapse', 'refuse-ask']);
const leaves = (step: Step, state: string | null): boolean =>
  state === null
    ? step.opens !== undefined
    : step.opens === undefined && (byEngine.has(step.name) || step.byRight || step.from.includes(state));

/** Role and province of who acted: the writer, or in an answer the one who asked. */
const actorFault = (
  workflow: Workflow,
  step: Step,
  { data }: StepEvent,
  turn: Side,
  provinces: Readonly<Record<Side, string | null>>,
): string | undefined => {
  const engine = byEngine.has(step.name);
  const acting = data.ask !== null && !engine ? otherSide(turn) : turn;
  if (data.by.province !== provinces[acting])
    return `应由 ${String(provinces[acting])} 办理，记录却写 ${data.by.province}`;
  if (engine)
    return data.by.role === (step.name === 'lapse' ? 'time' : 'engine') ? undefined : `不应有角色 ${data.by.role}`;
  if (!step.by.includes(data.by.role) || sideOfRole(workflow, data.by.role) !== acting)
    return `角色 ${data.by.role} 无权办理`;
  if (data.ask === null || step.name === 'refuse-ask') return undefined;
  const { ask } = data;
  return ask.step === step.name && ask.by.province === data.by.province && canonical(ask.form) === canonical(data.form)
    ? undefined
    : '记录与其所答复的提请不一致';
};

const standingAfter = (workflow: Workflow, at: Standing, step: Step): Standing => {
  const name = target(workflow, at, step);
  if (name === undefined) return at;
  const state = stateOf(workflow, name);
  const turn = isFinal(workflow, name)
    ? null
    : state.turn === 'other'
      ? otherSide(at.turn ?? 'origin')
      : (state.turn ?? null);
  const back = at.resting !== null && typeof lead(at, step) === 'object';
  return {
    state: name,
    turn,
    tenure: turn === at.turn && at.state !== null ? at.tenure : at.tenure + 1,
    before: back ? at.before : (at.resting ?? at.state),
    resting: turn !== null && state.everyday ? at.state : null,
  };
};
const lead = (at: Standing, step: Step) => leadOf(step, at.resting ?? at.state ?? '');
const target = (workflow: Workflow, at: Standing, step: Step): string | undefined => {
  if (step.name === 'lapse') return stateOf(workflow, at.state ?? '').late;
  if (step.opens !== undefined) return step.opens;
  const to = lead(at, step);
  return typeof to === 'object' ? (at.resting ?? at.before ?? undefined) : to;
};
