import { Ajv2020 } from 'ajv/dist/2020';
import type { ValidateFunction } from 'ajv';
import { parseType, type Ask, type Json, type StepEvent } from '@chuanyu/contracts';
import {
  askSchema,
  eventSchema,
  publicEventSchema,
  schemaOptions,
  type Step,
  type Workflow,
  type Workflows,
} from '@chuanyu/engine';
import { controlSchemas, envelopeSchema } from './control-schemas';

/** What crosses must fit the schema derived from its workflow file to the letter: an unlisted field cannot leave, nor come in. */
export class Validators {
  private readonly ajv: Ajv2020;
  private readonly compiled = new Map<string, ValidateFunction | undefined>();

  constructor(private readonly workflows: Workflows) {
    this.ajv = new Ajv2020({ ...schemaOptions, allErrors: false });
  }

  /** The workflow and step of an event; undefined for a version or type not known here. */
  find(type: string, definition: number): { readonly workflow: Workflow; readonly step: Step } | undefined {
    const parsed = parseType(type);
    const workflow = parsed && this.workflows.get(parsed.workflow, definition);
    const step = parsed && workflow?.steps.get(parsed.step);
    return workflow && step ? { workflow, step } : undefined;
  }
  /** The newest version known here: a public event does not say to which its case is pinned. */
  latest(type: string): { readonly workflow: Workflow; readonly step: Step } | undefined {
    const parsed = parseType(type);
    const workflow = parsed && this.workflows.get(parsed.workflow);
    const step = parsed && workflow?.steps.get(parsed.step);
    return workflow && step ? { workflow, step } : undefined;
  }
  /** Is this version of the workflow known here, so that a step not found is none? */
  knows(type: string, definition: number): boolean {
    const workflow = type.split('.').slice(0, 2).join('.');
    return this.workflows.get(workflow, definition) !== undefined;
  }
  /** What is wrong with the event beside its data. */
  envelope(event: StepEvent): string | undefined {
    return this.check('envelope', () => envelopeSchema, event);
  }
  /** What is wrong with the event's data; undefined where nothing is. */
  event(workflow: Workflow, step: Step, event: StepEvent): string | undefined {
    return this.check(
      `event ${workflow.id} ${workflow.version} ${step.name}`,
      () => eventSchema(workflow, step),
      event.data,
    );
  }
  ask(workflow: Workflow, step: Step, ask: Ask): string | undefined {
    return this.check(`ask ${workflow.id} ${workflow.version} ${step.name}`, () => askSchema(workflow, step), ask);
  }
  /** What is wrong with an event that is published; undefined where nothing is. */
  published(workflow: Workflow, step: Step, event: unknown): string | undefined {
    const schema = publicEventSchema(workflow, step);
    if (!schema) return 'nothing of this step is public';
    return this.check(`public ${workflow.id} ${workflow.version} ${step.name}`, () => schema, event);
  }
  /** What is wrong with the body of a message on the control topic. */
  control(kind: string, body: Json): string | undefined {
    const schema = controlSchemas[kind];
    return schema && this.check(`control ${kind}`, () => schema, body);
  }
  private check(name: string, schema: () => object | undefined, value: unknown): string | undefined {
    if (!this.compiled.has(name)) {
      const made = schema();
      this.compiled.set(name, made && this.ajv.compile(made));
    }
    const validate = this.compiled.get(name);
    if (!validate) return 'this step is never asked for';
    if (validate(value)) return undefined;
    const [first] = validate.errors ?? [];
    // Where and which rule, never the value: it may be a person's.
    return `${first?.instancePath || '/'} ${first?.keyword ?? 'schema'}`;
  }
}
