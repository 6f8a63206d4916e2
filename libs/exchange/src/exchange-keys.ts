import { KeyAnnouncements } from './announcements';
import type { ExchangeConfig } from './exchange-service';
import { acceptAnnouncement, sealingKey, type Keyring, type KeySet, type Pairing } from './keys';
import { merged, type ExchangeState } from './state';

/** Which keys the exchange signs and opens with, and whose it believes: both change while it runs. */
export class ExchangeKeys {
  keyring: Keyring;
  private readonly complained = new Set<string>();
  constructor(
    private readonly config: ExchangeConfig,
    private readonly kept: ExchangeState,
    private readonly announcements: KeyAnnouncements,
    public pairing: Pairing,
  ) {
    this.keyring = config.keyring;
  }

  use(keyring: Keyring): void {
    this.keyring = keyring;
  }
  /** Public keys of this province and its peers: what verifies an exported case offline. */
  all(): object {
    const peers = this.pairing.peers.map((peer) => ({ province: peer.province, issuer: peer.issuer, keys: peer.keys }));
    return { peers: [...peers, this.own()] };
  }
  own(): KeySet['peers'][number] {
    const { province } = this.config;
    const issuer = province.directory.province(province.id)?.issuer ?? '';
    return { province: province.id, issuer, keys: this.keyring.publicKeys() };
  }
  /** Reads again what an operator may have changed, complains of what is missing, announces what was not taken yet. */
  async look(): Promise<void> {
    const { province, peers, reread } = this.config;
    const now = province.clock.now();
    const read = await reread?.();
    if (read) this.keyring = read.keyring;
    if (read?.pairing) this.pairing = merged(read.pairing, this.pairing);
    await this.kept.savePairing(this.pairing);
    this.complain('no own key signs now: rotate, or correct the clock', !this.keyring.current('sig', now));
    for (const peer of Object.keys(peers))
      this.complain(`no key to seal with for ${peer}: it has announced none`, !sealingKey(this.pairing, peer, now));
    if (this.keyring.current('sig', now)) await this.announcements.say(this.keyring, now);
  }
  /** Once, until it has been put right. */
  private complain(what: string, holds: boolean): void {
    if (holds && !this.complained.has(what)) this.config.onAlarm(what);
    if (holds) this.complained.add(what);
    else this.complained.delete(what);
  }
  async onMessage(peer: string, announcement: unknown): Promise<void> {
    const taken = KeyAnnouncements.takenIn(announcement);
    if (taken) return this.announcements.noteTaken(peer, taken);
    const refused = await this.take(peer, announcement);
    if (refused !== undefined) this.config.onAlarm(`${peer} announced keys that are not accepted: ${refused}`);
  }
  /** Why announced keys cannot be believed; undefined where they were taken. */
  async take(peer: string, announcement: unknown): Promise<string | undefined> {
    const accepted = await acceptAnnouncement(this.pairing, peer, announcement, this.config.province.clock.now());
    if (!accepted.ok) return accepted.fault.code;
    this.pairing = accepted.pairing;
    await this.kept.savePairing(accepted.pairing);
    await this.announcements.confirm(peer, announcement);
    return undefined;
  }
}
