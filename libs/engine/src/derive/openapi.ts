import { schemaOf } from '../form/schema';
import type { Class } from '../form/marks';
import type { Schema } from '../form/fields';
import { Correction } from '../workflow/everyday';
import type { Workflows } from '../workflow/registry';
import type { Step, Workflow } from '../workflow/workflow';
import { correctable, everydayStepsOf, isEngineStep, ownSteps } from './moves';
import { documentPaths, documentSchemas } from './documents';
import { closed, commonSchemas, refusalResponses, refusals } from './openapi-answers';
import { fixedPaths, parameters } from './openapi-paths';
import { registerPaths } from './openapi-registers';
import { leadsInWords, roleTitle, stateTitle } from './words';

type Json = Readonly<Record<string, unknown>>;
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const parameter = (name: string): Schema => ({ $ref: `#/components/parameters/${name}` });
const everydayForm = (form: Class): string => `everyday.${form.name}`;
const ownForm = (workflow: Workflow, form: Class): string => `${workflow.id}.${form.name}`;

/** The gateway's HTTP API for the workflows of a deployment: OpenAPI 3.1. */
export const openApi = (workflows: Workflows): Json => ({
  openapi: '3.1.0',
  info: {
    title: '川渝司法协作平台 API',
    version: '1.0.0',
    summary: 'One API per province; derived from the workflow files.',
    description:
      '改变办件的请求须带 Idempotency-Key：同一键重试得到同一结果，不会重复办理。错误均为 RFC 9457 problem+json，code 稳定。',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ bearer: [] }],
  tags: [
    ...[...new Set(workflows.all().map((workflow) => workflow.domain))].map((name) => ({ name })),
    ...[
      ['officer', '登录与目录'],
      ['lists', '经办人的列表'],
      ['everyday', '日常操作'],
      ['public', '公开查询'],
      ['development', '仅开发环境'],
    ].map(([name, description]) => ({ name, description })),
  ],
  paths: {
    ...together(workflows.all().map(workflowPaths)),
    ...together(workflows.domains().map((domain) => registerPaths(domain, workflows.registers(domain)))),
    ...everydayPaths(workflows),
    ...fixedPaths(),
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'POST /api/sign-in 所得的令牌' } },
    parameters,
    responses: { ...caseAnswers, ...refusalResponses() },
    schemas: { ...commonSchemas, ...documentSchemas, ...together(workflows.all().map(formSchemas)) },
  },
});

const together = (parts: readonly Json[]): Json =>
  Object.fromEntries(parts.flatMap((part): [string, unknown][] => Object.entries(part)));

const caseAnswers: Json = Object.fromEntries(
  Object.entries({
    Case: '办件',
    Taken: '已办理',
    Opened: '已开启',
    Waiting: '已提请对方办理，或待签发（见 Taken-As）',
  }).map(([name, description]) => [
    name,
    {
      description,
      headers: {
        ETag: { schema: { type: 'string' }, description: '办件的版本' },
        ...(name === 'Case' ? {} : { 'Taken-As': { schema: { type: 'string' }, description: 'step · ask · draft' } }),
      },
      content: { 'application/json': { schema: ref('Case') } },
    },
  ]),
);
const answer = (name: string): Schema => ({ $ref: `#/components/responses/${name}` });

const formSchemas = (workflow: Workflow): Json => ({
  ...Object.fromEntries(
    ownSteps(workflow).flatMap(({ form }) => (form ? [[ownForm(workflow, form), schemaOf(form)]] : [])),
  ),
  ...Object.fromEntries(
    everydayStepsOf(workflow).flatMap(({ form }) => (form ? [[everydayForm(form), schemaOf(form)]] : [])),
  ),
});

const operationId = (workflow: Workflow, step: string): string => `${workflow.id}.${step}`;
const workflowPaths = (workflow: Workflow): Json => {
  const base = `/api/${workflow.domain}/${workflow.name}`;
  return {
    [base]: {
      post: {
        operationId: operationId(workflow, workflow.opening.name),
        tags: [workflow.domain],
        summary: `${workflow.title}：${workflow.opening.title}`,
        description: about(workflow, workflow.opening),
        parameters: [parameter('IdempotencyKey')],
        requestBody: body(openingBody(workflow)),
        responses: { 201: answer('Opened'), 202: answer('Waiting'), ...refusals('change') },
      },
    },
    [`${base}/{case}`]: {
      parameters: [parameter('Case')],
      get: {
        operationId: operationId(workflow, 'read'),
        tags: [workflow.domain],
        summary: `${workflow.title}：办件、时间线、现在可办理的操作`,
        parameters: [parameter('Purpose')],
        responses: { 200: answer('Case'), ...refusals('case') },
      },
    },
    ...documentPaths(workflow),
    ...Object.fromEntries(
      // What follows the parent is taken by the engine: nobody calls it.
      [
        ...ownSteps(workflow).filter((step) => step.opens === undefined && step.follows === undefined),
        ...corrections(workflow),
      ].map((step) => [`${base}/{case}/${step.name}`, stepPath(workflow, step)]),
    ),
  };
};
const corrections = (workflow: Workflow): readonly Step[] =>
  everydayStepsOf(workflow).filter((step) => step.name === 'correct' && correctable(workflow).length > 0);

