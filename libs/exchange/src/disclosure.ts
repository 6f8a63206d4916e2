import type { StepEvent } from '@chuanyu/contracts';
import { excess, partsOf, type Step, type Workflow } from '@chuanyu/engine';

/** The first field of an event that may not cross; undefined where there is none. Computed from the workflow's marks, whatever the sender settled. */
export const excessOf = (workflow: Workflow, step: Step, event: StepEvent): string | undefined =>
  partsOf(workflow, step, event.data.form).excess[0] ?? excess(step.yields?.form, event.data.yields)[0];
