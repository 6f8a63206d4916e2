import { openSqlite, type Collection, type Database, type Outgoing } from '@chuanyu/collections';
import type { Message } from '@chuanyu/contracts';
import {
  anAttached,
  type CaseDocument,
  type ClauseBook,
  type Limits,
  type Link,
  type Workflow,
  Workflows,
} from '@chuanyu/engine';
import { FixedClock, publishedCalendar, twoProvinces } from '@chuanyu/reference';
import {
  CaseGroups,
  CaseKeeper,
  CaseReceiver,
  CaseTimer,
  casesOf,
  historyOf,
  type ArchivedLink,
} from '@chuanyu/service';
import type { Random } from './random';
import { Crash, HistoryAfterwards, StoreOfProcess, type Effects } from './store';

export type ProvinceName = 'sichuan' | 'chongqing';
export const otherProvince = (name: ProvinceName): ProvinceName => (name === 'sichuan' ? 'chongqing' : 'sichuan');
export const domain = 'prison';

/** Every prison keeps the same: one room, and people who have two visits a month. */
const registers: Readonly<Record<string, object>> = {
  inmates: { number: '1', name: '王某', level: '宽管', relatives: ['张三'] },
  rooms: { name: '一室', weekdays: ['周一', '周二', '周三', '周四', '周五'], opens: '09:00', closes: '10:30' },
};

/** Rule 10 switched off: whatever version a case was opened with, the newest known here is used. */
class Newest extends Workflows {
  override get(id: string): Workflow | undefined {
    return super.get(id);
  }
}

/** One running service of the domain, on the province's store. There may be several; any of them may die. */
export interface Process {
  readonly keeper: CaseKeeper;
  readonly groups: CaseGroups;
  readonly receiver: CaseReceiver;
  readonly timer: CaseTimer;
}

/** The two stores of a province; kept for many schedules, since making one costs more than a schedule. */
export interface Stores {
  readonly database: Database;
  readonly cases: Collection<CaseDocument>;
  readonly history: Collection<ArchivedLink>;
}
export const openStores = async (): Promise<Stores> => {
  const database = await openSqlite({ file: ':memory:', durability: 'normal' });
  return {
    database,
    cases: await database.collection<CaseDocument>(casesOf(domain)),
    history: await database.collection<ArchivedLink>(historyOf(domain)),
  };
};
/** Empties the stores for the next schedule. */
export const emptied = async ({ database }: Stores): Promise<Stores> => {
  await database.drop(casesOf(domain).name);
  await database.drop(historyOf(domain).name);
  return {
    database,
    cases: await database.collection<CaseDocument>(casesOf(domain)),
    history: await database.collection<ArchivedLink>(historyOf(domain)),
  };
};

export interface ProvinceOptions {
  readonly name: ProvinceName;
  readonly random: Random;
  readonly stores: Stores;
  readonly startsAt: number;
  readonly limits: Partial<Limits>;
  readonly without: ReadonlySet<number>;
  readonly versions: readonly (readonly Workflow[])[];
  /** Anything that must never happen. */
  readonly alarm: (what: string) => void;
}

/** A province as the simulation runs it: real engine, keeper, receiver and timer on a real store; time, chance and death are ours. */
export class Province implements Effects {
  readonly name: ProvinceName;
  readonly clock: FixedClock;
  readonly suspended = new Set<string>();
  /** How often each `opened` receipt was minted, by its id. */
  readonly minted = new Map<string, number>();
  private level = 0;
  private known: Workflows;
  private processes: readonly [Process, Process];
  /** The chance that a process dies at an effect. */
  mortality = 0;
  /** Runs once, in between the next load and its save. */
  interruption: (() => Promise<void>) | undefined;
  crashes = 0;
  /** How often something got in between. */
  interruptions = 0;

  constructor(readonly options: ProvinceOptions) {
    this.name = options.name;
    this.clock = new FixedClock(options.startsAt);
    this.known = this.workflowsAt(0);
    this.processes = [this.start(), this.start()];
  }

