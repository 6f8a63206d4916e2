import type { AuditLog } from '@chuanyu/access';
import type { Database } from '@chuanyu/collections';
import type { Workflows } from '@chuanyu/engine';
import type { Provider, Type } from '@nestjs/common';
import type { KnownClauses } from './cases/clause-book';
import type { CaseKeeper } from './cases/keeper';
import type { Attachments } from './files/attachments';
import type { Files } from './files/files';
import type { Province } from './province';

/** What the rest of a domain's service may stand on. */
export interface DomainHouse {
  readonly config: {
    readonly province: Province;
    readonly database: Database;
    readonly workflows: Workflows;
    readonly peers: readonly string[];
    readonly files: Files;
  };
  readonly keeper: CaseKeeper;
  readonly clauses: KnownClauses;
  readonly audit: AuditLog;
  /** Where it keeps files that it has made. */
  readonly attachments: Attachments;
}
/** Controllers with HTTP routes and log patterns, and whatever they are given beside `Door`. */
export interface Beyond {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}
