import { topics, type Message } from '@chuanyu/contracts';
import type { EventLog } from '@chuanyu/event-log';
import { announce, type Announcement, type Keyring } from './keys';
import type { ExchangeState } from './state';

/** An announcement as it was first signed: once its keys have taken over, nothing else can vouch for them. */
export interface Announced {
  readonly announcement: Announcement;
  readonly kids: readonly string[];
  /** Peers that have said that they took it. */
  readonly takenBy: readonly string[];
}
const kidsOf = ({ statement }: Announcement): readonly string[] => statement.keys.map(({ kid }) => kid);

/** Tells the peers which keys will take over, again and again until each has said that it took them. */
export class KeyAnnouncements {
  constructor(
    private readonly options: {
      readonly issuer: string;
      readonly peers: readonly string[];
      /** Under which a message of no domain travels. */
      readonly domain: string;
      readonly log: EventLog;
      readonly state: ExchangeState;
    },
  ) {}

  async say(keyring: Keyring, now: string): Promise<void> {
    const { peers, state } = this.options;
    const known = await this.known(keyring, now);
    for (const { announcement, takenBy } of known) {
      for (const to of peers) if (!takenBy.includes(to)) await this.tell(to, announcement);
    }
    const open = known.filter(({ takenBy }) => peers.some((peer) => !takenBy.includes(peer)));
    // The last one stays, so that what waits in the keyring is not announced anew.
    await state.saveAnnounced([...new Set([...open, ...known.slice(-1)])]);
  }
  private async known(keyring: Keyring, now: string): Promise<readonly Announced[]> {
    const known = await this.options.state.announced();
    const waiting = (['sig', 'enc'] as const).flatMap((use) => keyring.next(use, now)?.kid ?? []);
    if (waiting.every((kid) => known.some(({ kids }) => kids.includes(kid)))) return known;
    const announcement = await announce(keyring, this.options.issuer, now);
    if (!announcement) return known;
    const all = [...known, { announcement, kids: kidsOf(announcement), takenBy: [] }];
    // Kept before it is said.
    await this.options.state.saveAnnounced(all);
    return all;
  }

  /** A peer says which keys it has taken; undefined where it says something else. */
  static takenIn(value: unknown): readonly string[] | undefined {
    if (typeof value !== 'object' || value === null || !('taken' in value) || !Array.isArray(value.taken))
      return undefined;
    return value.taken.filter((kid) => typeof kid === 'string').slice(0, 8);
  }
  async noteTaken(peer: string, kids: readonly string[]): Promise<void> {
    const { state } = this.options;
    const known = await state.announced();
    const confirms = (each: Announced) => each.kids.every((kid) => kids.includes(kid)) && !each.takenBy.includes(peer);
    if (!known.some(confirms)) return;
    await state.saveAnnounced(
      known.map((each) => (confirms(each) ? { ...each, takenBy: [...each.takenBy, peer] } : each)),
    );
  }
  /** Says that this side took them: whoever announced them may stop. */
  async confirm(to: string, announcement: unknown): Promise<void> {
    const { statement } = announcement as Announcement;
    await this.tell(to, { taken: statement.keys.map(({ kid }) => kid) });
  }

  private async tell(to: string, announcement: object): Promise<void> {
    const message: Message = { kind: 'key', to, epoch: 1, domain: this.options.domain, announcement };
    await this.options.log.append([
      { topic: topics.events('exchange'), key: `key ${to}`, value: message, headers: { kind: 'key', to } },
    ]);
  }
}
