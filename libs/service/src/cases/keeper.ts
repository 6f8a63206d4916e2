import { randomUUID } from 'node:crypto';
import { Mutex } from 'async-mutex';
import { Duplicate, VersionConflict, type Kept, type Outgoing } from '@chuanyu/collections';
import { Refusal, topics, uuidOf, type Message } from '@chuanyu/contracts';
import {
  defaultLimits,
  filesOf,
  newCase,
  nextWake,
  priorAnswer,
  rowOf,
  takeStep,
  type CaseDocument,
  type Command,
  type Context,
  type Limits,
  type Link,
  type Taken,
  type Work,
  type Workflow,
} from '@chuanyu/engine';
import { traceparentNow } from '../operations/trace';
import { keepLink, wholeChain } from './history';
import { contextOf, Needs, type KeeperOptions } from './surroundings';

export type Change<T> = (work: Work, context: Context) => T;

/** No such case here. */
export class NoSuchCase extends Error {}

/** A change came to its end, and was only tried. */
class Tried extends Error {}

export type { KeeperOptions } from './surroundings';

/** load → change → save: everything that changes a case goes through `change`, whoever asks for it. */
export class CaseKeeper {
  private readonly locks = new Map<string, { mutex: Mutex; waiting: number }>();
  private readonly numbers = new Mutex();
  readonly limits: Limits;
  private readonly uuid: () => string;
  constructor(readonly options: KeeperOptions) {
    this.uuid = options.uuid ?? randomUUID;
    this.limits = { ...defaultLimits, ...options.limits };
  }

  get(id: string): Promise<Kept<CaseDocument> | undefined> {
    return this.options.cases.get(id);
  }
  workflowOf(document: CaseDocument): Workflow {
    const workflow = this.options.workflows.get(document.workflow, document.definition);
    if (!workflow) throw new Error(`${document.workflow} version ${document.definition} is not known here`);
    return workflow;
  }

  async mustGet(id: string): Promise<Kept<CaseDocument>> {
    const kept = await this.get(id);
    if (!kept) throw new NoSuchCase(id);
    return kept;
  }
  /** The id of the case that this opens: it follows from province, unit and key, so an opening repeated, even after a restore, is the same case. */
  idOf(command: Command): string {
    return uuidOf(`${this.options.province} ${command.who.unit} ${command.key}`);
  }
  freshAlias(): string {
    return this.uuid();
  }
  /** The case as it is before anything was taken in it. */
  begun(workflow: Workflow, command: Command, alias: string): CaseDocument {
    const { province, clock } = this.options;
    const made = newCase({
      id: this.idOf(command),
      workflow: workflow.id,
      domain: workflow.domain,
      definition: workflow.version,
      province,
      peer: command.to?.province === province ? null : (command.to?.province ?? null),
      side: 'origin',
      status: 'draft',
      alias,
      createdAt: clock.now(),
      ...(command.under === undefined ? {} : { under: command.under }),
    });
    // Whose registers the rules of the opening look into.
    made.head.units.origin = command.who.unit;
    return made;
  }
  /** Opens a case. */
  async open(
    workflow: Workflow,
    command: Command,
    alias: string = this.uuid(),
  ): Promise<{ readonly taken: Taken; readonly kept: Kept<CaseDocument> }> {
    const made = this.begun(workflow, command, alias);
    const { result, kept } = await this.changing(
      made.id,
      () => made,
      (work, context) => priorAnswer(work.case, context, command) ?? takeStep(work, context, command),
    );
    return { taken: result, kept };
  }
  /** Throws what opening it now would throw, and saves nothing. */
  async tryToOpen(workflow: Workflow, command: Command, alias: string): Promise<void> {
    const made = this.begun(workflow, command, alias);
    try {
      await this.attempt(
        made.id,
        () => made,
        (work, context) => {
          takeStep(work, context, command);
          throw new Tried();
        },
      );
    } catch (error) {
      if (!(error instanceof Tried)) throw error;
    }
  }

  /** Changes a case that is here; throws `NoSuchCase` where it is not. */
  change<T>(id: string, change: Change<T>): Promise<{ readonly result: T; readonly kept: Kept<CaseDocument> }> {
    return this.changing(id, undefined, change);
  }
  /** Changes a case, beginning it where it is not here yet. */
  changeOrBegin<T>(
    id: string,
    begin: () => CaseDocument,
    change: Change<T>,
  ): Promise<{ readonly result: T; readonly kept: Kept<CaseDocument> }> {
    return this.changing(id, begin, change);
  }

  private changing<T>(id: string, begin: (() => CaseDocument) | undefined, change: Change<T>) {
    return this.alone(id, async () => {
      const done = await this.attempt(id, begin, change);
      return { ...done, kept: await this.archive(done.kept) };
    });
  }

