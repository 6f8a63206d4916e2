import type { JsonObject } from '@chuanyu/contracts';
import { privatePart, sharedPart } from '../form/disclosure';
import type { Step } from '../workflow/workflow';
import type { NewEvent } from './chain';
import type { Context, Work } from './context';
import { clauseFor, partsOf } from './crossing';
import { factsOf } from './facts';

/** What of a step goes where, and the clause under which it crosses. */
export const madeOf = (
  { case: document }: Work,
  context: Context,
  step: Step,
  form: JsonObject | null,
): Pick<NewEvent, 'step' | 'form' | 'yields' | 'clause'> => {
  const parts = partsOf(context.workflow, step, form);
  const yielded = step.yields ? (step.yields.of(factsOf<unknown>(document, context, form)) as JsonObject) : null;
  const classes = yielded
    ? [...parts.classes, ...partsOf(context.workflow, { ...step, form: step.yields?.form }, yielded).classes]
    : parts.classes;
  return {
    step,
    form: { shared: parts.shared, private: parts.private },
    yields: { shared: sharedPart(step.yields?.form, yielded), private: privatePart(step.yields?.form, yielded) },
    clause: clauseFor(document, context, document.peer, [...new Set(classes)]),
  };
};
