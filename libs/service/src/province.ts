import type { Officers, VerifyingKeys } from '@chuanyu/access';
import type { EventLog } from '@chuanyu/event-log';
import type { Logger } from 'pino';
import type { Calendar, Clock, Directory } from '@chuanyu/reference';

/** What every service of a province stands on. */
export interface Province {
  readonly id: string;
  readonly directory: Directory;
  readonly officers: Officers;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Tokens use real time, whatever the platform's clock was moved to. */
  readonly realTime: Clock;
  readonly calendar: Calendar;
  readonly tokenKeys: VerifyingKeys;
  /** Structured lines, without personal data: of requests, and of records that belong to one. None unless said. */
  readonly journal?: Logger;
  readonly onError: (where: string, error: unknown) => void;
}
