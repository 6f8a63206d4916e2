import { randomUUID } from 'node:crypto';
import { change, type Collection, type Database, type Document } from '@chuanyu/collections';
import type { Announced } from './announcements';
import { revokeKey, type Pairing } from './keys';

interface Kept extends Document {
  readonly pairing?: Pairing;
  readonly secret?: string;
  readonly announced?: readonly Announced[];
}

/** What the exchange must still know after a restart, beside what it holds and what it did not believe. */
export class ExchangeState {
  private constructor(private readonly store: Collection<Kept>) {}
  static async open(database: Database): Promise<ExchangeState> {
    return new ExchangeState(await database.collection<Kept>({ name: 'exchange.state', fields: [], sets: {} }));
  }

  async pairing(): Promise<Pairing | undefined> {
    return (await this.store.get('pairing'))?.document.pairing;
  }
  savePairing(pairing: Pairing): Promise<void> {
    return this.keep({ id: 'pairing', pairing });
  }
  async announced(): Promise<readonly Announced[]> {
    return (await this.store.get('announced'))?.document.announced ?? [];
  }
  saveAnnounced(announced: readonly Announced[]): Promise<void> {
    return this.keep({ id: 'announced', announced });
  }
  /** Under which the ids of public events are made: kept for good, or each would be published a second time. */
  async secret(): Promise<string> {
    const known = await this.store.get('secret');
    if (known?.document.secret !== undefined) return known.document.secret;
    const secret = randomUUID() + randomUUID();
    await this.keep({ id: 'secret', secret });
    return secret;
  }

  private async keep(document: Kept): Promise<void> {
    await change(this.store, document.id, (known) =>
      JSON.stringify(known) === JSON.stringify(document) ? undefined : document,
    );
  }
}

/**
 * The file decides who is a peer, where it is and what is revoked; keys announced since it was written are kept
 * beside it. Of two accounts of the same peer the one with more announcements is the later.
 */
export const merged = (file: Pairing, kept: Pairing | undefined): Pairing => {
  const peers = file.peers.map((peer) => {
    const known = kept?.peers.find((each) => each.province === peer.province);
    const later = known?.fingerprint === peer.fingerprint && known.announcements.length >= peer.announcements.length;
    return later ? { ...known, addresses: peer.addresses } : peer;
  });
  const revoked = [...file.peers, ...(kept?.peers ?? [])].flatMap(({ keys }) => keys);
  return revoked.reduce<Pairing>(
    (pairing, { kid, revokedFrom }) => (revokedFrom === undefined ? pairing : revokeKey(pairing, kid, revokedFrom)),
    { pairing: 1, peers },
  );
};
