import { canonical, sha256 } from '@chuanyu/contracts';

/** What is told about an act. Ids only: a name, number, address or anything else of a person never stands in the audit. */
export interface AuditEntry {
  /** The officer's id, an integrator's, or `system`. */
  readonly who: string;
  /** The unit's id; absent where nobody's unit acts. */
  readonly unit?: string;
  /** In kebab-case, e.g. `read-case`, `sign-in`, `take-step`. */
  readonly act: string;
  readonly case?: string;
  /** e.g. `prison.release-handover`. */
  readonly workflow?: string;
  /** Why a case was opened, in the officer's words; at most 100 characters. */
  readonly purpose?: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Codes, ids, counts. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** One row of the chain. */
export interface AuditRow extends AuditEntry {
  /** 1, 2, 3 … without a gap. */
  readonly n: number;
  /** Instant. */
  readonly time: string;
  /** The hash of the row before; `GENESIS` in the first. */
  readonly previous: string;
  /** SHA-256, hexadecimal, of the canonical JSON (RFC 8785) of all the above. */
  readonly hash: string;
}

/** The last row, as it is stated across the border. */
export interface AuditHead {
  /** 0 where there is no row. */
  readonly n: number;
  readonly hash: string;
}
export const GENESIS = '0'.repeat(64);
export const EMPTY_HEAD: AuditHead = { n: 0, hash: GENESIS };

/** The entry as the row that follows this head. */
export function chain(entry: AuditEntry, time: string, { n, hash }: AuditHead): AuditRow {
  const row = { ...entry, n: n + 1, time, previous: hash };
  return { ...row, hash: hashOf(row) };
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  return sha256(canonical(row));
}

export type AuditFlaw =
  /** Its content is not what its hash says. */
  | 'altered'
  /** The row with this number is gone. */
  | 'deleted'
  /** The row with this number stands elsewhere. */
  | 'reordered'
  /** It does not name the row before it as that row stands now: one of the two was rewritten, hash and all. */
  | 'unlinked'
  /** It was stated across the border, and the log now ends before it. */
  | 'cut'
  /** It was stated across the border with another hash: the chain was rewritten from here or earlier. */
  | 'rewritten';

/** Sound up to this head, or the first bad row. */
export type AuditVerdict =
  | { readonly sound: true; readonly head: AuditHead }
  | { readonly sound: false; readonly n: number; readonly flaw: AuditFlaw };

/**
 * Checks rows in the order in which they are kept, from the first one on, and against heads that were stated elsewhere.
 * Only stated heads show that the tail was cut, or that everything was rewritten.
 */
export async function verifyAudit(
  rows: Iterable<AuditRow> | AsyncIterable<AuditRow>,
  stated: readonly AuditHead[] = [],
): Promise<AuditVerdict> {
  const hashes = new Map(stated.filter(({ n }) => n > 0).map(({ n, hash }) => [n, hash]));
  let head = EMPTY_HEAD;
  let missing = 0;
  for await (const row of rows) {
    if (missing > 0) {
      if (row.n === missing) return bad(missing, 'reordered');
      continue;
    }
    const n = head.n + 1;
    if (row.n !== n) {
      if (row.n < n) return bad(row.n, 'reordered');
      missing = n;
      continue;
    }
    const { hash, ...content } = row;
    if (hash !== hashOf(content)) return bad(n, 'altered');
    if (row.previous !== head.hash) return bad(n, 'unlinked');
    if (hash !== (hashes.get(n) ?? hash)) return bad(n, 'rewritten');
    head = { n, hash };
  }
  if (missing > 0) return bad(missing, 'deleted');
  return Math.max(0, ...hashes.keys()) > head.n ? bad(head.n + 1, 'cut') : { sound: true, head };
}

function bad(n: number, flaw: AuditFlaw): AuditVerdict {
  return { sound: false, n, flaw };
}
