import type { Collection, Filter, Outgoing } from '@chuanyu/collections';
import {
  linkId,
  parentOf,
  type CaseDocument,
  type Class,
  type ClauseBook,
  type Context,
  type Limits,
  unitInCharge,
  type Parent,
  type Workflow,
  type Workflows,
} from '@chuanyu/engine';
import { dateOf, type Calendar, type Clock, type Directory } from '@chuanyu/reference';
import { traceparentNow } from '../operations/trace';
import type { ArchivedLink } from './collections';
import { casesIn } from './many-cases';
import { nextSerial } from './numbering';

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
  /** Looks a record of a register up, as this unit keeps it. */
  readonly find?: (register: string, unit: string, key: string) => Promise<object | undefined>;
  /** What a unit has uploaded here, by its hash; nothing unless said. */
  readonly file?: (hash: string, unit: string) => Promise<{ readonly size: number; readonly type: string } | undefined>;
  readonly limits?: Partial<Limits>;
  /** What this domain says on other topics whenever a case was saved. */
  readonly alsoSay?: (document: CaseDocument) => readonly Omit<Outgoing, 'id'>[];
  readonly without?: ReadonlySet<number>;
  /** Unguessable and unique; the machine's own unless said: a simulation repeats itself with one of its own. */
  readonly uuid?: () => string;
}
/** A pure change needs something that only the store knows: it is loaded, and the change tried again from the start. */
export class Needs extends Error {
  constructor(
    readonly key: string,
    readonly load: () => Promise<unknown>,
  ) {
    super(key);
  }
}
/** One try at a change: what is known to be taken, and what was loaded for it. */
interface Attempt {
  readonly taken: ReadonlySet<string>;
  readonly loaded: ReadonlyMap<string, unknown>;
  readonly limits: Limits;
  readonly uuid: () => string;
}

/** What the pure functions may know. A look into the store throws `Needs` the first time. */
export const contextOf = (
  options: KeeperOptions,
  workflow: Workflow,
  document: CaseDocument,
  attempt: Attempt,
): Context => {
  const { province, directory, clock, calendar, clauses, epoch } = options;
  const { taken, loaded, limits, uuid } = attempt;
  const abbreviation = directory.province(province)?.abbreviation ?? '';
  const now = clock.now();
  const look = <T>(key: string, load: () => Promise<T>): T => {
    if (!loaded.has(key)) throw new Needs(key, load);
    return loaded.get(key) as T;
  };
  const docket = `${abbreviation}${workflow.docket}〔${dateOf(now).slice(0, 4)}〕`;
  const findRecord = <T>(of: Class<T>, key: string): T | undefined => {
    const register = workflow.registers.find((each) => each.of === of)?.name ?? '';
    const unit = unitInCharge(document);
    const find = () => options.find?.(register, unit, key) ?? Promise.resolve(undefined);
    return look(`register ${register} ${unit} ${key}`, find) as T | undefined;
  };
  return {
    province,
    abbreviation,
    workflow,
    now,
    calendar,
    units: { get: (id) => directory.unit(id) },
    clauses,
    find: findRecord,
    under: (id, state) => look(`under ${id} ${state}`, () => countUnder(options.cases, document, id, state)),
    parent: (id) => look(`parent ${id}`, () => parentHere(options, id)),
    file: (hash, unit) => look(`file ${unit} ${hash}`, () => options.file?.(hash, unit) ?? Promise.resolve(undefined)),
    epoch: epoch(),
    mayWrite: options.mayWrite?.() ?? true,
    traceparent: traceparentNow(),
    uuid,
    taken,
    held: (claims) => look(`held ${claims.join('\n')}`, () => heldByOthers(options.cases, document.id, claims)),
    get serial() {
      return look(`serial ${docket}`, () => nextSerial(options.cases, docket));
    },
    limits,
    archivedHash: (sequence) =>
      look(
        `history ${sequence}`,
        async () => (await options.history.get(linkId(document.id, sequence)))?.document.link.hash,
      ),
    without: options.without ?? new Set(),
  };
};
const heldByOthers = async (
  cases: Collection<CaseDocument>,
  id: string,
  claims: readonly string[],
): Promise<ReadonlySet<string>> => {
  const held = new Set<string>();
  for await (const { document } of casesIn(cases, { where: { claims: { any: claims } } }))
    if (document.id !== id) for (const claim of document.claims) held.add(claim);
  return held;
};
const parentHere = async ({ cases, workflows }: KeeperOptions, id: string): Promise<Parent | undefined> => {
  const document = (await cases.get(id))?.document;
  const workflow = document && workflows.get(document.workflow, document.definition);
  return document && workflow && parentOf(document, workflow);
};
const countUnder = async (
  cases: Collection<CaseDocument>,
  parent: CaseDocument,
  workflow: string,
  state: string,
): Promise<{ count: number; of: number }> => {
  const { where, or } = membersOf(parent);
  return {
    count: await cases.count({ where: { ...where, workflow, 'head.state': state }, or }),
    of: await cases.count({ where: { ...where, workflow }, or }),
  };
};
/** The cases under this one: those opened here, and where it is shared those opened by the other side. No third province can add one. */
export const membersOf = (parent: CaseDocument) =>
  ({
    where: { 'opening.under': parent.id },
    or: [{ side: 'origin' }, ...(parent.peer === null ? [] : [{ side: 'counterpart', peer: parent.peer }])],
  }) satisfies Filter;
