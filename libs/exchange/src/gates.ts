import type { AskMessage, Clause, StepMessage } from '@chuanyu/contracts';
import { partsOf, type DataClass, type Workflows } from '@chuanyu/engine';
import type { Clock } from '@chuanyu/reference';
import { readingAt, standing, type KnownClauses } from '@chuanyu/service';
import type { Validators } from './validators';

type Data = StepMessage | AskMessage;

/** What the clause of a message says about its crossing; why it must wait, in Chinese, undefined where it may pass. */
export class Gates {
  constructor(
    private readonly clauses: KnownClauses,
    private readonly clock: Clock,
    private readonly workflows: Workflows,
    private readonly validators: Validators,
  ) {}

  /** What may leave now: the clause covers it and is not suspended. That it was live when the step was taken, the engine has settled. */
  readonly out = (message: Data): string | undefined =>
    this.through(message, '所依据的条款尚未登记', (clause) =>
      standing(clause, this.clock.now()) === 'suspended' ? `条款「${clause.title}」已中止` : undefined,
    );
  /** What may come in: live at the event's time, or suspended then and live again now. */
  readonly in = (message: Data): string | undefined =>
    this.through(message, '所依据的条款本省（市）尚不知晓', (clause) => {
      const then = standing(clause, timeOf(message));
      if (then === 'live' || (then === 'suspended' && standing(clause, this.clock.now()) === 'live')) return undefined;
      return `条款「${clause.title}」${then === 'suspended' ? '已中止' : '当时不在有效期内'}`;
    });

  /** May a file leave now that crosses under this clause? A step has named it, so the clause did cover it. */
  mayFlow(id: string | null): boolean {
    if (id === null) return true;
    const clause = this.clauses.get(id);
    return clause !== undefined && standing(clause, this.clock.now()) !== 'suspended';
  }

  private through(message: Data, unknown: string, judge: (clause: Clause) => string | undefined): string | undefined {
    const id = message.kind === 'step' ? message.event.clause : message.ask.clause;
    if (id === null) return this.restsOnPairing(message) ? undefined : '没有所依据的条款';
    const clause = this.clauses.get(id);
    if (!clause) return unknown;
    return this.uncovered(message, clause) ?? judge(clause);
  }
  private restsOnPairing(message: Data): boolean {
    return this.workflows.get(workflowOf(message))?.restsOn === 'pairing';
  }
  /** A live clause of another matter, or for other data, lets nothing flow. */
  private uncovered(message: Data, clause: Clause): string | undefined {
    const workflow = workflowOf(message);
    const { workflows, data: classes } = readingAt(clause, timeOf(message));
    if (!workflows.includes('*') && !workflows.includes(workflow)) return `条款「${clause.title}」不适用于本事项`;
    const lacking = this.classesOf(message).filter((data) => !classes.includes(data));
    return lacking.length === 0 ? undefined : `条款「${clause.title}」不包括所共享的数据类别`;
  }
  private classesOf(message: Data): readonly DataClass[] {
    const [type, definition] =
      message.kind === 'step'
        ? [message.event.type, message.event.definition]
        : [`${message.workflow}.${message.ask.step}.v1`, message.definition];
    const found = this.validators.find(type, definition);
    // What time or the engine writes rests on the clause of the step before, and brings no data of its own.
    if (!found || found.step.name === 'lapse' || found.step.name === 'refuse-ask') return [];
    const { workflow, step } = found;
    const form = message.kind === 'step' ? message.event.data.form : message.ask.form;
    const yields = message.kind === 'step' ? message.event.data.yields : null;
    return [
      ...partsOf(workflow, step, form).classes,
      ...partsOf(workflow, { ...step, form: step.yields?.form }, yields).classes,
    ];
  }
}
const timeOf = (message: Data): string => (message.kind === 'step' ? message.event.time : message.ask.time);
const workflowOf = (message: Data): string =>
  message.kind === 'step' ? message.event.type.split('.').slice(0, 2).join('.') : message.workflow;
