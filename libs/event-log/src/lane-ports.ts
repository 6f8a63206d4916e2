import type { LogRecord } from './port';

/** A record on its way into a lane. */
export interface Incoming {
  readonly record: LogRecord;
  /** Size of its value in memory, for back-pressure. */
  readonly bytes: number;
  /** Why it can never be handled (its value is not JSON): dead-lettered unread. */
  readonly broken?: string;
}

export interface LaneLimits {
  /** Attempts before a record is dead-lettered. */
  readonly tries: number;
  /** Milliseconds before the second attempt, doubled each time. */
  readonly backoff: number;
  /** Milliseconds after which a handler counts as hanging. */
  readonly handlerLimit: number;
  /** Keys in hand at once. */
  readonly parallel: number;
  /** Records taken and not done at which a lane is full; it has room again at a quarter. */
  readonly high: number;
  /** The same in bytes. */
  readonly highBytes: number;
}

/** Where the dead and the parked are kept. A call that rejects is repeated until it succeeds; meanwhile its key waits. */
export interface Letters {
  /** Durable when resolved. A record buried before gets the new reason; burying as parked changes nothing of an older letter. */
  bury(record: LogRecord, reason: string, parked: boolean): Promise<void>;
  /** The letters of a key, lowest offset first. */
  of(topic: string, partition: number, key: string, limit: number): Promise<readonly Incoming[]>;
  /** Forgets a letter whose record has been handled after all. */
  release(record: LogRecord): Promise<void>;
}

export interface LanePorts {
  readonly handle: (record: LogRecord) => Promise<void>;
  readonly letters: Letters;
  /** Something is done: the position may have moved. */
  readonly onProgress: () => void;
  /** A lane that was full has room again. */
  readonly onRoom: (topic: string, partition: number) => void;
  /** The letters could not be reached; the lane tries again. */
  readonly onError: (error: unknown) => void;
  /** False while nothing may be started (a membership in doubt); asked again every 100 ms. */
  readonly mayStart?: () => boolean;
}