const stepPath = (workflow: Workflow, step: Step): Json => ({
  parameters: [parameter('Case')],
  post: {
    operationId: operationId(workflow, step.name),
    tags: [workflow.domain],
    summary: `${workflow.title}：${step.title}`,
    description: about(workflow, step),
    parameters: [parameter('IdempotencyKey'), parameter('IfMatch')],
    requestBody: body(stepBody(formOf(workflow, step))),
    responses: { 200: answer('Taken'), 202: answer('Waiting'), ...refusals('change') },
  },
});
const about = (workflow: Workflow, step: Step): string =>
  [
    step.by.length > 0 ? `由${step.by.map((role) => roleTitle(workflow, role)).join('、')}办理` : '',
    step.from.length > 0 && !step.byRight
      ? `在「${step.from.map((state) => stateTitle(workflow, state)).join('」「')}」环节`
      : '',
    `办理后：${leadsInWords(workflow, step)}`,
    step.signedBy.length > 0 ? `须由${step.signedBy.map((role) => roleTitle(workflow, role)).join('或')}签发` : '',
    step.byRight ? '依职权' : '',
    ...step.rules.map((rule) => `${rule.advice ? '提示' : '规则'}：${rule.text}`),
  ]
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence}。`)
    .join('');

const body = (schema: Schema): Json => ({ required: true, content: { 'application/json': { schema } } });
const formOf = (workflow: Workflow, step: Step): Schema | undefined => {
  if (!step.form) return undefined;
  if (step.name !== 'correct') return ref(step.everyday ? everydayForm(step.form) : ownForm(workflow, step.form));
  const outer = schemaOf(Correction)['properties'];
  const shared = typeof outer === 'object' && outer !== null ? (outer as Readonly<Record<string, Schema>>) : {};
  return {
    oneOf: correctable(workflow).flatMap((each) =>
      each.form
        ? closed(
            { ...shared, step: { const: each.name, title: each.title }, form: ref(ownForm(workflow, each.form)) },
            [...Object.keys(shared), 'form'],
          )
        : [],
    ),
  };
};
const stepBody = (form: Schema | undefined): Schema =>
  closed(
    form ? { form, overrides: ref('Overrides') } : { form: noForm, overrides: ref('Overrides') },
    form ? ['form'] : [],
  );
const noForm: Schema = { type: ['object', 'null'], maxProperties: 0, description: '此操作不需要表单' };
const openingBody = (workflow: Workflow): Schema => {
  const form = formOf(workflow, workflow.opening);
  const chosen = !workflow.domestic && workflow.sentTo === undefined;
  return closed(
    {
      ...(workflow.domestic ? {} : { to: ref('Addressee') }),
      form: form ?? noForm,
      overrides: ref('Overrides'),
      ...(workflow.under === undefined
        ? {}
        : { under: { type: 'string', maxLength: 36, description: `上级办件（${workflow.under}）` } }),
      secrecy: {
        enum: ['none', 'work'],
        default: 'none',
        description: '密级：none 不涉密，work 工作秘密。本平台不受理国家秘密（秘密、机密、绝密）。',
      },
    },
    [...(chosen ? ['to'] : []), ...(form ? ['form'] : []), ...(workflow.under === undefined ? [] : ['under'])],
  );
};

/** Everyday steps read the same in every workflow: one path each, but for corrections, whose forms are the workflow's. */
const everydayPaths = (workflows: Workflows): Json => {
  const steps = new Map(
    workflows
      .all()
      .flatMap((workflow) => everydayStepsOf(workflow))
      .filter((step) => !isEngineStep(step) && step.name !== 'correct')
      .map((step) => [step.name, step]),
  );
  return Object.fromEntries(
    [...steps.values()].map((step) => [
      `/api/{domain}/{workflow}/{case}/${step.name}`,
      {
        parameters: [parameter('Domain'), parameter('Workflow'), parameter('Case')],
        post: {
          operationId: `everyday.${step.name}`,
          tags: ['everyday'],
          summary: step.title,
          parameters: [parameter('IdempotencyKey'), parameter('IfMatch')],
          requestBody: body(stepBody(step.form ? ref(everydayForm(step.form)) : undefined)),
          responses: { 200: answer('Taken'), 202: answer('Waiting'), ...refusals('change') },
        },
      },
    ]),
  );
};
