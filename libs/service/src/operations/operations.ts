import { pino, type Logger } from 'pino';
import type { Province } from '../province';
import type { EventLog } from '@chuanyu/event-log';
import { Meters } from './meters';
import { OperatorsDoor } from './operators';
import { ReadinessCheck } from './readiness';
import { Traffic, type TrafficOptions } from './traffic';
import { WatchedLog } from './watched-log';

/** Where operators ask: never where the public does. */
export interface OperatorsAddress {
  readonly host: string;
  readonly port: number;
}

/** What a service shows of itself to those who run it: health, figures, lines, and how far its end has come. */
export class Operations {
  readonly meters: Meters;
  readonly readiness = new ReadinessCheck();
  readonly journal: Logger;
  /** What its end is waiting for. */
  ending: string | undefined;
  private door: OperatorsDoor | undefined;

  constructor(
    private readonly province: Province,
    readonly service: string,
  ) {
    this.meters = new Meters({ province: province.id, service });
    this.journal = (province.journal ?? pino({ level: 'silent' })).child({ service });
  }

  traffic(options: Pick<TrafficOptions, 'behindGateway' | 'stepOf'>): Traffic {
    const { meters, journal } = this;
    return new Traffic({ ...options, meters, journal });
  }
  /** A log to subscribe to; of this province unless said. */
  watch(
    log: ConstructorParameters<typeof WatchedLog>[0],
    { of = this.province.id, tells = true }: { readonly of?: string; readonly tells?: boolean } = {},
  ): Pick<EventLog, 'subscribe'> {
    const { meters, journal } = this;
    const millis = () => this.province.clock.millis();
    return new WatchedLog(log, { meters, of, millis, ...(tells ? { journal } : {}) });
  }
  /** Lets operators in, where an address is set for them. */
  async open(address: OperatorsAddress | undefined): Promise<void> {
    if (address) this.door = await OperatorsDoor.open(this, address);
  }
  /** Where operators ask. */
  get url(): string | undefined {
    return this.door?.url;
  }
  async close(): Promise<void> {
    await this.end('operators', () => this.door?.close());
    this.ending = undefined;
  }
  /** One part of its end, by a name that an operator reads where it hangs. */
  async end(part: string, work: () => Promise<unknown> | undefined): Promise<void> {
    this.ending = part;
    await work();
  }
}