  private async attempt<T>(
    id: string,
    begin: (() => CaseDocument) | undefined,
    change: Change<T>,
  ): Promise<{ result: T; kept: Kept<CaseDocument> }> {
    const taken = new Set<string>();
    const loaded = new Map<string, unknown>();
    let numbering: (() => void) | undefined;
    try {
      for (;;) {
        const done = await this.once(id, begin, change, taken, loaded);
        if ('result' in done) return done;
        // Numbers have no gaps: whoever needs the next one waits for the one before to be saved.
        if (done.needs.key.startsWith('serial ')) numbering ??= await this.numbers.acquire();
        loaded.set(done.needs.key, await done.needs.load());
      }
    } finally {
      numbering?.();
    }
  }
  private async once<T>(
    id: string,
    begin: (() => CaseDocument) | undefined,
    change: Change<T>,
    taken: Set<string>,
    loaded: Map<string, unknown>,
  ): Promise<{ result: T; kept: Kept<CaseDocument> } | { needs: Needs }> {
    for (;;) {
      const kept = await this.options.cases.get(id);
      const document = kept?.document ?? begin?.();
      if (!document) throw new NoSuchCase(id);
      const work: Work = { case: structuredClone(document), send: [] };
      try {
        const result = change(work, this.contextFor(work.case, taken, loaded));
        if (kept && work.send.length === 0 && isEqual(work.case, document)) return { result, kept };
        const outgoing = this.finish(work, loaded);
        return {
          result,
          kept: kept
            ? await this.options.cases.replace(work.case, kept.version, outgoing)
            : await this.options.cases.insert(work.case, outgoing),
        };
      } catch (error) {
        if (error instanceof Needs) return { needs: error };
        if (error instanceof VersionConflict) forgetOthers(loaded);
        else if (error instanceof Duplicate && (error.path === 'claims' || error.path === 'id'))
          this.onDuplicate(error, taken, loaded);
        else throw error;
      }
    }
  }
  private onDuplicate({ path, value }: Duplicate, taken: Set<string>, loaded: Map<string, unknown>): void {
    if (path === 'id') return forgetOthers(loaded);
    for (const key of [...loaded.keys()]) if (/^(?:serial|held) /.test(key)) loaded.delete(key);
    if (value === undefined) throw new Refusal('claim-taken', '已被占用，请稍后重试');
    taken.add(value);
  }

  /** What is saved with every change: revision, the next wake, the line for the lists where it may have changed. */
  private finish(work: Work, loaded: Map<string, unknown>): Outgoing[] {
    const { case: document } = work;
    const now = this.options.clock.now();
    const workflow = this.workflowOf(document);
    const files = filesOf(document, workflow);
    if (files.length > 0) document.files = files;
    document.keys = document.keys.slice(-64);
    document.local = document.local.slice(-100);
    document.wakeAt = nextWake(document, this.contextFor(document, new Set(), loaded));
    // A step on its way is noted twice; telling the lists each time what they know would cost as much as the step.
    if (work.sameLine && work.send.length === 0) return [];
    document.revision += 1;
    document.changedAt = now;
    const row: Message = {
      kind: 'row',
      to: null,
      epoch: this.options.epoch(),
      domain: document.domain,
      case: document.id,
      row: rowOf(document, workflow, now),
    };
    return [
      ...[...work.send, row].map((message) => this.outgoing(message)),
      ...(this.options.alsoSay?.(document) ?? []).map((said) => ({ id: this.uuid(), ...said })),
    ];
  }
  outgoing(message: Message): Outgoing {
    const key = 'case' in message ? message.case : `${message.kind} ${message.to ?? ''}`;
    return {
      id: this.uuid(),
      topic: topics.events(this.options.domain),
      key,
      headers: { kind: message.kind, ...(message.to === null ? {} : { to: message.to }), ...traceOf(message) },
      value: message,
    };
  }

  private contextFor(document: CaseDocument, taken: ReadonlySet<string>, loaded: Map<string, unknown>): Context {
    return contextOf(this.options, this.workflowOf(document), document, {
      taken,
      loaded,
      limits: this.limits,
      uuid: this.uuid,
    });
  }

  /** Moves old links out of the document: first into the history, then out of the document, so that a crash in between loses nothing. */
  private async archive(kept: Kept<CaseDocument>): Promise<Kept<CaseDocument>> {
    const { document } = kept;
    if (document.recent.length <= this.limits.recent * 2) return kept;
    const upTo = Math.min(
      document.peer === null ? document.head.sequence : document.delivered,
      document.head.sequence - this.limits.recent,
    );
    const old = document.recent.filter((link) => link.event.casesequence <= upTo);
    if (old.length === 0) return kept;
    for (const link of old) await keepLink(this.options.history, document.id, link);
    const done = await this.attempt(document.id, undefined, (work) => {
      work.case.recent = work.case.recent.filter((link) => link.event.casesequence > upTo);
      work.case.archived = Math.max(work.case.archived, upTo);
      work.case.marks = Object.fromEntries(
        Object.entries(work.case.marks).filter(([sequence]) => Number(sequence) > upTo),
      );
    });
    return done.kept;
  }
  /** The whole chain as this side holds it, oldest first. */
  chain(document: CaseDocument): Promise<readonly Link[]> {
    return wholeChain(this.options.history, document);
  }

  /** One change of a case at a time within this process: conflicts with other processes are left to the version. */
  private async alone<T>(id: string, run: () => Promise<T>): Promise<T> {
    const lock = this.locks.get(id) ?? { mutex: new Mutex(), waiting: 0 };
    this.locks.set(id, lock);
    lock.waiting += 1;
    try {
      return await lock.mutex.runExclusive(run);
    } finally {
      lock.waiting -= 1;
      if (lock.waiting === 0) this.locks.delete(id);
    }
  }
}

/** By which whoever handles it says to which request it belongs; what is sent again, to the one that took the step. */
const traceOf = (message: Message): { readonly traceparent?: string } => {
  const traceparent =
    message.kind === 'step' ? message.event.traceparent : message.kind === 'ask' ? traceparentNow() : undefined;
  return traceparent === undefined ? {} : { traceparent };
};
/** Somebody was quicker, perhaps because another case has moved: what was read of others is read again. */
const forgetOthers = (loaded: Map<string, unknown>): void => {
  for (const key of [...loaded.keys()]) if (/^(parent|under) /.test(key)) loaded.delete(key);
};
const isEqual = (a: CaseDocument, b: CaseDocument): boolean => JSON.stringify(a) === JSON.stringify(b);
