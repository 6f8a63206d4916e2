import { randomBytes, randomUUID } from 'node:crypto';
import { chownSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pairAll, ProvinceFiles } from '@chuanyu/provinces';
import type { Clock, Directory } from '@chuanyu/reference';
import { makeAuthority, makeServer, type Identity } from './certificate';
import { processesOf, usersOf } from './users';

/** As which user each container runs: ours and Kafka's as 1000, MongoDB's as 999 (docker-compose.yml). */
const OURS = 1000;
const MONGODB = 999;
/** Where containers find what is in their folder. */
const AT = '/var/lib/chuanyu';

export interface KeysOptions {
  readonly folder: string;
  readonly directory: Directory;
  readonly clock: Clock;
}

/**
 * Makes what no repository may hold, for all provinces on one laptop: certificates, passwords, keys, and the pairing that
 * liaison offices do by telephone elsewhere. Each process gets a folder, `<folder>/<province>/<user>`, with what is its own
 * and nothing else. What is there stays.
 */
export const makeKeys = async ({ folder, directory, clock }: KeysOptions): Promise<void> => {
  const ids = directory.provinces.map(({ id }) => id);
  const all = ids.map((id) => {
    const peers = ids.filter((other) => other !== id);
    return new ProvinceKeys({ folder: join(folder, id), id, peers, now: clock.now() });
  });
  for (const province of all) await province.make();
  const pairings = await pairAll(
    await Promise.all(
      all.map(async ({ id, folder: own }) => {
        const province = directory.province(id);
        if (!province) throw new Error(`no province ${id}`);
        return {
          province,
          keyring: await new ProvinceFiles(join(own, 'exchange')).keyring(clock),
          clock,
          addresses: [`kafka://kafka.${id}:9093`],
        };
      }),
    ),
  );
  for (const province of all) {
    const json = (value: unknown) => () => JSON.stringify(value, null, 2);
    // The exchange writes down in its own what its peers announce.
    for (const user of province.processes)
      once(join(province.folder, user, 'pairing.json'), json(pairings.get(province.id)));
    const passes = all.filter(({ id }) => id !== province.id).map((peer) => [peer.id, peer.passFor(province.id)]);
    once(join(province.folder, 'exchange/peers.json'), json(Object.fromEntries(passes)));
    if (process.getuid?.() === 0) province.handOver();
  }
};

interface Place {
  readonly folder: string;
  readonly id: string;
  readonly peers: readonly string[];
  /** Instant from which certificates hold. */
  readonly now: string;
}

/** What one province keeps secret. */
class ProvinceKeys {
  readonly folder: string;
  readonly id: string;
  readonly processes: readonly string[];

  constructor(private readonly place: Place) {
    this.folder = place.folder;
    this.id = place.id;
    this.processes = processesOf(place.id, place.peers);
  }

  async make(): Promise<void> {
    const authority = this.authority();
    const server = (place: string, hosts: readonly string[], commonName: string) =>
      once(this.file(`${place}/server.pem`), () => {
        const { key, certificate } = makeServer(commonName, [...hosts, 'localhost'], authority, this.place.now);
        return key + certificate;
      });
    server('kafka', ['kafka', `kafka.${this.id}`], 'broker');
    once(this.file('kafka/authority.pem'), () => authority.certificate);
    once(this.file('kafka/cluster-id'), () =>
      Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url'),
    );
    for (const user of usersOf(this.id, this.place.peers)) once(this.passwordOf(user), newPassword);

    server('mongodb', ['mongodb', '127.0.0.1'], 'mongodb');
    once(this.file('mongodb/authority.pem'), () => authority.certificate);
    once(this.file('mongodb/members.key'), () => randomBytes(48).toString('base64'));
    once(this.file('mongodb/admin-password'), newPassword);
    const password = once(this.file('mongodb/password'), newPassword);

    const tokenKey = await this.tokenKey();
    for (const user of this.processes) {
      once(this.file(`${user}/authority.pem`), () => authority.certificate);
      once(this.file(`${user}/kafka-user`), () => user);
      once(this.file(`${user}/kafka-password`), () => readFileSync(this.passwordOf(user), 'utf8'));
      once(this.file(`${user}/mongodb`), () => this.addressOfMongoDb(password));
      once(this.file(`${user}/token-key.json`), () => tokenKey);
    }
  }

  /** By what a peer's exchange reads here. */
  passFor(peer: string): { readonly user: string; readonly password: string; readonly authority: string } {
    const user = `exchange.${peer}`;
    return {
      user,
      password: readFileSync(this.passwordOf(user), 'utf8'),
      authority: readFileSync(this.file('kafka/authority.pem'), 'utf8'),
    };
  }

  /** Gives each folder to whom it is for; that of the authority stays ours. */
  handOver(): void {
    for (const place of ['kafka', 'mongodb', ...this.processes]) {
      const owner = place === 'mongodb' ? MONGODB : OURS;
      for (const path of globSync(`${place}/**`, { cwd: this.folder })) chownSync(this.file(path), owner, owner);
    }
  }

  private authority(): Identity & { readonly commonName: string } {
    const commonName = `Chuanyu ${this.id}`;
    const [certificate, key] = [this.file('authority/certificate.pem'), this.file('authority/key.pem')];
    if (!existsSync(certificate)) {
      const made = makeAuthority(commonName, this.place.now);
      once(key, () => made.key);
      once(certificate, () => made.certificate);
    }
    return { commonName, certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  }
  private async tokenKey(): Promise<string> {
    const gateway = new ProvinceFiles(this.file('gateway'));
    await gateway.prepare();
    await gateway.tokenKey();
    return readFileSync(gateway.file('token-key.json'), 'utf8');
  }
  private addressOfMongoDb(password: string): string {
    const options = new URLSearchParams({ replicaSet: 'chuanyu', authSource: 'admin', tls: 'true' });
    return `mongodb://services:${password}@mongodb:27017/${this.id}?${options.toString()}&tlsCAFile=${AT}/authority.pem`;
  }
  private passwordOf(user: string): string {
    return this.file(`kafka/users/${user}`);
  }
  private file(path: string): string {
    return join(this.folder, path);
  }
}

const newPassword = (): string => randomBytes(18).toString('base64url');

/** The content of a file that is made where it is not there yet, for its owner alone. */
const once = (file: string, make: () => string): string => {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const content = make();
  writeFileSync(file, content, { mode: 0o600 });
  return content;
};