  get workflows(): Workflows {
    return this.known;
  }
  get stores(): Stores {
    return this.options.stores;
  }
  process(n: 0 | 1): Process {
    return this.processes[n];
  }
  /** A newer release is installed: it knows more versions. */
  upgrade(): void {
    this.level = Math.min(this.level + 1, this.options.versions.length - 1);
    this.known = this.workflowsAt(this.level);
  }
  get isNewest(): boolean {
    return this.level === this.options.versions.length - 1;
  }
  private workflowsAt(level: number): Workflows {
    const known = this.options.versions.slice(0, level + 1).flat();
    return this.options.without.has(10) ? new Newest(known) : new Workflows(known);
  }
  /** What was in memory is gone. */
  restart(): void {
    this.crashes += 1;
    this.processes = [this.start(), this.start()];
  }

  private start(): Process {
    const { random, limits, without, stores, alarm } = this.options;
    const historyLate = without.has(22) ? new HistoryAfterwards<ArchivedLink>(stores.history, this, false) : undefined;
    const cases = new StoreOfProcess<CaseDocument>(stores.cases, this, without.has(1));
    const known = () => this.known;
    const keeper = new CaseKeeper({
      province: this.name,
      domain,
      directory: twoProvinces,
      get workflows() {
        return known();
      },
      clock: this.clock,
      calendar: publishedCalendar,
      epoch: () => 1,
      cases: historyLate ? afterEachSave(cases, () => historyLate.flush()) : cases,
      history: historyLate ?? new StoreOfProcess<ArchivedLink>(stores.history, this, false),
      clauses: this.clauses(),
      find: (register) => Promise.resolve(registers[register]),
      file: () => Promise.resolve(anAttached),
      limits,
      without,
      uuid: () => random.uuid(),
    });
    const onError = (error: unknown) => {
      if (error instanceof Crash) this.restart();
      else alarm(`${this.name}: the timer failed: ${String(error)}`);
    };
    const groups = new CaseGroups(keeper, onError);
    const timer = new CaseTimer(keeper, { everyMilliseconds: 1000, onError, drive: (id) => groups.drive(id) });
    return { keeper, groups, receiver: new CaseReceiver(keeper), timer };
  }

  /** Two clauses that let everything flow; either may be suspended. */
  private clauses(): ClauseBook {
    return {
      covering: () => {
        const live = ['agreement/1', 'agreement/2'].find((clause) => !this.suspended.has(clause));
        return live === undefined ? { missing: '两个条款均已中止' } : { clause: live };
      },
    };
  }

  dies(at: string): boolean {
    const weight = at.includes('history') ? 4 : 1;
    return this.mortality > 0 && this.options.random.chance(this.mortality * weight);
  }
  async between(): Promise<void> {
    const { interruption } = this;
    this.interruption = undefined;
    if (!interruption) return;
    this.interruptions += 1;
    await interruption();
  }
  saved(outgoing: readonly Outgoing[]): void {
    for (const { value } of outgoing) {
      const message = value as Message;
      if (message.kind !== 'receipt' || message.receipt.receipt !== 'opened') continue;
      this.minted.set(message.receipt.id, (this.minted.get(message.receipt.id) ?? 0) + 1);
    }
  }

  async document(id: string): Promise<CaseDocument | undefined> {
    return (await this.stores.cases.get(id))?.document;
  }
  async documents(): Promise<readonly CaseDocument[]> {
    const page = await this.stores.cases.find({ limit: 1000 });
    return page.items.map(({ document }) => document);
  }
  chain(document: CaseDocument): Promise<readonly Link[]> {
    return this.processes[0].keeper.chain(document);
  }
}

const afterEachSave = (
  cases: StoreOfProcess<CaseDocument>,
  then: () => Promise<void>,
): StoreOfProcess<CaseDocument> => {
  const replace = cases.replace.bind(cases);
  cases.replace = async (document, version, outgoing) => {
    const kept = await replace(document, version, outgoing);
    await then();
    return kept;
  };
  return cases;
};
