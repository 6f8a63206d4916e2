import { randomUUID } from 'node:crypto';
import { Mutex } from 'async-mutex';
import { Duplicate, VersionConflict, type Collection, type Kept, type Outgoing } from '@chuanyu/collections';
import { Refusal, topics, uuidOf, type Message } from '@chuanyu/contracts';
import {
  defaultLimits,
  linkId,
  newCase,
  nextWake,
  priorAnswer,
  rowOf,
  takeStep,
  type CaseDocument,
  type Class,
  type ClauseBook,
  type Command,
  type Context,
  type Limits,
  type Link,
  type Taken,
  type Work,
  type Workflow,
  type Workflows,
} from '@chuanyu/engine';
import { dateOf, type Calendar, type Clock, type Directory } from '@chuanyu/reference';
import type { ArchivedLink } from './collections';

export interface KeeperOptions {
  readonly province: string;
  readonly domain: string;
  readonly directory: Directory;
  /** All versions of this domain's workflows. */
  readonly workflows: Workflows;
  readonly cases: Collection<CaseDocument>;
  readonly history: Collection<ArchivedLink>;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly clauses: ClauseBook;
  readonly epoch: () => number;
  /** Whether steps may be written now; always, unless said. */
  readonly mayWrite?: () => boolean;
  /** Looks a record of a register up; registers come with the workflows that need them. */
  readonly find?: (register: string, unit: string, key: string) => Promise<object | undefined>;
  readonly limits?: Partial<Limits>;
  /** What this domain says on other topics whenever a case was saved. */
  readonly alsoSay?: (document: CaseDocument) => readonly Omit<Outgoing, 'id'>[];
  readonly without?: ReadonlySet<number>;
  /** Unguessable and unique; the machine's own unless said: a simulation repeats itself with one of its own. */
  readonly uuid?: () => string;
}
export type Change<T> = (work: Work, context: Context) => T;

