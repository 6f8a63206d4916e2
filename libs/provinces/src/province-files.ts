import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { generateSigningKey, type SigningKey } from '@chuanyu/access';
import {
  exportOwn,
  generateKeys,
  loadKeyring,
  pair,
  parsePairing,
  noPeers,
  type Keyring,
  type Pairing,
} from '@chuanyu/exchange';
import type { Clock, Province } from '@chuanyu/reference';

/** A peer's leave to read its log: user, password, and the certificate (PEM) by which its brokers are known. */
export interface PeerPass {
  readonly user: string;
  readonly password: string;
  readonly authority?: string;
}
const isPeerPass = (value: unknown): value is PeerPass =>
  typeof value === 'object' &&
  value !== null &&
  'user' in value &&
  typeof value.user === 'string' &&
  'password' in value &&
  typeof value.password === 'string' &&
  (!('authority' in value) || typeof value.authority === 'string');

/** What a province keeps beside its database and log: keys (readable by its owner only) and whom it is paired with. */
export class ProvinceFiles {
  constructor(readonly folder: string) {}

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }
  file(name: string): string {
    return resolve(this.folder, name);
  }

  async tokenKey(): Promise<SigningKey> {
    return (
      ((await this.read('token-key.json')) as SigningKey | undefined) ??
      this.write('token-key.json', await generateSigningKey())
    );
  }
  async keyring(clock: Clock): Promise<Keyring> {
    const known = await this.read('keyring.json');
    if (known === undefined) {
      const made = await generateKeys(clock.now());
      await this.write('keyring.json', made.save());
      return made;
    }
    const loaded = await loadKeyring(known);
    if (!loaded.ok)
      throw new Error(
        `${this.file('keyring.json')}: ${loaded.faults.map((fault) => `${fault.pointer} ${fault.detail}`).join('; ')}`,
      );
    return loaded.keyring;
  }
  async saveKeyring(keyring: Keyring): Promise<void> {
    await this.write('keyring.json', keyring.save());
  }
  /** `file` where the pairing is kept elsewhere. */
  async pairing(file = this.file('pairing.json')): Promise<Pairing | undefined> {
    const known = await this.read(file);
    if (known === undefined) return undefined;
    const parsed = await parsePairing(known);
    if (!parsed.ok)
      throw new Error(`${file}: ${parsed.faults.map((fault) => `${fault.pointer} ${fault.detail}`).join('; ')}`);
    return parsed.pairing;
  }
  async savePairing(pairing: Pairing, file = 'pairing.json'): Promise<void> {
    await this.write(file, pairing);
  }
  /** What each peer gave this province to read its log by; `file` where that is kept elsewhere. */
  async peerPasses(file = this.file('peers.json')): Promise<ReadonlyMap<string, PeerPass>> {
    const known = (await this.read(file)) ?? {};
    if (typeof known !== 'object' || known === null || Array.isArray(known))
      throw new Error(`${file} must be {"<province>": {"user", "password", "authority"?}, …}`);
    return new Map(
      Object.entries(known).map(([province, pass]: [string, unknown]) => {
        if (!isPeerPass(pass)) throw new Error(`${file}: ${province} must be {"user", "password", "authority"?}`);
        return [province, pass];
      }),
    );
  }
  async clockOffset(): Promise<number> {
    const known = await this.read('clock.json');
    return typeof known === 'object' && known !== null && 'moved' in known && typeof known.moved === 'number'
      ? known.moved
      : 0;
  }
  async saveClockOffset(moved: number): Promise<void> {
    await this.write('clock.json', { moved });
  }

  private async read(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.file(name), 'utf8')) as unknown;
    } catch (error) {
      // By shape: Node's own errors may come from another realm.
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }
  /** Whole or not at all: a process that dies while writing leaves the old file. */
  private async write<T>(name: string, value: T): Promise<T> {
    const beside = this.file(`${name}.new`);
    await writeFile(beside, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    await rename(beside, this.file(name));
    return value;
  }
}

/** Both sides hand over their public keys and read the fingerprints out to each other: here one process speaks for all. */
export const pairAll = async (
  provinces: readonly {
    readonly province: Province;
    readonly keyring: Keyring;
    readonly clock: Clock;
    /** Where its log is found. */
    readonly addresses: readonly string[];
  }[],
): Promise<ReadonlyMap<string, Pairing>> => {
  const made = new Map<string, Pairing>();
  for (const { province } of provinces) {
    let mine = noPeers;
    for (const other of provinces) {
      if (other.province.id === province.id) continue;
      const theirs = exportOwn(
        other.keyring,
        { province: other.province.id, issuer: other.province.issuer, addresses: other.addresses },
        other.clock.now(),
      );
      const paired = await pair(mine, JSON.parse(JSON.stringify(theirs)), theirs.fingerprint);
      if (!paired.ok) throw new Error(paired.faults.map((fault) => fault.detail).join('; '));
      mine = paired.pairing;
    }
    made.set(province.id, mine);
  }
  return made;
};
