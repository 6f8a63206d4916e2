import { uuidOf, type StepEvent } from '@chuanyu/contracts';
import type { Step } from '../workflow/workflow';
import type { Context } from './context';
import type { CaseDocument } from './document';
import type { Errand, Member } from './kept-group';

/** In the parent, in the save of its own step: what each member that follows it has to do. */
export const leaveErrands = (document: CaseDocument, context: Context, step: Step, event: StepEvent): void => {
  const { group } = document;
  if (!group || event.data.by.province !== context.province) return;
  for (const member of group.members) {
    const errand = errandOf(document, member, step, event, context.now);
    if (errand && !group.errands.some(({ key }) => key === errand.key)) group.errands.push(errand);
  }
};
/** What a member has to do when its parent has taken this step; undefined where it does not follow it. The key is always the same. */
export const errandOf = (
  parent: CaseDocument,
  member: Pick<Member, 'case' | 'follows'>,
  step: Pick<Step, 'name'>,
  { casesequence, data, private: own }: StepEvent,
  now: string,
): Errand | undefined => {
  const name = member.follows[step.name];
  if (name === undefined) return undefined;
  return {
    member: member.case,
    step: name,
    form: data.form || own?.form ? { ...data.form, ...own?.form } : null,
    key: uuidOf(`${parent.id} ${casesequence} ${member.case}`),
    by: data.by,
    signed: data.signed,
    officer: own?.officer ?? null,
    signer: own?.signer ?? null,
    next: now,
    tries: 0,
  };
};
