import { change, type Collection, type CollectionDefinition, type Document } from '@chuanyu/collections';

/** Where a domain's service stands towards its peers, as far as restores are concerned (`docs/protocol.md` 24, 25). */
export interface StandingState extends Document {
  /** Of the messages that are saved now: rises with every restore. */
  readonly epoch: number;
  /** The epoch adopted for each peer and partition: nothing older is applied. */
  readonly adopted: Readonly<Record<string, { readonly epoch: number; readonly nonce: string }>>;
  /** The workflow versions that each peer has announced. */
  readonly versions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** While it waits to be readmitted. */
  readonly readmission: Readmitting | null;
  /** Rises in store and log alike; behind in the store means a restore that nobody declared. */
  readonly beat: number;
  /** The log that the store has grown with. */
  readonly generation: string;
}
export interface Readmitting {
  readonly nonce: string;
  readonly since: string;
  readonly replayed: boolean;
  /** `<peer> <partition>` not granted yet. */
  readonly waiting: readonly string[];
  /** Heads that peers stated and that are not reached here yet. */
  readonly missing: Readonly<Record<string, number>>;
}
export const standingOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.standing`,
  fields: [],
  sets: {},
});
const first: StandingState = {
  id: 'standing',
  epoch: 1,
  adopted: {},
  versions: {},
  readmission: null,
  beat: 0,
  generation: '',
};

/** The one document of it; changed by `update`, whose function must be pure. */
export class StandingBook {
  private state: StandingState = first;
  constructor(private readonly kept: Collection<StandingState>) {}
  async load(): Promise<void> {
    this.state = (await this.kept.get(first.id))?.document ?? first;
  }
  get now(): StandingState {
    return this.state;
  }
  async update(how: (state: StandingState) => Partial<StandingState>): Promise<StandingState> {
    const saved = await change(this.kept, first.id, (known = first) => ({ ...known, ...how(known) }));
    if (saved) this.state = saved.document;
    return this.state;
  }
}