/** A pure change needs something that only the store knows: it is loaded, and the change tried again from the start. */
class Needs extends Error {
  constructor(
    readonly key: string,
    readonly load: () => Promise<unknown>,
  ) {
    super(key);
  }
}
/** No such case here. */
export class NoSuchCase extends Error {}

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

  /** Opens a case. The id follows from province, unit and key: so an opening repeated, even after a restore, is the same case. */
  async open(
    workflow: Workflow,
    command: Command,
    alias: string = this.uuid(),
  ): Promise<{ readonly taken: Taken; readonly kept: Kept<CaseDocument> }> {
    const { province, clock } = this.options;
    const id = uuidOf(`${province} ${command.who.unit} ${command.key}`);
    const made = newCase({
      id,
      workflow: workflow.id,
      domain: workflow.domain,
      definition: workflow.version,
      province,
      peer: command.to?.province === province ? null : (command.to?.province ?? null),
      side: 'origin',
      status: 'draft',
      alias,
      createdAt: clock.now(),
    });
    const { result, kept } = await this.changing(
      id,
      () => made,
      (work, context) => priorAnswer(work.case, context, command) ?? takeStep(work, context, command),
    );
    return { taken: result, kept };
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
      const before = JSON.stringify(document);
      const work: Work = { case: structuredClone(document), send: [] };
      try {
        const result = change(work, this.contextFor(work.case, taken, loaded));
        if (kept && work.send.length === 0 && JSON.stringify(work.case) === before) return { result, kept };
        const outgoing = this.finish(work, loaded);
        return {
          result,
          kept: kept
            ? await this.options.cases.replace(work.case, kept.version, outgoing)
            : await this.options.cases.insert(work.case, outgoing),
        };
      } catch (error) {
        if (error instanceof Needs) return { needs: error };
        if (error instanceof VersionConflict) continue;
        else if (error instanceof Duplicate && (error.path === 'claims' || error.path === 'id'))
          this.onDuplicate(error, taken, loaded);
        else throw error;
      }
    }
  }
  private onDuplicate({ path, value }: Duplicate, taken: Set<string>, loaded: Map<string, unknown>): void {
    if (path === 'id') return;
    for (const key of [...loaded.keys()]) if (key.startsWith('serial ')) loaded.delete(key);
    if (value === undefined) throw new Refusal('claim-taken', '已被占用，请稍后重试');
    taken.add(value);
  }

  /** What is saved with every change: revision, the next wake, the line for the lists. */
  private finish(work: Work, loaded: Map<string, unknown>): Outgoing[] {
    const { case: document } = work;
    const now = this.options.clock.now();
    const workflow = this.workflowOf(document);
    document.revision += 1;
    document.changedAt = now;
    document.keys = document.keys.slice(-64);
    document.local = document.local.slice(-100);
    document.wakeAt = nextWake(document, this.contextFor(document, new Set(), loaded));
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
      headers: { kind: message.kind, ...(message.to === null ? {} : { to: message.to }) },
      value: message,
    };
  }

  /** What the pure functions may know. A look into the store throws `Needs` the first time. */
  contextFor(document: CaseDocument, taken: ReadonlySet<string>, loaded: Map<string, unknown>): Context {
    const { province, directory, clock, calendar, clauses, epoch } = this.options;
    const workflow = this.workflowOf(document);
    const abbreviation = directory.province(province)?.abbreviation ?? '';
    const now = clock.now();
    const look = <T>(key: string, load: () => Promise<T>): T => {
      if (!loaded.has(key)) throw new Needs(key, load);
      return loaded.get(key) as T;
    };
    const docket = `${abbreviation}${workflow.docket}〔${dateOf(now).slice(0, 4)}〕`;
    const options = this.options;
    const findRecord = (register: string, key: string) =>
      this.options.find?.(register, document.head.units[document.side] ?? '', key) ?? Promise.resolve(undefined);
    return {
      province,
      abbreviation,
      workflow,
      now,
      calendar,
      units: { get: (id) => directory.unit(id) },
      clauses,
      find: <T>(register: Class<T>, key: string) =>
        look(`register ${register.name} ${key}`, () => findRecord(register.name, key)) as T | undefined,
      under: (id, state) => look(`under ${id} ${state}`, () => this.countUnder(document.id, id, state)),
      epoch: epoch(),
      mayWrite: this.options.mayWrite?.() ?? true,
      uuid: this.uuid,
      taken,
      get serial() {
        return look(`serial ${docket}`, () => nextSerial(options.cases, docket));
      },
      limits: this.limits,
      archivedHash: (sequence) =>
        look(
          `history ${sequence}`,
          async () => (await this.options.history.get(linkId(document.id, sequence)))?.document.link.hash,
        ),
      without: this.options.without ?? new Set(),
    };
  }
  private async countUnder(parent: string, workflow: string, state: string): Promise<{ count: number; of: number }> {
    const where = { 'opening.under': parent, workflow };
    return {
      count: await this.options.cases.count({ where: { ...where, 'head.state': state } }),
      of: await this.options.cases.count({ where }),
    };
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
    for (const link of old) await this.insertLink(document.id, link);
    const done = await this.attempt(document.id, undefined, (work) => {
      work.case.recent = work.case.recent.filter((link) => link.event.casesequence > upTo);
      work.case.archived = Math.max(work.case.archived, upTo);
      work.case.marks = Object.fromEntries(
        Object.entries(work.case.marks).filter(([sequence]) => Number(sequence) > upTo),
      );
    });
    return done.kept;
  }
  private async insertLink(id: string, link: Link): Promise<void> {
    try {
      await this.options.history.insert({
        id: linkId(id, link.event.casesequence),
        case: id,
        sequence: link.event.casesequence,
        link,
      });
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
  }
  /** The whole chain as this side holds it, oldest first. */
  async chain(document: CaseDocument): Promise<readonly Link[]> {
    const old: Link[] = [];
    for (let sequence = 1; sequence <= document.archived; sequence++) {
      const kept = await this.options.history.get(linkId(document.id, sequence));
      if (kept) old.push(kept.document.link);
    }
    return [...old, ...document.recent.filter((link) => link.event.casesequence > document.archived)];
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

const nextSerial = async (cases: Collection<CaseDocument>, docket: string): Promise<number> => {
  const page = await cases.find({
    filter: { where: { 'serial.docket': docket } },
    sort: { by: 'serial.n', order: 'descending' },
    limit: 1,
  });
  return (page.items[0]?.document.serial?.n ?? 0) + 1;
};
