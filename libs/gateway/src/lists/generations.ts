import {
  Duplicate,
  type Collection,
  type CollectionDefinition,
  type Database,
  type Document,
} from '@chuanyu/collections';
import { PARTITIONS } from '@chuanyu/event-log';
import { Mutex } from 'async-mutex';
import { rowsOf, SHAPE, type KeptRow } from './kept-row';

/** Which collection the lists are read from, and which is being filled beside it. */
export interface Generations extends Document {
  readonly current: number;
  /** Dropped when the next one begins: somebody may still be reading it. */
  readonly previous: number | null;
  readonly building: Building | null;
}
export interface Building {
  readonly generation: number;
  /** What the services put behind the rows they restate. */
  readonly mark: string;
  /** Partitions on which a domain's mark was not seen yet. */
  readonly waiting: Readonly<Record<string, readonly number[]>>;
}
const ID = `rows ${SHAPE}`;
const definition: CollectionDefinition = { name: 'gateway.generations', fields: [], sets: {} };

type Rows = Collection<KeptRow>;

/** The collections of rows: a new one is filled beside the old, and takes its place when every domain has said all it has. */
export class RowGenerations {
  private readonly changing = new Mutex();
  private constructor(
    private readonly database: Database,
    private readonly kept: Collection<Generations>,
    private state: Generations,
    private rows: Rows,
    private beside: Rows | undefined,
  ) {}

  static async open(database: Database): Promise<RowGenerations> {
    const kept = await database.collection<Generations>(definition);
    const begun: Generations = { id: ID, current: 1, previous: null, building: null };
    await kept.insert(begun).catch((error: unknown) => {
      if (!(error instanceof Duplicate)) throw error;
    });
    const state = (await kept.get(ID))?.document ?? begun;
    const open = (generation: number) => database.collection<KeptRow>(rowsOf(generation));
    return new RowGenerations(
      database,
      kept,
      state,
      await open(state.current),
      state.building ? await open(state.building.generation) : undefined,
    );
  }

  get current(): Rows {
    return this.rows;
  }
  /** All that a row has to be kept in. */
  get all(): readonly Rows[] {
    return this.beside ? [this.rows, this.beside] : [this.rows];
  }
  get standing(): Generations {
    return this.state;
  }

  /** Begins from zero; one that was under way is given up. From the next row on, each is kept in both. */
  async begin(mark: string, domains: readonly string[]): Promise<void> {
    await this.changing.runExclusive(async () => {
      await this.drop(this.state.previous, this.state.building?.generation ?? null);
      const generation = Math.max(this.state.current, this.state.building?.generation ?? 0) + 1;
      const waiting = Object.fromEntries(domains.map((domain) => [domain, [...Array(PARTITIONS).keys()]]));
      const beside = await this.database.collection<KeptRow>(rowsOf(generation));
      await this.save({ ...this.state, previous: null, building: { generation, mark, waiting } });
      this.beside = beside;
    });
  }
  /** Gives up the one under way, if it is this one. */
  async abandon(mark: string): Promise<void> {
    await this.changing.runExclusive(async () => {
      const { building } = this.state;
      if (building?.mark !== mark) return;
      this.beside = undefined;
      await this.save({ ...this.state, building: null });
      await this.drop(building.generation);
    });
  }
  /** All that this partition of the domain held when it was restated is kept. Twice is harmless. */
  async heard(mark: string, domain: string, partition: number): Promise<void> {
    await this.changing.runExclusive(async () => {
      const { building, current } = this.state;
      if (building?.mark !== mark) return;
      const left = (building.waiting[domain] ?? []).filter((each) => each !== partition);
      const { [domain]: _heard, ...others } = building.waiting;
      const waiting = left.length === 0 ? others : { ...others, [domain]: left };
      if (Object.keys(waiting).length > 0) return this.save({ ...this.state, building: { ...building, waiting } });
      await this.save({ id: ID, current: building.generation, previous: current, building: null });
      this.rows = this.beside ?? (await this.database.collection<KeptRow>(rowsOf(building.generation)));
      this.beside = undefined;
    });
  }

  private async save(state: Generations): Promise<void> {
    const kept = await this.kept.get(ID);
    if (kept) await this.kept.replace(state, kept.version);
    else await this.kept.insert(state);
    this.state = state;
  }
  private async drop(...generations: readonly (number | null)[]): Promise<void> {
    for (const generation of generations) if (generation !== null) await this.database.drop(rowsOf(generation).name);
  }
}
