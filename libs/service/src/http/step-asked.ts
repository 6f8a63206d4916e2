import type { Workflows } from '@chuanyu/engine';
import type { StepOf } from '../operations/traffic';

/** Which step a request asks for, in names that the workflow files have; whatever else stands in the address is `unknown`. */
export const stepAsked = (domain: string, workflows: Workflows): StepOf => {
  const base = `/api/${domain}/:workflow`;
  const steps: Readonly<Record<string, (asked: string | undefined, opening: string) => string>> = {
    [base]: (_, opening) => opening,
    [`${base}/:case/:step`]: (asked = '') => asked,
    [`${base}/:case/drafts/:draft/sign`]: () => 'sign',
    [`${base}/:case/drafts/:draft/return`]: () => 'return',
  };
  return (request) => {
    const found = request.method === 'POST' ? steps[request.routeOptions.url ?? ''] : undefined;
    if (!found) return undefined;
    const { workflow: name = '', step: asked } = request.params as {
      readonly workflow?: string;
      readonly step?: string;
    };
    const workflow = workflows.get(`${domain}.${name}`);
    const step = workflow && found(asked, workflow.opening.name);
    const isKnown = step !== undefined && (asked === undefined || workflow?.steps.has(asked) === true);
    return { domain, workflow: workflow?.id ?? 'unknown', step: isKnown ? step : 'unknown' };
  };
};
