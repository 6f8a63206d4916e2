import { sideOfRole, type Step, type Workflow } from './workflow';

/** What is wrong between a workflow and the one that it is a part of; each fault in one line. */
export const groupFaults = (workflow: Workflow, parent: Workflow | undefined): string[] => {
  const following = [...workflow.steps.values()].filter((step) => step.follows !== undefined);
  if (workflow.under === undefined)
    return following.map((step) => `step ${step.name} follows a step, and the workflow is under none`);
  if (!parent) return [`under: no workflow ${workflow.under}`];
  if (parent.domain !== workflow.domain) return [`under: ${parent.id} is of another domain`];
  return following.flatMap((step) => stepFaults(workflow, step, parent));
};

const stepFaults = (workflow: Workflow, step: Step, parent: Workflow): string[] => {
  const followed = parent.steps.get(step.follows ?? '');
  if (!followed || followed.everyday || followed.opens !== undefined)
    return [`step ${step.name} follows ${String(step.follows)}, which is no step of ${parent.id}`];
  const strangers = followed.by.filter((role) => !step.by.includes(role));
  const own = (role: string) => sideOfRole(workflow, role) === 'origin';
  return [
    ...(step.form === undefined || step.form === followed.form
      ? []
      : [`step ${step.name} follows ${followed.name} with another form`]),
    ...(strangers.length === 0 ? [] : [`step ${step.name} follows ${followed.name}: not by ${strangers.join()}`]),
    ...(step.by.every(own) ? [] : [`step ${step.name} follows ${followed.name}: the side that opens takes it`]),
    ...(step.signedBy.every((role) => followed.signedBy.includes(role))
      ? []
      : [`step ${step.name} is signed, ${followed.name} is not`]),
    ...(step.rules.length === 0
      ? []
      : [`step ${step.name} follows ${followed.name}: a rule of its own cannot refuse it`]),
  ];
};
