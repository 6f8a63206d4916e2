import { pathToFileURL, fileURLToPath } from 'node:url';
import { openSqlite, type Database } from '@chuanyu/collections';
import { openSqliteLog, type EventLog } from '@chuanyu/event-log';
import type { KafkaConnection } from '@chuanyu/event-log/kafka';
import type { Peer } from '@chuanyu/exchange';
import { openFileStore, type FileStore } from '@chuanyu/files';
import type { Clock } from '@chuanyu/reference';
import type { EngineSettings } from '@chuanyu/service';
import type { ProvinceFiles } from './province-files';

type OnError = (error: unknown) => void;

/** What a province stands on: nothing above it knows which. */
export interface Engine {
  /** Where peers find the log of this province: stands in the pairing file. */
  readonly addresses: readonly string[];
  openDatabase(): Promise<Database>;
  /** `onError` is told of what nobody awaits; the work is tried again. */
  openLog(clock: Clock, onError: OnError): Promise<EventLog>;
  /** A peer's log, at its addresses in the pairing file: to be read only. */
  openPeerLog(peer: Pick<Peer, 'province' | 'addresses'>, clock: Clock, onError: OnError): Promise<EventLog>;
  /** Contents of attachments; at `place` where one is named. */
  openFiles(place?: string): Promise<FileStore>;
}

export const engineOf = (settings: EngineSettings, files: ProvinceFiles, peers?: string): Engine =>
  settings.kind === 'embedded' ? new EmbeddedEngine(files) : new DistributedEngine(settings, files, peers);

/** Files in the province's folder, and nothing else to install. */
export class EmbeddedEngine implements Engine {
  readonly addresses: readonly string[];

  constructor(private readonly files: ProvinceFiles) {
    this.addresses = [pathToFileURL(files.file('log.db')).href];
  }

  openDatabase(): Promise<Database> {
    return openSqlite({ file: this.files.file('cases.db') });
  }

  openLog(clock: Clock): Promise<EventLog> {
    return openSqliteLog({ file: this.files.file('log.db'), clock });
  }

  async openPeerLog({ province, addresses }: Pick<Peer, 'province' | 'addresses'>, clock: Clock): Promise<EventLog> {
    const [address] = named(addresses, 'file:', province);
    return openSqliteLog({ file: fileURLToPath(address), clock });
  }

  openFiles(place = this.files.file('files')): Promise<FileStore> {
    return openFileStore(place);
  }
}

/** Apache Kafka and MongoDB, whose clients are loaded only then. */
export class DistributedEngine implements Engine {
  readonly addresses: readonly string[];

  constructor(
    private readonly settings: Extract<EngineSettings, { kind: 'distributed' }>,
    private readonly files: ProvinceFiles,
    /** File with what each peer gave us to read its log by. */
    private readonly peers?: string,
  ) {
    this.addresses = settings.kafka.brokers.map((broker) => `kafka://${broker}`);
  }

  async openDatabase(): Promise<Database> {
    const { openMongoDb } = await import('@chuanyu/collections/mongodb');
    return openMongoDb({ address: this.settings.mongodb });
  }

  async openLog(clock: Clock, onError: OnError): Promise<EventLog> {
    const { openKafkaLog } = await import('@chuanyu/event-log/kafka');
    return openKafkaLog({ connection: this.settings.kafka, clock, onError });
  }

  async openPeerLog(
    { province, addresses }: Pick<Peer, 'province' | 'addresses'>,
    clock: Clock,
    onError: OnError,
  ): Promise<EventLog> {
    const brokers = named(addresses, 'kafka:', province).map((address) => new URL(address).host);
    const pass = (await this.files.peerPasses(this.peers)).get(province);
    const connection: KafkaConnection = {
      brokers,
      ...(pass?.authority !== undefined && { tls: { authority: pass.authority } }),
      ...(pass && { credentials: { user: pass.user, password: pass.password } }),
    };
    const { openKafkaLog } = await import('@chuanyu/event-log/kafka');
    // What cannot be read there is kept here: we may write nothing into a peer's cluster.
    return openKafkaLog({ connection, archive: this.settings.kafka, clock, onError });
  }

  openFiles(place = this.settings.mongodb): Promise<FileStore> {
    return openFileStore(place);
  }
}

/** The addresses of one kind; there is at least one. */
const named = (addresses: readonly string[], scheme: string, province: string): [string, ...string[]] => {
  const [first, ...others] = addresses.filter((each) => each.startsWith(scheme));
  if (first === undefined) throw new Error(`the pairing file has no address ${scheme}… for the log of ${province}`);
  return [first, ...others];
};
