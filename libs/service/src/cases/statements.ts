import { topics, type CountsMessage, type VersionsMessage } from '@chuanyu/contracts';
import type { Workflow } from '@chuanyu/engine';
import type { EventLog } from '@chuanyu/event-log';
import type { StandingBook } from '../restore/standing-state';
import type { CaseKeeper } from './keeper';
import { say } from './say';

/** What a province's own cases add up to, on `coordination.counts`: one statement replaces the one before. */
export interface CountsStatement {
  readonly province: string;
  readonly domain: string;
  readonly time: string;
  readonly counts: CountsMessage['counts'];
}

/** Counting may take this part of the time: of a million cases it takes a second, in which nothing else is done. */
const SHARE_OF_COUNTING = 0.01;
/** Milliseconds, where the database was slow. */
const LONGEST_PAUSE = 600_000;

/**
 * What a domain's service states without being asked: which workflow versions it knows (`docs/protocol.md` 10), and how
 * many cases of its own province's origin are in each state, by workflow and month, without ids.
 */
export class CaseStatements {
  private lastCounts = '';
  private countAgainAt = 0;
  private lastShared = '[]';
  constructor(
    private readonly keeper: CaseKeeper,
    private readonly book: StandingBook,
    private readonly log: EventLog,
    private readonly peers: readonly string[],
  ) {}

  async announceVersions(): Promise<void> {
    const { workflows } = this.keeper.options;
    const versions = Object.fromEntries(
      workflows.all().flatMap(({ id, domestic }) => (domestic ? [] : [[id, workflows.highest(id)]])),
    );
    for (const to of this.peers) await say(this.log, { ...this.header(to), kind: 'versions', versions });
  }
  async onVersions(message: VersionsMessage): Promise<void> {
    const { from, versions } = message;
    if (from === undefined) return;
    await this.book.update((state) => ({ versions: { ...state.versions, [from]: versions } }));
  }
  /** The version in which a case is opened: at most the highest that both have announced; undefined where the peer does not know the workflow. */
  versionFor(workflow: Workflow, peers: readonly string[]): Workflow | undefined {
    const { workflows } = this.keeper.options;
    if (workflow.domestic) return workflow;
    // A peer that has said nothing yet knows at least what there was at the beginning.
    const known = peers.map((peer) => {
      const announced = this.book.now.versions[peer];
      return announced ? (announced[workflow.id] ?? 0) : 1;
    });
    const highest = Math.min(workflow.version, ...known);
    return highest > 0 ? workflows.get(workflow.id, highest) : undefined;
  }

  /** As `stateCounts`, unless the cases are so many that they were counted just now. */
  async stateCountsInTime(): Promise<void> {
    if (performance.now() >= this.countAgainAt) await this.stateCounts();
  }
  /** States the counts where they differ from those last stated. */
  async stateCounts(): Promise<void> {
    const { cases, province, domain, clock } = this.keeper.options;
    const began = performance.now();
    const rows = await cases.tally(['workflow', 'head.state', 'month'], {
      where: { side: 'origin', status: { in: ['live', 'frozen'] } },
    });
    const ended = performance.now();
    this.countAgainAt = ended + Math.min((ended - began) / SHARE_OF_COUNTING, LONGEST_PAUSE);
    const counts = rows
      .map(({ values: [workflow, state, month], count }) => ({
        workflow: text(workflow),
        state: text(state),
        month: text(month),
        count,
      }))
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
    const now = JSON.stringify(counts);
    if (now === this.lastCounts) return;
    this.lastCounts = now;
    const statement: CountsStatement = { province, domain, time: clock.now(), counts };
    await this.log.append([{ topic: topics.counts, key: `${province} ${domain}`, value: statement }]);
    // Nothing of a domestic workflow reaches the border, not even how many cases it has.
    const shared = counts.filter(({ workflow }) => this.keeper.options.workflows.get(workflow)?.domestic === false);
    if (JSON.stringify(shared) === this.lastShared) return;
    this.lastShared = JSON.stringify(shared);
    for (const to of this.peers)
      await say(this.log, { ...this.header(to), kind: 'counts', counts: shared, time: statement.time });
  }

  private header(to: string) {
    return { to, epoch: this.book.now.epoch, domain: this.keeper.options.domain };
  }
}
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
