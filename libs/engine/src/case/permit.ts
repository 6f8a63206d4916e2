import { Refusal } from '@chuanyu/contracts';
import type { Step, Workflow } from '../workflow/workflow';
import type { Command } from './command';
import type { Who } from './context';
import type { CaseDocument } from './document';
import { judge, possibilities, takersOf } from './possible';

/** May this officer take this step now? Otherwise refused with what is possible. */
export const permitted = (document: CaseDocument, workflow: Workflow, command: Command): Step => {
  const step = workflow.steps.get(command.step);
  const possible = () => possibilities(document, workflow, command.who).filter((each) => each.how !== null);
  if (!step)
    throw new Refusal('not-found', `「${workflow.title}」没有此操作`, { possible: possible() }, 'No such step');
  if (document.head.sequence === 0 && step.opens !== undefined) {
    if (!command.who.roles.some((role) => step.by.includes(role)))
      throw new Refusal(
        'not-allowed',
        `须由${step.by.map((role) => `「${workflow.roles.origin[role] ?? role}」`).join('或')}办理`,
        {},
        'Another role opens such a case',
      );
    return step;
  }
  const answer = judge(document, workflow, step, command.who);
  if ('how' in answer) return step;
  const takers = takersOf(document, workflow, step);
  const wrongRole = takers.length > 0 && !command.who.roles.some((role) => takers.includes(role));
  throw new Refusal(
    wrongRole ? 'not-allowed' : 'not-possible',
    answer.why,
    { possible: possible() },
    wrongRole ? 'Another role takes this step' : 'Not possible in the present state',
  );
};

/** The role in which an officer takes a step. */
export const roleIn = (document: CaseDocument, workflow: Workflow, step: Step, who: Who): string =>
  who.roles.find((role) => takersOf(document, workflow, step).includes(role)) ?? '';
