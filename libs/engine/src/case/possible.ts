import { otherSide } from '@chuanyu/contracts';
import { returned, completing } from '../workflow/everyday';
import { sidesOf, stateOf, type Step, type Workflow } from '../workflow/workflow';
import type { Who } from './context';
import { openRights } from './rights';
import { hasTurn, isOpen, type CaseDocument, type Head } from './document';
import { enters, placeAfter } from './place';

/** What can happen now, and why the rest cannot: officers' screens and refusals read the same answer. */
export interface Possibility {
  readonly step: string;
  readonly title: string;
  /** Roles that may take it, with their titles. */
  readonly by: readonly { readonly role: string; readonly title: string }[];
  /** Name of the form's schema. */
  readonly form: string | null;
  /** Roles of which one signs. */
  readonly signedBy: readonly { readonly role: string; readonly title: string }[];
  readonly everyday: boolean;
  /** take: this side writes it · ask: the other side's engine answers · right: in force here at once. */
  readonly how: 'take' | 'ask' | 'right' | null;
  /** Why not, in Chinese; absent where it is possible. */
  readonly why?: string;
}

/** Never asked of the other side. */
export const holderOnly: ReadonlySet<string> = new Set([
  'send-back',
  'readdress',
  'withdraw-returned',
  'complete',
  'supplement',
  'extend',
]);
export const engineOnly: ReadonlySet<string> = new Set(['lapse', 'refuse-ask']);

/** Every step of the case for this officer. `who` undefined: for the side as such, whatever the role. */
export const possibilities = (
  document: CaseDocument,
  workflow: Workflow,
  who: Who | undefined,
): readonly Possibility[] =>
  [...workflow.steps.values()]
    .filter((step) => !engineOnly.has(step.name) && step.opens === undefined)
    .map((step) => {
      const answer = judge(document, workflow, step, who);
      return {
        step: step.name,
        title: step.title,
        by: titled(workflow, step.by),
        form: step.form?.name ?? null,
        signedBy: titled(workflow, signersOf(document, workflow, step)),
        everyday: step.everyday,
        how: 'how' in answer ? answer.how : null,
        ...('why' in answer ? { why: answer.why } : {}),
      };
    });

const titled = (workflow: Workflow, roles: readonly string[]) =>
  roles.map((role) => ({ role, title: workflow.roles.origin[role] ?? workflow.roles.counterpart[role] ?? role }));
/** The roles of which one must sign, on this side. */
export const signersOf = (document: CaseDocument, workflow: Workflow, step: Step): readonly string[] =>
  step.signedBy.filter((role) => role in workflow.roles[document.side]);
/** The roles of this side that may take the step. */
export const takersOf = (document: CaseDocument, workflow: Workflow, step: Step): readonly string[] =>
  step.by.filter((role) => role in workflow.roles[document.side]);

/** May this step be taken now, and how? */
export const judge = (
  document: CaseDocument,
  workflow: Workflow,
  step: Step,
  who: Who | undefined,
): { readonly how: 'take' | 'ask' | 'right' } | { readonly why: string } => {
  if (document.status === 'frozen') return { why: '两地记录不一致，办件已冻结，请联系运维核对' };
  if (document.status === 'placeholder') return { why: '办件的前序记录尚未送达' };
  if (document.status === 'draft') return { why: '办件尚待签发' };
  if (engineOnly.has(step.name) || step.opens !== undefined) return { why: '此操作不由经办人办理' };
  if (step.follows !== undefined) return { why: '随上级办件办理，不单独办理' };
  const takers = takersOf(document, workflow, step);
  if (takers.length === 0)
    return { why: `由${sidesOf(workflow, step).includes(otherSide(document.side)) ? '对方' : '系统'}办理` };
  if (who && !who.roles.some((role) => takers.includes(role))) return { why: `须由${names(workflow, takers)}办理` };
  const state = document.head.state ?? '';
  if (!isOpen(document)) return { why: `办件已办结（${stateOf(workflow, state).title}）` };
  const right = openRights(document).at(-1);
  // One right may follow another: it is judged by where those before it lead.
  const at = afterRights(document, workflow);
  if (right && (!step.byRight || step.everyday || at.turn === null))
    return { why: `已依职权办理「${titleOf(workflow, right.ask.step)}」，待对方入链` };
  if (step.byRight) {
    if (!step.everyday && !step.from.includes(at.state)) return { why: elsewhere(workflow, step, at.state) };
    return { how: hasTurn(document) && !right ? 'take' : 'right' };
  }
  if (!step.from.includes(state)) return { why: elsewhere(workflow, step, state) };
  const everyday = everydayObjection(document, step);
  if (everyday !== undefined) return { why: everyday };
  if (hasTurn(document)) return { how: 'take' };
  if (holderOnly.has(step.name)) return { why: '现由对方办理，须待办理权转来' };
  const asked = document.asks.find(
    (each) => each.status === 'open' && each.ask.step === step.name && each.ask.tenure === document.head.tenure,
  );
  if (asked) return { why: '已提请对方办理，待答复' };
  return { how: 'ask' };
};

/** Where the case will stand when the rights of this side are in the chain. */
const afterRights = (document: CaseDocument, workflow: Workflow): Pick<Head, 'state' | 'turn'> & { state: string } => {
  let head = document.head;
  for (const { ask } of openRights(document)) {
    const step = workflow.steps.get(ask.step);
    if (!step) continue;
    const moves = enters(head, step);
    const place = placeAfter(workflow, head, step);
    head = moves ? { ...head, ...place, before: head.resting?.state ?? head.state, resting: null } : head;
  }
  return { state: head.state ?? '', turn: head.turn };
};
const everydayObjection = (document: CaseDocument, step: Step): string | undefined => {
  if (step.name === 'send-back' && !document.head.untouched) return '已有办理记录，不能退件';
  if (step.name === 'extend' && document.head.due === null) return '本环节没有时限，无需延期';
  if (step.name === 'extend' && document.head.extended) return '本环节已延期一次';
  return undefined;
};
const titleOf = (workflow: Workflow, step: string): string => workflow.steps.get(step)?.title ?? step;
const names = (workflow: Workflow, roles: readonly string[]): string =>
  titled(workflow, roles)
    .map(({ title }) => `「${title}」`)
    .join('或');
const elsewhere = (workflow: Workflow, step: Step, state: string): string => {
  const where = step.from.map((name) => `「${stateOf(workflow, name).title}」`).join('、');
  const resting = state === completing || state === returned ? '，须待其结束' : '';
  return `当前环节为「${stateOf(workflow, state).title}」${resting}；此操作在${where}环节办理`;
};
