import type { SignIn, SigningKey } from '@chuanyu/access';
import type { Database } from '@chuanyu/collections';
import type { Workflows } from '@chuanyu/engine';
import type { OperatorsAddress, Province } from '@chuanyu/service';

type Awaitable<T> = T | Promise<T>;

/** What a process started for development lets itself be told. */
export interface Development {
  /** Moves the clock of one province, or of all; answers the time now, by province. */
  advance(milliseconds: number, province?: string): Awaitable<Readonly<Record<string, string>>>;
  cut(): Awaitable<void>;
  heal(): Awaitable<void>;
  /** Whatever helps to see where it stands; JSON. */
  state(): Awaitable<unknown>;
}

export interface GatewayLimits {
  /** Sign-ins that failed from one address within `signInWindowSeconds`, before it has to wait: 30. */
  readonly signInFailures: number;
  readonly signInWindowSeconds: number;
  /** For a domain's service to begin its answer, in milliseconds: 30 000. */
  readonly serviceMilliseconds: number;
  /** Bytes of a body: 1 MiB. */
  readonly body: number;
  /** Bytes of a file that is uploaded: 20 MiB. */
  readonly attachment: number;
  /** Streams of changes of one officer: 5. */
  readonly changesPerOfficer: number;
  /** Streams of public events, of one address and of all. */
  readonly publicPerAddress: number;
  readonly publicInAll: number;
  /** Public checks of one address and of all, within `checkWindowSeconds`: 30 and 600 a minute. */
  readonly checksPerAddress: number;
  readonly checksInAll: number;
  readonly checkWindowSeconds: number;
  /** No public check is answered sooner: longer than any takes, so that its time tells nothing. In milliseconds: 150. */
  readonly checkMilliseconds: number;
  /** How often the audit is told how many checks there were, in milliseconds: 10 minutes. */
  readonly checkReportMilliseconds: number;
  /** Bytes waiting for a reader of a stream before it is dropped: 256 KiB. */
  readonly streamBytes: number;
  readonly heartbeatMilliseconds: number;
  /** How long a row is waited for that must be on its way, in milliseconds: 2000. */
  readonly rowMilliseconds: number;
}
export const defaultGatewayLimits: GatewayLimits = {
  signInFailures: 30,
  signInWindowSeconds: 300,
  serviceMilliseconds: 30_000,
  body: 1024 * 1024,
  attachment: 20 * 1024 * 1024,
  changesPerOfficer: 5,
  publicPerAddress: 10,
  publicInAll: 500,
  checksPerAddress: 30,
  checksInAll: 600,
  checkWindowSeconds: 60,
  checkMilliseconds: 150,
  checkReportMilliseconds: 600_000,
  streamBytes: 256 * 1024,
  heartbeatMilliseconds: 15_000,
  rowMilliseconds: 2000,
};

export interface GatewayConfig {
  readonly province: Province;
  readonly database: Database;
  readonly workflows: Workflows;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Where a domain's service answers, e.g. `http://127.0.0.1:4101`; undefined where it is not run here. */
  readonly serviceOf: (domain: string) => string | undefined;
  /** Signs the tokens; its public part is among the province's `tokenKeys`. */
  readonly signingKey: SigningKey;
  /** Ids of the provinces that this one is paired with. */
  readonly peers: readonly string[];
  /** The header in which a proxy names the caller's address. Set it only where nobody reaches the gateway but through that proxy. */
  readonly addressHeader?: string;
  /** Only where the process was started for development. */
  readonly development?: Development;
  /** Another way to sign in than by password. */
  readonly signIn?: SignIn;
  /** Where operators read metrics and full readiness; nowhere unless said. Never where the public comes. */
  readonly operations?: OperatorsAddress;
  readonly limits?: Partial<GatewayLimits>;
}

/** The parts of a running gateway are handed to its controllers under these names. */
export const GATEWAY = Symbol('gateway');
/** What every part of the gateway may need. */
export interface Gateway extends Omit<GatewayConfig, 'limits'> {
  readonly limits: GatewayLimits;
}
