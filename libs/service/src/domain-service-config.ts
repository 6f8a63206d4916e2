import type { Database, Outgoing } from '@chuanyu/collections';
import type { CaseDocument, Limits, Workflows } from '@chuanyu/engine';
import type { Beyond, DomainHouse } from './beyond';
import type { AlsoUses } from './domain-log-use';
import type { Files } from './files/files';
import type { OperatorsAddress } from './operations/operations';
import type { Province } from './province';

/** What a domain's service in one province is made from. */
export interface DomainServiceConfig {
  readonly province: Province;
  readonly database: Database;
  readonly domain: string;
  /** All workflows known to the deployment; the service serves those of its domain. */
  readonly workflows: Workflows;
  readonly host: string;
  readonly port: number;
  /** Where operators read metrics; nowhere unless said. */
  readonly operations?: OperatorsAddress;
  /** Provinces with which it shares cases. */
  readonly peers: readonly string[];
  /** The operator declares that the database was restored from a backup (`docs/operations.md`). */
  readonly restored?: boolean;
  /** How often store and log note that they are of one age, and a restored service asks again: 10 seconds unless said. */
  readonly beatMilliseconds?: number;
  /** How often it states where its shared cases stand: 10 minutes unless said. */
  readonly headsMilliseconds?: number;
  /** How often it looks for cases that time concerns: 1000 unless said. */
  readonly timerMilliseconds?: number;
  /** Where the contents of attachments lie; the province's other services and its exchange have the same. */
  readonly files: Files;
  /** After which an upload that no case names is removed: 24 hours unless said. */
  readonly unusedMilliseconds?: number;
  readonly limits?: Partial<Limits>;
  /** Where the public finds this province's gateway, e.g. `https://sf.example.gov.cn`; without it nothing that can be checked is printed. */
  readonly publicUrl?: () => string | undefined;
  readonly alsoSay?: (document: CaseDocument) => readonly Omit<Outgoing, 'id'>[];
  /** What an operator must look at. */
  readonly onAlarm?: (what: string) => void;
  /** Public keys that go with an export. */
  readonly keys?: () => unknown;
  /** What the domain serves and hears beyond its cases. */
  readonly beyond?: (house: DomainHouse) => Promise<Beyond>;
  /** What these two use of the log beyond what every domain does. */
  readonly alsoUses?: AlsoUses;
}
