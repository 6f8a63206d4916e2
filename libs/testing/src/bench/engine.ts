import { join } from 'node:path';
import { openSqlite, type Database } from '@chuanyu/collections';
import { openSqliteLog, type EventLog } from '@chuanyu/event-log';
import { openKafkaLog } from '@chuanyu/event-log/kafka';
import { openFileStore, type FileStore } from '@chuanyu/files';
import { EmbeddedEngine, type Engine, type ProvinceFiles } from '@chuanyu/provinces';
import { realTime, type Clock } from '@chuanyu/reference';
import type { Ground } from './row';

type Where = Pick<Ground, 'engine' | 'brokers'>;
const brokerOf = ({ brokers }: Where, province: string): string => {
  const broker = brokers[province];
  if (broker === undefined) throw new Error(`no broker of ${province}`);
  return broker;
};

/** The log of a province on the engine that is measured. */
export const openLog = (where: Where, province: string, file: string, clock: Clock = realTime): Promise<EventLog> =>
  where.engine === 'embedded'
    ? openSqliteLog({ file, clock })
    : openKafkaLog({ connection: { brokers: [brokerOf(where, province)] }, clock });

/**
 * What a province of the bench stands on: the log of the engine that is measured, and the embedded store, on Kafka too: a MongoDB that is
 * slow for reasons of its own would be all that one measures.
 */
export class MeasuredEngine implements Engine {
  readonly addresses: readonly string[];
  private readonly embedded: EmbeddedEngine;
  constructor(
    private readonly where: Where,
    private readonly province: string,
    private readonly files: ProvinceFiles,
  ) {
    this.embedded = new EmbeddedEngine(files);
    this.addresses = where.engine === 'embedded' ? this.embedded.addresses : [`kafka://${brokerOf(where, province)}`];
  }

  openDatabase(): Promise<Database> {
    return openSqlite({ file: this.files.file('cases.db') });
  }
  openLog(clock: Clock): Promise<EventLog> {
    return openLog(this.where, this.province, this.files.file('log.db'), clock);
  }
  openPeerLog(peer: Parameters<Engine['openPeerLog']>[0], clock: Clock): Promise<EventLog> {
    if (this.where.engine === 'embedded') return this.embedded.openPeerLog(peer, clock);
    return openKafkaLog({
      connection: { brokers: [brokerOf(this.where, peer.province)] },
      archive: { brokers: [brokerOf(this.where, this.province)] },
      clock,
    });
  }
  openFiles(place = join(this.files.folder, 'files')): Promise<FileStore> {
    return openFileStore(place);
  }
}
