import type { Clause } from '@chuanyu/contracts';
import type { Link } from '@chuanyu/engine';
import type { CollectionDefinition, Document } from '@chuanyu/collections';

/** A link of a chain that was moved out of its document: `<case>/<sequence>`. */
export interface ArchivedLink extends Document {
  readonly case: string;
  readonly sequence: number;
  readonly link: Link;
}
export interface KeptClause extends Document {
  readonly clause: Clause;
}

/** What a domain's service keeps, under names that begin with its domain. */
export const casesOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.cases`,
  fields: [
    'workflow',
    'side',
    'status',
    'peer',
    'head.state',
    'head.turn',
    'head.sequence',
    'head.hash',
    'resend.next',
    'wakeAt',
    'serial.docket',
    'serial.n',
    'opening.under',
    'createdAt',
    'month',
  ],
  unindexed: [
    'side',
    'status',
    'head.state',
    'head.turn',
    'head.sequence',
    'head.hash',
    'resend.next',
    'serial.docket',
    'serial.n',
    'opening.under',
    'createdAt',
    'month',
  ],
  sets: { claims: { unique: true }, files: { unique: false } },
  indexes: [
    ['serial.docket', 'serial.n'],
    ['opening.under', 'workflow', 'head.state'],
    ['peer', 'resend.next'],
    // What the statement of counts asks every few seconds is answered from this alone. It begins with what nobody looks for:
    // without statistics SQLite would take «side», which half of all cases have, for a way to find a few.
    ['month', 'workflow', 'head.state', 'side', 'status'],
  ],
});
export const historyOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.history`,
  fields: ['case', 'sequence'],
  sets: {},
  indexes: [['case', 'sequence']],
});
export const clausesOf = (domain: string): CollectionDefinition => ({
  name: `${domain}.clauses`,
  fields: [],
  sets: {},
});
